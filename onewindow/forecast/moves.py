"""Moves (调度动作): what a supervisor could do now, as data, and what a snapshot looks like after it. Pure.

A move is tried on the snapshot, never on the hall: opening is a window that calls from now on, closing one that stops
after its current service, a matter more is one more window for that aim. What waits is then lined up anew.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from onewindow.forecast.snapshot import AimAt, Snapshot, WindowAt

FAR: Final = 1 << 50
HELPING: Final = "handle"
"""Help and further matters concern what is handled at windows, not what is collected."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do (一个动作)."""

    do: str
    """`open`, `close`, `matter` (serve `matter` too), `group` (serve a group's matters too), `help` (a specialist
    window takes what only comprehensive windows serve), `lunch` (have lunch from `start` on)."""
    window: str
    matter: str = ""
    group: str = ""
    start: int = 0
    """For `lunch`: ms since the epoch."""
    minutes: int = 0
    """For `lunch`: how long; 0: as long as planned, or an hour."""


DOINGS: Final = ("open", "close", "matter", "group", "help", "lunch")


class Level(NamedTuple):
    """Something measured over the paths: its mean, and the range of 80 % of them."""

    mean: float
    low: float
    high: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The waits of those who wait or come within the horizon, minutes: from the number to the call, or to its end."""

    mean: Level
    p95: Level
    over_30: Level
    """Share, 0 to 1."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What an alternative changes, path by path against leaving everything as it is, on the same visitors."""

    now: Figures
    then: Figures
    change: Figures
    """`then` - `now`; the range is that of the mean change, 95 %: how well it is known, not how days differ."""


class MoveRefused(ValueError):
    """A move that makes no sense here; `code` is that of a refusal."""

    def __init__(self, code: str, window: str) -> None:
        super().__init__(f"{code}: {window}")
        self.code = code
        self.window = window


def after(snapshot: Snapshot, moves: Sequence[Move]) -> Snapshot:
    """The snapshot as it would be after these moves, made at once. Raises MoveRefused."""
    for move in moves:
        snapshot = _after(snapshot, move)
    return snapshot


def _after(snapshot: Snapshot, move: Move) -> Snapshot:
    place = next((i for i, w in enumerate(snapshot.windows) if w.no == move.window), None)
    if place is None:
        raise MoveRefused("unknown_window", move.window)
    window = snapshot.windows[place]
    if move.do == "open":
        return _with_window(snapshot, place, _opened(window, snapshot.at))
    if move.do == "close":
        return _with_window(snapshot, place, _closed(window, snapshot.at))
    if move.do == "lunch":
        return _with_window(snapshot, place, _lunch(window, move, snapshot.at))
    changed = [aim for aim in snapshot.aims if place not in aim.windows and _takes(snapshot, aim, window, move)]
    if not changed:
        raise MoveRefused("changes_nothing", move.window)
    aims = tuple(
        msgspec.structs.replace(aim, windows=tuple(sorted((*aim.windows, place)))) if aim in changed else aim
        for aim in snapshot.aims
    )
    return msgspec.structs.replace(snapshot, aims=aims, sets=(), work=())


def _with_window(snapshot: Snapshot, place: int, window: WindowAt) -> Snapshot:
    windows = (*snapshot.windows[:place], window, *snapshot.windows[place + 1 :])
    return msgspec.structs.replace(snapshot, windows=windows)


def _opened(window: WindowAt, at: int) -> WindowAt:
    if window.open and not any(start <= at for start, _ in window.breaks):
        raise MoveRefused("window_already_open", window.no)
    later = tuple(b for b in window.breaks if b[0] > at)
    return msgspec.structs.replace(window, open=True, idle_since=at, breaks=later)


def _closed(window: WindowAt, at: int) -> WindowAt:
    if not window.open:
        raise MoveRefused("window_closed", window.no)
    breaks = ((at, at + FAR),) if window.busy else ()
    return msgspec.structs.replace(window, open=window.busy, clears=False, breaks=breaks)


def _lunch(window: WindowAt, move: Move, at: int) -> WindowAt:
    if not window.open:
        raise MoveRefused("window_closed", window.no)
    planned = next((end - start for start, end in window.breaks if start > at), 3_600_000)
    lasts = move.minutes * 60_000 or planned
    start = max(at, move.start)
    return msgspec.structs.replace(window, breaks=((start, start + lasts),))


def _takes(snapshot: Snapshot, aim: AimAt, window: WindowAt, move: Move) -> bool:
    """Whether the move lets this window serve this aim."""
    if aim.purpose != HELPING or aim.zone != window.zone:
        return False
    if move.do == "matter":
        return aim.matter == move.matter
    if move.do == "group":
        return aim.group == move.group
    if move.do == "help":
        return not window.comprehensive and all(snapshot.windows[w].comprehensive for w in aim.windows)
    raise MoveRefused("unknown_move", window.no)


def possible(snapshot: Snapshot, lunch_shift_minutes: int = 30) -> Iterator[Move]:
    """All single moves that the state allows: what a supervisor could ask for one by one."""
    at = snapshot.at
    groups = _busy_groups(snapshot)
    for place, window in enumerate(snapshot.windows):
        if not window.open or any(start <= at for start, _ in window.breaks):
            yield Move(do="open", window=window.no)
            continue
        yield Move(do="close", window=window.no)
        planned = next(((start, end) for start, end in window.breaks if start > at), None)
        if planned is not None and planned[0] - at <= 2 * 3_600_000:
            length = (planned[1] - planned[0]) // 60_000
            for minutes in (-lunch_shift_minutes, lunch_shift_minutes):
                start = planned[0] + minutes * 60_000
                if start >= at:
                    yield Move(do="lunch", window=window.no, start=start, minutes=length)
        helping = Move(do="help", window=window.no)
        if not window.comprehensive and any(_takes(snapshot, aim, window, helping) for aim in snapshot.aims):
            yield helping
        helped = _gained(snapshot, place, helping) if not window.comprehensive else set()
        for group, served in groups.items():
            taking = Move(do="group", window=window.no, group=group)
            gained = _gained(snapshot, place, taking) if place not in served else set()
            if gained and gained != helped:
                yield taking


def _gained(snapshot: Snapshot, place: int, move: Move) -> set[int]:
    """The aims that the window would serve in addition."""
    window = snapshot.windows[place]
    return {
        i for i, aim in enumerate(snapshot.aims) if place not in aim.windows and _takes(snapshot, aim, window, move)
    }


def _busy_groups(snapshot: Snapshot) -> dict[str, set[int]]:
    """The groups for which somebody waits, and the windows that serve all of each one's aims."""
    waiting = {snapshot.aims[t.aim].group for t in snapshot.tickets if t.bound < 0}
    found: dict[str, set[int]] = {}
    for aim in snapshot.aims:
        if aim.group in waiting and aim.purpose == HELPING and aim.windows:
            found[aim.group] = found.get(aim.group, set(aim.windows)) & set(aim.windows)
    return found
