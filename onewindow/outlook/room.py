"""The outlook's room (展望): forecasts kept fresh off the event loop, and hung on the day for those who show waits.

After a commit the areas that it concerns are forecast anew, each at most once a second; an area in which nothing
happens, from time to time. Nobody waits for it: issuing and the pages take what is there. While the worker starts or
is down, one path of means is driven here instead (`onewindow.outlook.fallback`). A day that the journal gives back
(after a restart, at the turn of the day) is scored from its events first.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from onewindow.forecast.areas import Areas, Arrangement, areas_of, arrangement
from onewindow.forecast.model import Model, first_model
from onewindow.forecast.scoring import Scores
from onewindow.forecast.snapshot import Ground, Snapshot, key_of, snapshot
from onewindow.outlook.engine import Engine, RequestFailed
from onewindow.outlook.fallback import Fallback
from onewindow.outlook.habits import Habits
from onewindow.outlook.protocol import Forecast, Forecasted
from onewindow.queue.events import AnyEvent, WindowMattersChanged
from onewindow.queue.journal import Entry
from onewindow.queue.outlook import PATH, AreaOutlook, Outlook
from onewindow.queue.state import DayPhase, HallDay
from onewindow.queue.upcast import decode
from onewindow.routing.rules import rule_for
from onewindow.runtime.answers import RuntimeFault
from onewindow.runtime.feed import Committed
from onewindow.runtime.hall import HallRuntime
from onewindow.runtime.live_day import LiveDay
from onewindow.worker_process import WorkerDown

log = logging.getLogger(__name__)

PATHS: Final = 60
APART: Final = 1.0
"""Seconds between two forecasts of one area."""
IDLE: Final = 20.0
"""… and when nothing happens there."""
RULE: Final = "number_time"
WORKING: Final = (DayPhase.OPEN, DayPhase.CLOSING)

Refigure = Callable[[Iterable[str]], None]
"""Tells the screens that the waits at these windows are known anew."""


class OutlookRoom:
    """Keeps the forecasts of one hall. Loop-only."""

    def __init__(self, runtime: HallRuntime, engine: Engine | None, folder: Path, refigure: Refigure) -> None:
        """Without an engine nothing is forecast, but what was told is scored all the same."""
        self.runtime = runtime
        self.engine = engine
        self.habits = Habits(runtime.hall, runtime.journal, engine, folder) if engine is not None else None
        remembered = self.habits.remembered() if self.habits is not None else None
        self.model: Model = remembered or first_model(runtime.hall)
        self._learned_for = ""
        self.scores = Scores(runtime.hall)
        self._day = runtime.day
        self._refigure = refigure
        self._arranged: Arrangement = ()
        self._areas = Areas((), {}, {})
        self._grounds: dict[str, Ground] = {}
        self._dirty: set[str] = set()
        self._next: dict[str, float] = {}
        self._wanted = asyncio.Event()
        self._outlook = Outlook(engine="" if engine is not None else "down")
        self._held_back: list[Entry] | None = None
        self._seed = 0
        self.fallback = Fallback(rule_for(runtime.hall.settings.routing))
        self._starting: asyncio.Task[None] | None = None
        self._start_after = 0.0
        self.begun = False
        """Whether the day was looked at, and what had happened before was scored."""
        self.last_ms = 0.0
        """How long the worker took over the last forecast."""

    # --- what others use ---------------------------------------------------------------------------------------

    @property
    def computes(self) -> str:
        """What computes the waits now: see `Outlook.engine`."""
        return self._outlook.engine

    def ground_of(self, state: HallDay, zone: str) -> Ground | None:
        """The ground of the area to which a zone belongs; None for a zone without windows."""
        self._arrange(state)
        area = next((a for a in self._areas.all if zone in a.zones), None)
        return self._ground(state, area.name) if area is not None else None

    def ground_at(self, state: HallDay, window: str) -> Ground:
        """The ground of the area to which a window belongs."""
        self._arrange(state)
        return self._ground(state, self._areas.all[self._areas.of_window[window]].name)

    def hear(self, committed: Committed) -> None:
        """A commit: score it, and note which areas it concerns."""
        state = committed.state
        if committed.day != self._day:
            self._day, self.scores = committed.day, Scores(self.runtime.hall)
        if self._held_back is not None:
            self._held_back.extend(committed.entries)
        else:
            self._score(event for entry in committed.entries for event in entry.events)
        if committed.fresh or not self._arranged or _rearranges(committed.entries):
            self._arrange(state)
        if committed.fresh:
            self._outlook = msgspec.structs.replace(self._outlook, areas={})
            self._all_dirty()
        for entry in committed.entries:
            for event in entry.events:
                self._note(state, event)
        self._hang(state)
        if self._dirty:
            self._wanted.set()

    def begin(self, live: LiveDay) -> None:
        """Look at the day for the first time."""
        self._arrange(live.state)
        self._all_dirty()
        self._hang(live.state)
        self.begun = True

    async def run(self) -> None:
        """Forecast what needs it, for ever; a hall with another rule than the kernel's keeps the simple estimate."""
        rule = self.runtime.hall.settings.routing.policy
        if rule != RULE:
            log.warning("The hall's rule is %s: waits are told by the work ahead.", rule)
            await self._hang_engine("other_rule")
            return
        while True:
            try:
                await self._wait()
                for name in self._due():
                    await self._forecast(name)
                await self._learn()
            except RuntimeFault as fault:
                log.warning("%s", fault)
                await asyncio.sleep(APART)
            except Exception:
                log.exception("A forecast failed; the others go on.")
                await asyncio.sleep(APART)

    async def _learn(self) -> None:
        """Once a day, after its first forecasts: what the days before tell."""
        day = self._day
        if not day or day == self._learned_for or self.habits is None or self._dirty:
            return
        if not self._ready():
            return
        self._learned_for = day
        try:
            model = await self.habits.learn(day)
        except (WorkerDown, RequestFailed, OSError) as error:
            log.warning("Nothing was learned from the days before %s: %s", day, error)
            return
        if model is not None:
            self.model = model
            self._grounds.clear()
            self._all_dirty()

    async def catch_up(self, day: str) -> None:
        """Score what the journal has of the day already; what comes meanwhile is scored after it."""
        self._held_back = []
        try:
            upto = await self.runtime.read(lambda live: live.head.n)
            scores = Scores(self.runtime.hall)
            async for stored in self.runtime.journal.read(day):
                if stored.n > upto:
                    break
                for entry in decode(stored.body).entries:
                    scores.feed_all(entry.events)
                await asyncio.sleep(0)
            self.scores = scores
        finally:
            held, self._held_back = self._held_back or [], None
            self._score(event for entry in held for event in entry.events)

    # --- inside ------------------------------------------------------------------------------------------------

    def _score(self, events: Iterable[AnyEvent]) -> None:
        self.scores.feed_all(events)

    def _arrange(self, state: HallDay) -> None:
        """Find the areas anew where windows take other matters than before."""
        arranged = arrangement(state)
        if arranged == self._arranged:
            return
        self._arranged = arranged
        self._areas = areas_of(state)
        self._grounds.clear()
        names = {no: self._areas.all[place].name for no, place in self._areas.of_window.items()}
        self._outlook = msgspec.structs.replace(self._outlook, areas={}, of_window=names)
        self._all_dirty()

    def _all_dirty(self) -> None:
        self._dirty |= {area.name for area in self._areas.all}
        self._wanted.set()

    def _ground(self, state: HallDay, name: str) -> Ground:
        if name not in self._grounds:
            area = next(a for a in self._areas.all if a.name == name)
            self._grounds[name] = Ground(state.hall, area, self.model)
        return self._grounds[name]

    def _note(self, state: HallDay, event: AnyEvent) -> None:
        if isinstance(event, WindowMattersChanged):
            self._all_dirty()
        window: str | None = getattr(event, "window", None)
        if window is not None and window in self._areas.of_window:
            self._dirty.add(self._areas.all[self._areas.of_window[window]].name)
        name: str | None = getattr(event, "ticket", None)
        if name is not None and (ticket := state.tickets.get(name)) is not None:
            place = self._areas.of_aim.get(key_of(ticket))
            if place is not None:
                self._dirty.add(self._areas.all[place].name)

    def _hang(self, state: HallDay) -> None:
        """Put the outlook where those who show waits find it."""
        withheld = frozenset(self.scores.withheld)
        if withheld != self._outlook.withheld:
            self._outlook = msgspec.structs.replace(self._outlook, withheld=withheld)
        state.outlook = self._outlook

    async def _wait(self) -> None:
        """Until an area is due."""
        now = asyncio.get_running_loop().time()
        due = [self._next.get(name, 0.0) for name in self._dirty]
        idle = [self._next.get(a.name, now) + IDLE - APART for a in self._areas.all]
        until = min([*due, *idle], default=now + IDLE)
        if until <= now:
            return
        self._wanted.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), until - now)
        self._wanted.clear()

    def _due(self) -> list[str]:
        now = asyncio.get_running_loop().time()
        names = [a.name for a in self._areas.all]
        return [
            name
            for name in names
            if (name in self._dirty and self._next.get(name, 0.0) <= now)
            or self._next.get(name, now) + IDLE - APART <= now
        ]

    async def _forecast(self, name: str) -> None:
        self._next[name] = asyncio.get_running_loop().time() + APART
        self._dirty.discard(name)
        taken = await self.runtime.read(lambda live: self._take(live, name))
        if taken is None:
            return
        found = await self._by_engine(taken) if self._ready() else None
        if found is None:
            found = await self.fallback.drive(taken)
            self._next[name] = asyncio.get_running_loop().time() + max(APART, self.fallback.pause)
        if found is None:
            await self._hang_engine("down")
            return
        await self.runtime.read(lambda live: self._keep(live, taken, found))
        self._refigure(w.no for w in taken.windows)

    async def _by_engine(self, taken: Snapshot) -> AreaOutlook | None:
        """What the worker says; None when it says nothing."""
        assert self.engine is not None
        self._seed += 1
        request = Forecast(snapshot=taken, shifts=self.model.shifts, paths=PATHS, seed=self._seed)
        try:
            answer = await self.engine.ask(request)
        except (WorkerDown, RequestFailed) as error:
            log.warning("No forecast of %s by the worker: %s", taken.area, error)
            return None
        assert isinstance(answer, Forecasted)
        self.last_ms = answer.took_ms
        return outlook_of(taken, answer)

    def _ready(self) -> bool:
        """Whether the worker is at work; else it is started beside everything else, unless it failed just now."""
        assert self.engine is not None
        if self.engine.ready:
            return True
        resting = asyncio.get_running_loop().time() < self._start_after
        if not resting and (self._starting is None or self._starting.done()):
            self._starting = asyncio.create_task(self._start(self.engine), name="forecast worker")
        return False

    async def _start(self, engine: Engine) -> None:
        try:
            await engine.start()
        except WorkerDown as down:
            log.warning("%s. Until it is back, waits are told by one path of means.", down)
            self._start_after = asyncio.get_running_loop().time() + IDLE
        else:
            self._all_dirty()

    async def aclose(self) -> None:
        """End what it started; the engine is its owner's."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)

    def _take(self, live: LiveDay, name: str) -> Snapshot | None:
        """The area's snapshot; None when nothing is to be forecast there: while service is suspended nobody knows."""
        state = live.state
        if (
            state.phase not in WORKING
            or state.suspended is not None
            or not any(a.name == name for a in self._areas.all)
        ):
            return None
        return snapshot(state, self._ground(state, name), self.runtime.clock.now_ms())

    def _keep(self, live: LiveDay, taken: Snapshot, found: AreaOutlook) -> None:
        if live.state.day != taken.day or taken.area not in {a.name for a in self._areas.all}:
            return
        areas = self._outlook.areas | {taken.area: found}
        kind = PATH if found.source == PATH or self.engine is None else self.engine.kind
        self._outlook = msgspec.structs.replace(self._outlook, areas=areas, engine=kind)
        self._hang(live.state)

    async def _hang_engine(self, kind: str) -> None:
        self._outlook = msgspec.structs.replace(self._outlook, engine=kind)
        await self.runtime.read(lambda live: self._hang(live.state))


def _rearranges(entries: Iterable[Entry]) -> bool:
    """Whether windows take other matters than before."""
    return any(isinstance(event, WindowMattersChanged) for entry in entries for event in entry.events)


def outlook_of(taken: Snapshot, answer: Forecasted) -> AreaOutlook:
    """The worker's answer, by ticket and by matter set."""
    names = [w.no for w in taken.windows]
    return AreaOutlook(
        at=taken.at,
        tickets={t.id: q for t, q in zip(taken.tickets, answer.tickets, strict=True)},
        newcomers={(frozenset(names[w] for w in windows), c): q for windows, c, q in answer.newcomers},
    )


@asynccontextmanager
async def open_outlook(
    runtime: HallRuntime, data_dir: Path, refigure: Refigure, *, engine: Engine | None = None
) -> AsyncIterator[OutlookRoom]:
    """The forecasts until the block ends. `engine`: what computes them, ended here as well; None: nothing does."""
    room = OutlookRoom(runtime, engine, data_dir / "outlook", refigure)
    end = runtime.subscribe(room.hear)
    tasks = [asyncio.create_task(_begin(room), name="outlook")]
    try:
        yield room
    finally:
        end()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await room.aclose()
        if engine is not None:
            await engine.aclose()


async def _begin(room: OutlookRoom) -> None:
    """Catch up with the day, then forecast. A journal that can't be read now costs the scores, not the forecasts."""
    try:
        if room.runtime.day:
            await room.catch_up(room.runtime.day)
    except Exception as error:
        log.warning("The day isn't scored from its beginning.", exc_info=error)
    try:
        await room.runtime.read(room.begin)
    except RuntimeFault as fault:
        log.warning("There is no day to forecast yet: %s", fault)
    if room.engine is not None:
        await room.run()
