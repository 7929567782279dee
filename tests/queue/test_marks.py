"""Visitors who don't hear, and visitors who are accompanied."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.state import TicketState
from tests.queue.story import Story


def test_who_does_not_hear_is_no_no_show_without_a_guides_word() -> None:
    day = Story()
    day.open("01")
    ticket = day.issue("N-1", marks=("deaf",))
    assert day.refused(cmd.ConfirmAbsent(ticket=ticket.id)) == "wrong_state"
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    assert day.refused(cmd.MarkNoShow(window="01"), after=5) == "deaf_needs_guide"
    day.do(cmd.ConfirmAbsent(ticket=ticket.id))
    assert day.do(cmd.ConfirmAbsent(ticket=ticket.id)) == ()
    day.do(cmd.MarkNoShow(window="01"))
    day.do(cmd.ReturnTicket(ticket=ticket.id), after=1)
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    assert day.refused(cmd.MarkNoShow(window="01"), after=5) == "deaf_needs_guide", "each call needs its own word"


def test_a_mark_is_set_and_taken_away_later() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.do(cmd.MarkTicket(ticket=ticket.id, marks=("accompany", "deaf")))
    assert list(ticket.marks) == ["deaf", "accompany"]
    assert day.do(cmd.MarkTicket(ticket=ticket.id, marks=("deaf", "accompany"))) == ()
    day.do(cmd.MarkTicket(ticket=ticket.id, marks=()))
    assert not list(ticket.marks)
    assert day.refused(cmd.MarkTicket(ticket=ticket.id, marks=("rich",))) == "unknown_mark"
    assert day.refused(cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), marks=("rich",))) == "unknown_mark"


def test_a_helper_walks_along_once_per_call() -> None:
    day = Story()
    day.open("01")
    ticket = day.issue("N-1", marks=("accompany",))
    assert day.refused(cmd.TakeAlong(ticket=ticket.id)) == "wrong_state"
    day.call("01")
    assert not day.state.tickets[ticket.id].accompanied
    (taken,) = day.do(cmd.TakeAlong(ticket=ticket.id))
    assert isinstance(taken, ev.AccompanyTaken)
    assert day.state.tickets[ticket.id].accompanied
    day.do(cmd.Undo(window="01"), after=0.1)
    assert ticket.state is TicketState.WAITING
    day.call("01")
    assert not day.state.tickets[ticket.id].accompanied


def test_a_guides_word_ends_the_windows_call_for_help() -> None:
    day = Story()
    day.open("01", "02")
    ticket = day.issue("N-1", marks=("deaf",))
    day.call("01")
    day.do(cmd.CallHelp(window="01", on=True))
    day.do(cmd.CallHelp(window="02", on=True))
    confirmed, ended = day.do(cmd.ConfirmAbsent(ticket=ticket.id))
    assert isinstance(confirmed, ev.AbsenceConfirmed)
    assert isinstance(ended, ev.HelpCalled) and (ended.window, ended.on) == ("01", False)
    assert [w.no for w in day.state.windows.values() if w.help] == ["02"]
