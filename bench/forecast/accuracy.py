"""How good the forecast is (准确度): learned on some days, calibrated on others, judged on others again."""

import random
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from bench.forecast.days import Source, Watched
from onewindow.forecast.ahead import Ahead
from onewindow.forecast.areas import Areas, areas_of
from onewindow.forecast.day_summary import DaySummary, summarise
from onewindow.forecast.estimate import estimate
from onewindow.forecast.learning import model_of
from onewindow.forecast.model import Model
from onewindow.forecast.one_path import one_path
from onewindow.forecast.record import DayRecord, Turn
from onewindow.forecast.snapshot import Ground, snapshot
from onewindow.forecast.waits import FAR_MS, shown
from onewindow.outlook.compute import forecast
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide_desk import counted_from, target
from onewindow.queue.outlook import Quantiles
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.routing.rules import rule_for

PATHS: Final = 60
MINUTE: Final = 60_000


class Told(msgspec.Struct, frozen=True):
    """A ticket's forecast at issue beside three simpler ones, ms, and what came."""

    kind: str
    found: Quantiles
    path: Quantiles
    """E5: one path with everything as long as it is on average."""
    work_ahead: float
    """E2: the work ahead at the capable windows."""
    naive: float
    """E1: people ahead times the ticket's own mean, by the open windows that can serve it."""
    wait: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some tickets that had to queue; minutes and shares."""

    tickets: int
    wait: float
    mae: float
    bias: float
    path_mae: float
    path_bias: float
    path_covered: float
    """Share within the range that is told around the one path."""
    path_width: float
    work_ahead_mae: float
    naive_mae: float
    raw: float
    """Share within the raw 10-90 % band."""
    covered: float
    """Share within the calibrated range."""
    near: float
    """Share within max(5 min, 25 %)."""
    width: float


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """A world's figures."""

    world: str
    days: tuple[int, int, int]
    whole: Figures
    classes: dict[str, Figures]
    long: Figures
    """Of those who waited more than a quarter of an hour."""
    run_ms: list[float]
    """Each forecast of an area with 60 paths, in this process."""
    path_ms: list[float]
    """Each path ahead of an area: the processor's time."""


class _Looker:
    """Forecasts a share of the numbers as they are issued, as the shell would."""

    def __init__(self, model: Model, share: float, seed: int) -> None:
        self._model = model
        self._share = share
        self._luck = random.Random(seed)
        self._areas: Areas | None = None
        self._grounds: dict[int, Ground] = {}
        self.pending: list[tuple[Quantiles, Quantiles, float, float]] = []
        self.run_ms: list[float] = []
        self.path_ms: list[float] = []

    def new_day(self) -> None:
        self._areas, self._grounds, self.pending = None, {}, []

    def __call__(self, state: HallDay, command: cmd.IssueTickets, at: int) -> cmd.IssueTickets:
        if self._areas is None:
            self._areas = areas_of(state)
        if command.follows is not None or self._luck.random() > self._share:
            return command
        where = target(state, command.items[0], command.purpose)
        applicant = state.hall.applicant(command.applicant)
        if isinstance(where, Refusal) or applicant is None:
            return command
        place = self._areas.of_window[min(where.windows)]
        if place not in self._grounds:
            self._grounds[place] = Ground(state.hall, self._areas.all[place], self._model)
        ground = self._grounds[place]
        credit = round(applicant.credit_minutes * MINUTE)
        taken = snapshot(state, ground, at)
        begun = time.perf_counter()
        _, newcomers = forecast(taken, self._model.shifts, PATHS, len(self.run_ms) + 1)
        self.run_ms.append((time.perf_counter() - begun) * 1000)
        begun = time.thread_time()
        path = one_path(Ahead(taken, rule_for(state.hall.settings.routing)).run())
        self.path_ms.append((time.thread_time() - begun) * 1000)
        windows = tuple(sorted(ground.places[no] for no in where.windows))
        seniority = counted_from(state, command, at)
        assert not isinstance(seniority, Refusal)
        credit += at - seniority
        own = [(abs(c - credit), c, q) for w, c, q in newcomers if w == windows]
        _, nearest, found = min(own)
        if found.p50 >= FAR_MS:
            return command
        order = len(state.tickets) + 1
        simple = estimate(state, where.windows, at - credit, order)
        ahead = state.lines.ahead(where.windows, at - credit, order)
        naive = ahead * where.minutes * MINUTE / max(1, state.lines.open_among(where.windows))
        by_path = path.newcomers.get((where.windows, nearest), Quantiles(0, 0, 0, 0, 0))
        self.pending.append((found, by_path, 1000.0 * simple.expected if simple is not None else 0.0, naive))
        return msgspec.structs.replace(command, waits=(shown(found, 0),))


def measure(
    source: Source, days: tuple[int, int, int], share: float, tell: Callable[[str], None] = lambda text: None
) -> Accuracy:
    """Learn from the first days, calibrate on the next, judge the last."""
    learned: list[DaySummary] = []
    for _ in range(days[0]):
        day = source.next()
        learned.append(summarise(day.plan.hall, day.plan.day, Watched(day).run().events))
    model = model_of(source.hall, learned)
    tell(f"{source.name}: learned from {days[0]} days")
    _, calibrating, _, _ = _played(source, days[1], model, share, 1)
    # Only the calibration days were forecast; the services of all are learned from.
    model = model_of(source.hall, [*learned, *calibrating])
    tell(f"{source.name}: calibrated on {days[1]} days")
    told, _, run_ms, path_ms = _played(source, days[2], model, share, 2)
    queued = [one for one in told if one.found.p90 > 0]
    kinds = sorted({one.kind for one in queued})
    return Accuracy(
        world=source.name,
        days=days,
        whole=figures(queued),
        classes={kind: figures(one for one in queued if one.kind == kind) for kind in kinds},
        long=figures(one for one in queued if one.wait > 15 * MINUTE),
        run_ms=run_ms,
        path_ms=path_ms,
    )


def _played(
    source: Source, count: int, model: Model, share: float, seed: int
) -> tuple[list[Told], list[DaySummary], list[float], list[float]]:
    looker = _Looker(model, share, seed)
    told: list[Told] = []
    summaries: list[DaySummary] = []
    for _ in range(count):
        day = source.next()
        looker.new_day()
        record = Watched(day, looker).run()
        told += _matched(record, looker.pending)
        summaries.append(summarise(day.plan.hall, day.plan.day, record.events))
    return told, summaries, looker.run_ms, looker.path_ms


def _matched(record: DayRecord, pending: list[tuple[Quantiles, Quantiles, float, float]]) -> list[Told]:
    """The forecasts with what came: first waits of those who were called and had not left."""
    turns: dict[str, Turn] = {}
    for turn in record.turns:
        turns.setdefault(turn.ticket, turn)
    issued = [e for e in record.events if isinstance(e, ev.TicketIssued) and e.wait is not None]
    assert len(issued) == len(pending)
    found = []
    for event, (quantiles, path, work_ahead, naive) in zip(issued, pending, strict=True):
        turn = turns[event.ticket]
        if turn.first_called is not None and turn.left is None and turn.clock == turn.issued:
            wait = turn.first_called - turn.issued
            found.append(Told(_kind(event.applicant), quantiles, path, work_ahead, naive, wait))
    return found


def _kind(applicant: str) -> str:
    return applicant if applicant in ("standard", "appointment") else "vulnerable"


def figures(told: Iterable[Told]) -> Figures:
    """The figures of these tickets; of at least one."""
    found = list(told)
    if not found:
        return Figures(**dict.fromkeys(Figures.__struct_fields__, 0))

    def mean(value: Callable[[Told], float]) -> float:
        return statistics.fmean(value(one) for one in found)

    return Figures(
        tickets=len(found),
        wait=mean(lambda o: o.wait) / MINUTE,
        mae=mean(lambda o: abs(o.found.p50 - o.wait)) / MINUTE,
        bias=mean(lambda o: o.found.p50 - o.wait) / MINUTE,
        path_mae=mean(lambda o: abs(o.path.p50 - o.wait)) / MINUTE,
        path_bias=mean(lambda o: o.path.p50 - o.wait) / MINUTE,
        path_covered=mean(lambda o: float(o.path.low <= o.wait <= o.path.high)),
        path_width=mean(lambda o: o.path.high - o.path.low) / MINUTE,
        work_ahead_mae=mean(lambda o: abs(o.work_ahead - o.wait)) / MINUTE,
        naive_mae=mean(lambda o: abs(o.naive - o.wait)) / MINUTE,
        raw=mean(lambda o: float(o.found.p10 <= o.wait <= o.found.p90)),
        covered=mean(lambda o: float(o.found.low <= o.wait <= o.found.high)),
        near=mean(lambda o: float(abs(o.found.p50 - o.wait) <= max(5 * MINUTE, 0.25 * o.wait))),
        width=mean(lambda o: o.found.high - o.found.low) / MINUTE,
    )
