"""The scene (场景): what all users of Locust's process share: who comes when, what was told, what was shown."""

import itertools
import os
import time
from collections import deque
from pathlib import Path
from typing import Any, Final

from loadtest import plan as plans
from loadtest.evidence import Evidence, Figure, write
from onewindow.demo.traffic import Arrival, Traffic
from onewindow.zones.load import load_hall

HOUR: Final = 3600.0
MOST_ARRIVALS: Final = 50_000
"""A bound on what a run may issue, whatever it was asked."""
SHOWN: Final = "click → screen"


class Scene:
    """The state of the run. Greenlets switch only where they wait, so nothing here needs a lock."""

    def __init__(self, plan: plans.Plan) -> None:
        self.plan = plan
        self.hall = load_hall(Path(plan.hall))
        self.traffic = Traffic(self.hall, plan.seed)
        """For what happens once people are there; their coming has a generator of its own."""
        self.evidence = Evidence()
        self.windows = deque(plan.windows)
        self.channels = deque(plans.channels(self.hall, plan.screens))
        self.tracked: deque[tuple[str, str]] = deque(maxlen=200)
        """Ids and tracking tokens of the newest tickets, for phones."""
        self.begun = time.perf_counter()
        self._keys = itertools.count(1)
        self._desk: deque[tuple[float, Arrival]] = deque()
        self._kiosk: deque[tuple[float, Arrival]] = deque()
        self._clicked: dict[str, float] = {}
        self._shown: dict[str, list[float]] = {}
        self.shown: list[float] = []
        """ms from a click on 叫号 to a screen's frame, one for each screen that shows the call."""
        for due, arrival in self._arrivals():
            (self._kiosk if arrival.kiosk else self._desk).append((due, arrival))

    def _arrivals(self) -> list[tuple[float, Arrival]]:
        """Who comes, and after how many seconds of the run. One stands before the door for each window.

        A run that lasts longer than the compressed hour begins the hour again.
        """
        plan, coming = self.plan, Traffic(self.hall, self.plan.seed + 1)
        crowd = [(0.0, coming.arrival(plan.start)) for _ in plan.windows]
        people: list[tuple[float, Arrival]] = []
        for hour in itertools.count():
            for arrival in coming.arrivals(plan.start, plan.start + HOUR):
                due = (arrival.at - plan.start + hour * HOUR) / plan.compress
                if due >= plan.seconds or len(people) >= MOST_ARRIVALS:
                    return crowd + people
                people.append((due, arrival))
            if not people:
                return crowd
        raise AssertionError("unreachable")

    def begin(self) -> None:
        """The door opens now."""
        self.begun = time.perf_counter()

    def next_arrival(self, kiosk: bool) -> tuple[float, Arrival] | None:
        """Who is to be served next, and in how many seconds he comes (0: he waits already)."""
        queue = self._kiosk if kiosk else self._desk
        if not queue:
            return None
        due, arrival = queue.popleft()
        return max(0.0, due - (time.perf_counter() - self.begun)), arrival

    def key(self) -> str:
        """A fresh idempotency key."""
        return f"{self.plan.name}-{next(self._keys)}"

    # --- click → screen ---

    def was_called(self, call: str, clicked: float) -> None:
        """The clerk who clicked at `clicked` (perf_counter) was told this call id."""
        self._clicked[call] = clicked
        for seen in self._shown.pop(call, ()):
            self._note(clicked, seen)

    def was_shown(self, call: str) -> None:
        """A screen has just got the call; perhaps before its clerk got the reply."""
        seen = time.perf_counter()
        if (clicked := self._clicked.get(call)) is not None:
            self._note(clicked, seen)
        else:
            self._shown.setdefault(call, []).append(seen)

    def _note(self, clicked: float, seen: float) -> None:
        self.shown.append((seen - clicked) * 1000)

    # --- the end ---

    def finish(self, figures: list[Figure]) -> None:
        """Write the evidence."""
        self.evidence.figures = figures
        if self.shown:
            self.evidence.figures.append(figure_of(SHOWN, self.shown))
        self.evidence.seconds = time.perf_counter() - self.begun
        write(self.evidence, Path(self.plan.evidence))


def figure_of(name: str, times: list[float]) -> Figure:
    """A line of the table from single times in ms."""
    times = sorted(times)

    def at(share: float) -> float:
        return times[min(len(times) - 1, int(share * len(times)))]

    return Figure(name=name, count=len(times), failed=0, p50=at(0.5), p95=at(0.95), p99=at(0.99), most=times[-1])


def scene_from_environment() -> Scene:
    """The scene of this process. Raises KeyError when it was not started by `python -m loadtest`."""
    return Scene(plans.read(Path(os.environ[plans.VARIABLE])))


def call_id(day_ticket: str, call: int) -> str:
    """The id that screens show, from a ticket's id and the call's number: "20261124-17"."""
    return f"{day_ticket.partition('-')[0]}-{call}"


def sentence(ticket: dict[str, Any]) -> str:
    """The reason that a clerk was shown."""
    return str(ticket.get("why") or "")
