"""What if, without a server (离线推演): the hall as its journal ends, asked as the server asks.

The journal is only read. The worker is the same process with the same seeds, so the same state gets the same answer.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from onewindow.admin import Refused
from onewindow.forecast.areas import areas_of
from onewindow.forecast.model import first_model
from onewindow.forecast.moves import Move
from onewindow.forecast.snapshot import Ground, Snapshot, snapshot
from onewindow.http.problem import Problem, problem_of
from onewindow.outlook.asked import MoveBody, comparison_view, move_of
from onewindow.outlook.command import lines
from onewindow.outlook.engine import Engine
from onewindow.outlook.habits import remembered
from onewindow.outlook.what_if import (
    PATHS,
    RANKING_PATHS,
    Comparison,
    best_first,
    check,
    compared,
    single_moves,
)
from onewindow.queue.refusals import refuse
from onewindow.queue.state import HallDay
from onewindow.views.clock import hhmm

MINUTE_MS = 60_000
SHOWN = 20


def compare(state: HallDay, data: Path, *, made: dict[str, Any] | None, zone: str | None, minutes: int) -> list[str]:
    """Compare the move `made`, or rank all of `zone`; the lines to print. Raises Refused."""
    if not 15 <= minutes <= 240:
        raise Refused("--minutes 是 15 到 240。\n--minutes takes 15 to 240.")
    try:
        move = move_of(state.hall, state.day, msgspec.convert(made, MoveBody)) if made is not None else None
        found = asyncio.run(_compared(state, data, move, zone, minutes))
    except Problem as refused:
        raise Refused(f"{refused.zh}\n{refused.en}") from refused
    except msgspec.ValidationError as error:
        raise Refused(f"动作写得不对：{error}\nThe move is not understood: {error}") from error
    shown = found._replace(alternatives=found.alternatives[:SHOWN], effects=found.effects[:SHOWN])
    head = f"日志到 the journal ends: {state.day} {hhmm(state.hall, state.last_at)}"
    return [head, *lines(comparison_view(state.hall, shown, minutes))]


async def _compared(state: HallDay, data: Path, move: Move | None, zone: str | None, minutes: int) -> Comparison:
    check(state)
    taken = _taken(state, data, move, zone)
    alternatives = ((move,),) if move is not None else single_moves(taken)
    if not alternatives:
        return Comparison(taken, (), (), 0.0)
    with _folder(data) as folder:
        engine = Engine(folder)
        try:
            paths = PATHS if move is not None else RANKING_PATHS
            found = await compared(engine, taken, alternatives, minutes * MINUTE_MS, paths)
        finally:
            await engine.aclose()
    return best_first(found)


def _taken(state: HallDay, data: Path, move: Move | None, zone: str | None) -> Snapshot:
    """The area's snapshot, at the journal's end, by the habits that the hall has learned."""
    areas = areas_of(state)
    if move is not None:
        area = areas.all[areas.of_window[move.window]]
    else:
        named = [a for a in areas.all if zone in a.zones]
        if not named:
            raise problem_of(refuse("unknown_zone", name=zone or ""))
        area = named[0]
    model = remembered(data / "outlook") or first_model(state.hall)
    return snapshot(state, Ground(state.hall, area, model), state.last_at)


@contextmanager
def _folder(data: Path) -> Iterator[Path]:
    """Where the compiled kernel is: the server's, or a place of its own beside data that may only be read."""
    own = data / "outlook"
    if own.is_dir() and os.access(own, os.W_OK):
        yield own
        return
    with TemporaryDirectory() as scratch:
        yield Path(scratch)
