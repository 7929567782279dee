"""Undo: what was is put back, in time, and only while nothing has come of it."""

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.state import TicketState
from tests.queue.story import Story


@pytest.mark.parametrize("what", ["call", "start", "finish", "no_show", "hold", "transfer"])
def test_undo_puts_back_what_was(what: str) -> None:
    day = Story()
    ticket = day.issue("N-1")
    waiting = day.issue("N-1", after=1)
    day.open("01")
    steps: dict[str, list[cmd.AnyCommand]] = {
        "call": [cmd.CallNext(window="01")],
        "start": [cmd.CallNext(window="01"), cmd.StartService(window="01")],
        "finish": [cmd.CallNext(window="01"), cmd.StartService(window="01"), cmd.FinishService(window="01")],
        "no_show": [cmd.CallNext(window="01"), cmd.Recall(window="01"), cmd.MarkNoShow(window="01")],
        "hold": [cmd.CallNext(window="01"), cmd.HoldTicket(window="01", reason="papers")],
        "transfer": [cmd.CallNext(window="01"), cmd.TransferTicket(window="01", to_window="02")],
    }
    for step in steps[what][:-1]:
        day.do(step)
    before = (ticket.state, ticket.window, ticket.line, day.state.windows["01"].ticket, ticket.bound)
    day.do(steps[what][-1], after=2)
    (event,) = day.do(cmd.Undo(window="01"))
    assert isinstance(event, ev.CommandUndone) and event.what == what
    assert (ticket.state, ticket.window, ticket.line, day.state.windows["01"].ticket, ticket.bound) == before
    assert day.refused(cmd.Undo(window="01")) == "nothing_to_undo"
    assert waiting.state is TicketState.WAITING and day.state.windows["01"].served == 0


def test_undo_of_finish_and_call_goes_back_over_both() -> None:
    day = Story()
    first, second = day.issue("N-1"), day.issue("N-1", after=1)
    day.open("01")
    day.call("01")
    day.do(cmd.StartService(window="01"))
    assert day.call("01", finish=True) is second
    day.do(cmd.Undo(window="01"))
    assert (first.state, second.state) == (TicketState.SERVING, TicketState.WAITING)
    assert day.state.windows["01"].ticket == first.id


def test_undo_has_its_time_and_its_reason() -> None:
    day = Story()
    day.issue("N-1")
    day.issue("N-1")
    day.open("01", "02")
    day.call("01")
    assert day.refused(cmd.Undo(window="01"), after=0.6) == "reason_needed"
    day.do(cmd.Undo(window="01", reason="按错"))
    day.call("02")
    assert day.refused(cmd.Undo(window="02", reason="按错"), after=5.1) == "nothing_to_undo"


def test_undo_is_refused_once_the_ticket_has_gone_on() -> None:
    day = Story()
    day.issue("N-1")
    day.open("01", "02")
    day.call("01")
    day.do(cmd.TransferTicket(window="01", to_window="02"))
    day.call("02")
    assert day.refused(cmd.Undo(window="01")) == "undo_overtaken"


def test_a_recall_ends_the_undo_of_the_call() -> None:
    day = Story()
    day.issue("N-1")
    day.open("01")
    day.call("01")
    day.do(cmd.Recall(window="01"))
    assert day.refused(cmd.Undo(window="01")) == "nothing_to_undo"
