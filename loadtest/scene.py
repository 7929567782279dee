"""The scene (场景): what all users of Locust's process share: who comes when, and what was told."""

import itertools
import os
import time
from collections import deque
from pathlib import Path
from typing import Any, Final

import msgspec

from loadtest import plan as plans
from loadtest.evidence import Called, Evidence, Figure, Issued, Timed, write
from loadtest.times import CALL
from onewindow.demo.traffic import Arrival, Traffic
from onewindow.zones.load import load_hall

HOUR: Final = 3600.0
MOST_ARRIVALS: Final = 50_000
"""A bound on what a run may issue, whatever it was asked."""


class Scene:
    """The state of the run. Greenlets switch only where they wait, so nothing here needs a lock."""

    def __init__(self, plan: plans.Plan) -> None:
        self.plan = plan
        self.hall = load_hall(Path(plan.hall))
        self.traffic = Traffic(self.hall, plan.seed)
        """For what happens once people are there; their coming has a generator of its own."""
        self.evidence = Evidence()
        self.windows = deque(plan.windows)
        self.tracked: deque[tuple[str, str]] = deque(maxlen=200)
        """Ids and tracking tokens of the newest tickets, for phones."""
        self.begun = time.monotonic()
        self._keys = itertools.count(1)
        self._desk: deque[tuple[float, Arrival]] = deque()
        self._kiosk: deque[tuple[float, Arrival]] = deque()
        self._open = 0
        """People who were not dealt with yet."""
        self._last_issue = 0.0
        self._asked: dict[str, float] = {}
        """Window -> when its clerk last found nobody, or infinity once somebody was called."""
        for due, arrival in self._arrivals():
            (self._kiosk if arrival.kiosk else self._desk).append((due, arrival))
            self._open += 1
            self.evidence.expected += arrival.wants_ticket

    def _arrivals(self) -> list[tuple[float, Arrival]]:
        """Who comes, and after how many seconds of the run; some stand before the door.

        A run that lasts longer than the compressed hour begins the hour again.
        """
        plan, coming = self.plan, Traffic(self.hall, self.plan.seed + 1)
        crowd: list[tuple[float, Arrival]] = []
        while len(crowd) < plan.early:
            if (early := coming.arrival(plan.start)).wants_ticket:
                crowd.append((0.0, early))
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
        self.begun = time.monotonic()

    def next_arrival(self, kiosk: bool) -> tuple[float, Arrival] | None:
        """Who is to be served next, and in how many seconds he comes (0: he waits already)."""
        queue = self._kiosk if kiosk else self._desk
        if not queue:
            return None
        due, arrival = queue.popleft()
        wait = due - (time.monotonic() - self.begun)
        # Those before the door stand in line by design.
        if due:
            self.evidence.behind = max(self.evidence.behind, -wait)
        return max(0.0, wait), arrival

    def dealt_with(self) -> None:
        """Somebody has left the desk or the kiosk."""
        self._open -= 1

    def key(self) -> str:
        """A fresh idempotency key."""
        return f"{self.plan.name}-{next(self._keys)}"

    # --- what happened ---

    def was_issued(self, told: Issued, token: str) -> None:
        """Somebody got numbers; phones may follow the first."""
        self._last_issue = time.monotonic()
        self.evidence.issued.append(told)
        self.tracked.append((told.tickets[0].id, token))
        if self.plan.feed >= 0:
            try:
                os.write(self.plan.feed, f"{token}\n".encode())
            except OSError as error:
                self.evidence.faults.append(f"the crowd can't be told of a ticket: {error!r}")
                self.plan = msgspec.structs.replace(self.plan, feed=-1)

    def was_called(self, told: Called, clicked: float) -> None:
        """The clerk who clicked at `clicked` was told this call."""
        self.evidence.called.append(told)
        self.evidence.requests.append(Timed(CALL, clicked, (time.monotonic() - clicked) * 1000))
        self.evidence.clicks[call_id(told.ticket, told.call)] = clicked
        self._asked[told.window] = float("inf")

    def found_nobody(self, window: str) -> None:
        """Nobody waits whom this window can serve."""
        self._asked[window] = max(time.monotonic(), self._asked.get(window, 0.0))

    def was_refused(self, name: str, code: str) -> None:
        """As it may be."""
        key = f"{name}: {code}"
        self.evidence.refused[key] = self.evidence.refused.get(key, 0) + 1

    @property
    def settled(self) -> bool:
        """Whether everybody who came was dealt with, and every clerk has called somebody or found nobody since."""
        return not self._open and all(self._asked.get(no, 0.0) > self._last_issue for no in self.plan.windows)

    # --- the end ---

    def finish(self, figures: list[Figure]) -> None:
        """Write the evidence."""
        self.evidence.figures = figures
        self.evidence.begun = self.begun
        self.evidence.seconds = time.monotonic() - self.begun
        self.evidence.unserved = self._open
        self.evidence.cpu = time.process_time()
        write(self.evidence, Path(self.plan.evidence))


def scene_from_environment() -> Scene:
    """The scene of this process. Raises KeyError when it was not started by `python -m loadtest`."""
    return Scene(plans.read(Path(os.environ[plans.VARIABLE])))


def call_id(day_ticket: str, call: int) -> str:
    """The id that screens show, from a ticket's id and the call's number: "20261124-17"."""
    return f"{day_ticket.partition('-')[0]}-{call}"


def sentence(ticket: dict[str, Any]) -> str:
    """The reason that a clerk was shown."""
    return str(ticket.get("why") or "")
