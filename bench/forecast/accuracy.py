"""How good the forecast is (准确度): learned on some days, calibrated on others, judged on others again."""

import random
import time
from typing import Final

import msgspec

from bench.forecast.days import Source, Watched
from onewindow.forecast.ahead import Ahead
from onewindow.forecast.areas import Aim, Areas, areas_of
from onewindow.forecast.day_summary import DaySummary, summarise
from onewindow.forecast.estimate import estimate
from onewindow.forecast.learning import model_of
from onewindow.forecast.model import Model, ratio_of
from onewindow.forecast.one_path import one_path
from onewindow.forecast.record import DayRecord, Turn
from onewindow.forecast.snapshot import Ground, snapshot
from onewindow.forecast.waits import FAR_MS, between, shown
from onewindow.outlook.compute import forecast
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.decide_desk import counted_from, target
from onewindow.queue.outlook import Quantiles
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.routing.rules import rule_for
from onewindow.zones.model import Hall

PATHS: Final = 60
MINUTE: Final = 60_000


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket's forecast at issue beside three simpler ones, ms, and what came."""

    kind: str
    found: Quantiles
    path: Quantiles | None
    """E5: one path of means, as the serving process drives it without the worker; not asked for each ticket."""
    work_ahead: float
    """E2: the work ahead at the capable windows."""
    naive: float
    """E1: people ahead times the ticket's own mean, by the open windows that can serve it."""
    stands_for: float
    """So many tickets of its class: rare classes are looked at more often."""
    wait: float = 0.0


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A hall's days, each with its tickets that had to queue."""

    world: str
    days: list[list[Told]]
    run_ms: list[float]
    """Each forecast of an area with 60 paths, in this process."""
    path_ms: list[float]
    """Each path ahead of an area: the processor's time."""


class _Looker:
    """Forecasts numbers as they are issued, as the shell would: a share of the first class, all of the others."""

    def __init__(self, model: Model, share: float, seed: int, *, paths: bool) -> None:
        self._model = model
        self._share = share
        self._paths = paths
        self._luck = random.Random(seed)
        self._areas: Areas | None = None
        self._grounds: dict[int, Ground] = {}
        self.pending: list[Told] = []
        self.run_ms: list[float] = []
        self.path_ms: list[float] = []

    def new_day(self) -> None:
        self._areas, self._grounds, self.pending = None, {}, []

    def __call__(self, state: HallDay, command: cmd.IssueTickets, at: int) -> cmd.IssueTickets:
        if self._areas is None:
            self._areas = areas_of(state)
        share = self._share if command.applicant == state.hall.settings.applicants[0].code else 1.0
        if command.follows is not None or self._luck.random() > share:
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
        path = None
        if self._paths and self._luck.random() < self._share / share:
            begun = time.thread_time()
            path = one_path(Ahead(taken, rule_for(state.hall.settings.routing)).run())
            self.path_ms.append((time.thread_time() - begun) * 1000)
        windows = tuple(sorted(ground.places[no] for no in where.windows))
        seniority = counted_from(state, command, at)
        assert not isinstance(seniority, Refusal)
        credit += at - seniority
        found = between({c: q for w, c, q in newcomers if w == windows}, credit)
        if found is None or found.p50 >= FAR_MS:
            return command
        order = len(state.tickets) + 1
        simple = estimate(state, where.windows, at - credit, order)
        ahead = state.lines.ahead(where.windows, at - credit, order)
        naive = ahead * where.minutes * MINUTE / max(1, state.lines.open_among(where.windows))
        work_ahead = 1000.0 * simple.expected if simple is not None else 0.0
        by_path = None
        if path is not None:
            credits_of = {c: q for (of, c), q in path.newcomers.items() if of == where.windows}
            by_path = between(credits_of, credit) or Quantiles(0, 0, 0, 0, 0)
        kind = command.applicant if command.applicant in ("standard", "appointment") else "vulnerable"
        self.pending.append(
            Told(kind=kind, found=found, path=by_path, work_ahead=work_ahead, naive=naive, stands_for=1 / share)
        )
        return msgspec.structs.replace(command, waits=(shown(found, 0),))


def measure(source: Source, days: tuple[int, int, int], share: float, *, wrong: float = 0.0, seed: int = 1) -> Judged:
    """Learn from the first days, calibrate on the next, judge the last.

    `wrong`: each matter's expected minutes are off by a lognormal factor of so much, while calibrating and judging.
    """
    learned: list[DaySummary] = []
    for _ in range(days[0]):
        day = source.next()
        learned.append(summarise(day.plan.hall, day.plan.day, Watched(day).run().events))
    model = _mistaken(source.hall, model_of(source.hall, learned), wrong, seed)
    calibrating = _played(source, days[1], model, share, seed, paths=False)[1]
    # Only the calibration days were forecast; the services of all are learned from.
    model = _mistaken(source.hall, model_of(source.hall, [*learned, *calibrating]), wrong, seed)
    told, _, looker = _played(source, days[2], model, share, seed + 1, paths=not wrong)
    return Judged(world=source.name, days=told, run_ms=looker.run_ms, path_ms=looker.path_ms)


def _mistaken(hall: Hall, model: Model, wrong: float, seed: int) -> Model:
    """The model with each matter's ratio multiplied by chance."""
    if not wrong:
        return model
    luck = random.Random(f"{seed}-wrong")
    ratio = dict(model.ratio)
    for code, matter in hall.matters.items():
        aim = Aim(matter.zone, matter.group, code, "handle")
        ratio[code] = ratio_of(model, aim) * luck.lognormvariate(-(wrong**2) / 2, wrong)
    return msgspec.structs.replace(model, ratio=ratio)


def _played(
    source: Source, count: int, model: Model, share: float, seed: int, *, paths: bool
) -> tuple[list[list[Told]], list[DaySummary], _Looker]:
    looker = _Looker(model, share, seed, paths=paths)
    told: list[list[Told]] = []
    summaries: list[DaySummary] = []
    for _ in range(count):
        day = source.next()
        looker.new_day()
        record = Watched(day, looker).run()
        told.append(_matched(record, looker.pending))
        summaries.append(summarise(day.plan.hall, day.plan.day, record.events))
    return told, summaries, looker


def _matched(record: DayRecord, pending: list[Told]) -> list[Told]:
    """The forecasts of those who had to queue, with what came: first waits of who was called and had not left."""
    turns: dict[str, Turn] = {}
    for turn in record.turns:
        turns.setdefault(turn.ticket, turn)
    issued = [e for e in record.events if isinstance(e, ev.TicketIssued) and e.wait is not None]
    assert len(issued) == len(pending)
    found = []
    for event, told in zip(issued, pending, strict=True):
        turn = turns[event.ticket]
        if turn.first_called is not None and turn.left is None and turn.clock == turn.issued and told.found.p90 > 0:
            found.append(msgspec.structs.replace(told, wait=turn.first_called - turn.issued))
    return found
