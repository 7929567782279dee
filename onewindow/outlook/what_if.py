"""What if (如果……会怎样): alternatives compared from the live state, by the worker, on the same imagined visitors."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from onewindow.forecast.moves import Effect, Move, possible
from onewindow.forecast.snapshot import Snapshot, snapshot
from onewindow.http.problem import Problem, problem, problem_of
from onewindow.outlook.engine import Engine, RequestFailed
from onewindow.outlook.protocol import Compared, WhatIf
from onewindow.outlook.room import RULE, OutlookRoom
from onewindow.queue.refusals import refuse
from onewindow.queue.state import DayPhase, HallDay
from onewindow.runtime.live_day import LiveDay
from onewindow.worker_process import WorkerDown

PATHS: Final = 100
RANKING_PATHS: Final = 60
TOGETHER: Final = 12
"""Alternatives in one request, so that forecasts get their turn in between."""
MOST_MOVES: Final = 400
SEED: Final = 20_180_702
"""All comparisons share their luck, so that two questions asked one after the other can be compared."""


class Comparison(NamedTuple):
    """What was compared."""

    taken: Snapshot
    alternatives: tuple[tuple[Move, ...], ...]
    effects: tuple[Effect, ...]
    took_ms: float


class Adviser:
    """Asks the worker."""

    def __init__(self, room: OutlookRoom) -> None:
        self._room = room

    async def compare(
        self, alternatives: Sequence[tuple[Move, ...]], horizon_ms: int, paths: int = PATHS
    ) -> Comparison:
        """These alternatives against leaving everything as it is. Raises Problem."""
        taken = await self._room.runtime.read(lambda live: self._taken(live, alternatives[0][0].window))
        return await self._compared(taken, tuple(alternatives), horizon_ms, paths)

    async def ranking(self, zone: str, horizon_ms: int, paths: int = RANKING_PATHS) -> Comparison:
        """All single moves that the state of the zone's area allows, the most helpful first. Raises Problem."""
        taken = await self._room.runtime.read(lambda live: self._taken_zone(live, zone))
        moves = single_moves(taken)
        if not moves:
            return Comparison(taken, (), (), 0.0)
        return best_first(await self._compared(taken, moves, horizon_ms, paths))

    async def _compared(
        self, taken: Snapshot, alternatives: tuple[tuple[Move, ...], ...], horizon_ms: int, paths: int
    ) -> Comparison:
        engine = self._room.engine
        if engine is None:
            raise problem("forecast_off")
        if not engine.ready:
            raise problem("forecast_down", headers={"Retry-After": "10"})
        return await compared(engine, taken, alternatives, horizon_ms, paths)

    def _taken(self, live: LiveDay, window: str) -> Snapshot:
        check(live.state)
        return snapshot(live.state, self._room.ground_at(live.state, window), self._room.runtime.clock.now_ms())

    def _taken_zone(self, live: LiveDay, zone: str) -> Snapshot:
        check(live.state)
        ground = self._room.ground_of(live.state, zone)
        if ground is None:
            raise problem_of(refuse("unknown_zone", name=zone))
        return snapshot(live.state, ground, self._room.runtime.clock.now_ms())


def check(state: HallDay) -> None:
    """Whether anything can be foretold of this day. Raises Problem."""
    if state.hall.settings.routing.policy != RULE:
        raise problem("forecast_other_rule", rule=state.hall.settings.routing.policy)
    if state.phase not in (DayPhase.OPEN, DayPhase.CLOSING):
        raise problem_of(refuse("day_not_open"))


def single_moves(taken: Snapshot) -> tuple[tuple[Move, ...], ...]:
    """Every single move that the snapshot allows, as alternatives."""
    return tuple((move,) for move in list(possible(taken))[:MOST_MOVES])


def best_first(found: Comparison) -> Comparison:
    """The same, ordered by what the alternatives do to the mean."""
    order = sorted(range(len(found.alternatives)), key=lambda i: found.effects[i].change.mean.mean)
    return found._replace(
        alternatives=tuple(found.alternatives[i] for i in order), effects=tuple(found.effects[i] for i in order)
    )


async def compared(
    engine: Engine, taken: Snapshot, alternatives: tuple[tuple[Move, ...], ...], horizon_ms: int, paths: int
) -> Comparison:
    """The worker's word on these alternatives, some at a time. Raises Problem."""
    effects: list[Effect] = []
    took = 0.0
    for start in range(0, len(alternatives), TOGETHER):
        asked = WhatIf(
            snapshot=taken,
            moves=alternatives[start : start + TOGETHER],
            paths=paths,
            seed=SEED,
            horizon_ms=horizon_ms,
        )
        try:
            answer = await engine.ask(asked)
        except WorkerDown as down:
            raise problem("forecast_down", headers={"Retry-After": "10"}) from down
        except RequestFailed as failed:
            raise _refused(str(failed)) from failed
        assert isinstance(answer, Compared)
        effects += answer.effects
        took += answer.took_ms
    return Comparison(taken, alternatives, tuple(effects), took)


def _refused(error: str) -> Problem:
    """The worker's refusal in the hall's words."""
    code, _, window = error.partition(": ")
    if code in ("window_already_open", "window_closed"):
        return problem_of(refuse(code, window=window))
    if code == "unknown_window":
        return problem_of(refuse(code, name=window))
    if code == "changes_nothing":
        return problem("move_changes_nothing", window=window)
    return problem("bad_body", found=error)
