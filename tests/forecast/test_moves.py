"""Moves on a snapshot: what they change, what they refuse, and which ones a state allows."""

import msgspec
import pytest

from onewindow.forecast.areas import areas_of
from onewindow.forecast.model import first_model
from onewindow.forecast.moves import Move, MoveRefused, after, possible
from onewindow.forecast.snapshot import Ground, Snapshot, snapshot
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.core_hall import T0, core_hall


def hall_at_work() -> Snapshot:
    """Windows 01 (comprehensive) and 03 (N-2 only) open, one N-1 served at 01, two N-1 and one N-2 waiting."""
    state = HallDay(core_hall(), "2026-11-24")
    asked: list[cmd.AnyCommand] = [
        cmd.OpenDay(day="2026-11-24", hall_digest=""),
        cmd.OpenWindow(window="01", clerk="li"),
        cmd.OpenWindow(window="03", clerk="an"),
        cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)),
        cmd.CallNext(window="01"),
        cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)),
        cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)),
        cmd.IssueTickets(items=(cmd.Item(matter="N-2"),)),
    ]
    for command in asked:
        assert not isinstance(execute(state, command, T0), Refusal)
    areas = areas_of(state)
    area = areas.all[areas.of_window["01"]]
    return snapshot(state, Ground(state.hall, area, first_model(state.hall)), T0 + 60_000)


def window(taken: Snapshot, no: str) -> object:
    return next(w for w in taken.windows if w.no == no)


def test_opening_lets_a_closed_window_call() -> None:
    taken = hall_at_work()
    assert not window(taken, "02").open  # type: ignore[attr-defined]
    assert window(after(taken, [Move(do="open", window="02")]), "02").open  # type: ignore[attr-defined]
    with pytest.raises(MoveRefused, match="window_already_open"):
        after(taken, [Move(do="open", window="01")])


def test_closing_ends_the_service_first() -> None:
    taken = hall_at_work()
    closed = after(taken, [Move(do="close", window="01")])
    assert window(closed, "01").busy  # type: ignore[attr-defined]
    assert window(closed, "01").breaks[0][0] == taken.at  # type: ignore[attr-defined]
    with pytest.raises(MoveRefused, match="window_closed"):
        after(taken, [Move(do="close", window="02")])


def test_a_matter_more_is_a_window_more_for_its_tickets() -> None:
    taken = hall_at_work()
    place = next(i for i, w in enumerate(taken.windows) if w.no == "03")
    for move in (
        Move(do="matter", window="03", matter="N-1"),
        Move(do="group", window="03", group="A"),
        Move(do="help", window="03"),
    ):
        helped = after(taken, [move])
        before = {a.matter: a.windows for a in taken.aims if a.purpose == "handle"}
        then = {a.matter: a.windows for a in helped.aims if a.purpose == "handle"}
        assert place not in before["N-1"]
        assert then["N-1"] == tuple(sorted((*before["N-1"], place)))
        assert then["N-2"] == before["N-2"]
    with pytest.raises(MoveRefused, match="changes_nothing"):
        after(taken, [Move(do="matter", window="03", matter="N-2")])


def test_lunch_moves_and_keeps_its_length() -> None:
    taken = hall_at_work()
    start = taken.at + 30 * 60_000
    moved = window(after(taken, [Move(do="lunch", window="01", start=start)]), "01")
    assert moved.breaks == ((start, start + 90 * 60_000),)  # type: ignore[attr-defined]


def test_an_unknown_window_is_refused() -> None:
    with pytest.raises(MoveRefused, match="unknown_window"):
        after(hall_at_work(), [Move(do="open", window="99")])


def test_every_possible_move_can_be_made_and_none_twice() -> None:
    taken = hall_at_work()
    moves = list(possible(taken))
    assert {m.do for m in moves} >= {"open", "close", "help"}
    assert len({msgspec.json.encode(m) for m in moves}) == len(moves)
    for move in moves:
        assert after(taken, [move]) != taken
