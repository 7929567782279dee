"""Lunch, a suspension, a power cut: the hall's clocks stand still, and nobody loses a place by it."""

import pytest

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.state import DayPhase, TicketState
from tests.core_hall import MINUTE
from tests.queue.story import Story, fingerprint, replayed


def lunch(day: Story, minutes: float = 90) -> None:
    """Lunch begins, and ends so many minutes later."""
    until = day.at + round(minutes * MINUTE)
    (began,) = day.do(cmd.Tick(break_until=until))
    assert isinstance(began, ev.BreakStarted)
    assert day.do(cmd.Tick(break_until=until), after=1) == ()
    (ended, *_) = day.do(cmd.Tick(), after=minutes - 1)
    assert isinstance(ended, ev.BreakEnded)


def test_a_no_show_clock_stands_still_over_lunch() -> None:
    day = Story()
    day.open("01")
    day.issue("N-1")
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    lunch(day)
    assert day.refused(cmd.MarkNoShow(window="01")) == "too_early_for_no_show"
    day.do(cmd.MarkNoShow(window="01"), after=0.5)


def test_who_is_called_during_lunch_gets_the_usual_minute() -> None:
    """A window on duty goes on."""
    day = Story()
    day.open("01")
    day.issue("N-1")
    day.do(cmd.Tick(break_until=day.at + 90 * MINUTE))
    day.call("01", after=5)
    day.do(cmd.Recall(window="01"), after=0.5)
    day.do(cmd.MarkNoShow(window="01"), after=0.5)


def test_time_to_come_back_does_not_run_over_lunch() -> None:
    day = Story()
    day.open("01")
    missed = day.issue("N-1")
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    day.do(cmd.MarkNoShow(window="01"), after=0.5)
    day.at += 20 * MINUTE
    lunch(day)
    day.do(cmd.ReturnTicket(ticket=missed.id), after=10)
    assert missed.state is TicketState.WAITING


def test_time_away_does_not_run_over_lunch() -> None:
    day = Story()
    out = day.issue("N-1")
    day.do(cmd.StepAway(ticket=out.id))
    day.at += 5 * MINUTE
    lunch(day)
    assert day.do(cmd.Tick(), after=14.9) == ()
    (back,) = day.do(cmd.Tick(), after=0.1)
    assert isinstance(back, ev.AwayEnded)


def test_a_held_ticket_stays_with_its_window_over_lunch() -> None:
    day = Story()
    day.open("01", "02")
    day.issue("N-1")
    day.call("01")
    day.do(cmd.StartService(window="01"))
    day.do(cmd.HoldTicket(window="01", reason="papers"), after=1)
    day.do(cmd.PauseWindow(window="01", reason="lunch"))
    lunch(day)
    assert day.do(cmd.Tick(), after=4.9) == ()
    (released,) = day.do(cmd.Tick(), after=0.1)
    assert isinstance(released, ev.HeldReleased)


def test_nobody_is_called_while_service_is_suspended() -> None:
    day = Story()
    day.open("01", "02")
    day.issue("N-1")
    waiting = day.issue("N-1")
    day.call("01")
    day.do(cmd.SuspendService(reason="evacuation", note="演练"))
    assert day.refused(cmd.SuspendService(reason="power")) == "service_suspended"
    for command in (
        cmd.CallNext(window="02"),
        cmd.CallTicket(window="02", ticket=waiting.id, reason="x"),
        cmd.Recall(window="01"),
        cmd.MarkNoShow(window="01"),
        cmd.IssueTickets(items=(cmd.Item(matter="N-1"),), channel="kiosk"),
    ):
        assert day.refused(command) == "service_suspended"
    day.issue("N-1")  # a guide may still write a number by hand and into the system
    day.do(cmd.StartService(window="01"))
    day.do(cmd.FinishService(window="01"), after=3)
    (resumed,) = day.do(cmd.ResumeService(), after=30)
    assert isinstance(resumed, ev.ServiceResumed)
    assert day.refused(cmd.ResumeService()) == "service_running"
    assert day.call("02") is waiting
    assert fingerprint(replayed(day.hall, day.events)) == fingerprint(day.state)


def test_a_suspension_freezes_every_clock() -> None:
    day = Story()
    day.open("01")
    day.issue("N-1")
    out = day.issue("N-1")
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    day.do(cmd.StepAway(ticket=out.id))
    day.do(cmd.SuspendService(reason="power"))
    assert day.do(cmd.Tick(), after=60) == ()
    day.do(cmd.ResumeService())
    assert day.refused(cmd.MarkNoShow(window="01")) == "too_early_for_no_show"
    day.do(cmd.MarkNoShow(window="01"), after=0.5)
    assert day.do(cmd.Tick(), after=19.4) == ()
    assert isinstance(day.do(cmd.Tick(), after=0.1)[0], ev.AwayEnded)


def test_a_suspension_within_lunch_is_counted_once() -> None:
    day = Story()
    out = day.issue("N-1")
    day.do(cmd.StepAway(ticket=out.id))
    began = day.at
    day.do(cmd.Tick(break_until=day.at + 90 * MINUTE))
    day.do(cmd.SuspendService(reason="power"), after=30)
    day.do(cmd.Tick(), after=60)
    day.do(cmd.ResumeService(), after=10)
    day.at = began + 119 * MINUTE
    assert day.do(cmd.Tick()) == ()
    assert isinstance(day.do(cmd.Tick(), after=1)[0], ev.AwayEnded)


def test_a_power_cut_costs_nobody_a_place() -> None:
    day = Story()
    day.open("01")
    day.issue("N-1")
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    cut = day.at
    (noted,) = day.do(cmd.NoteOutage(since=cut), after=4)
    assert isinstance(noted, ev.OutageNoted) and noted.since == cut
    assert day.refused(cmd.MarkNoShow(window="01")) == "too_early_for_no_show"
    day.do(cmd.MarkNoShow(window="01"), after=0.5)


@pytest.mark.parametrize("seconds", [0, 5, 19])
def test_a_short_restart_is_no_outage(seconds: int) -> None:
    day = Story()
    day.open("01")
    assert day.do(cmd.NoteOutage(since=day.at), after=seconds / 60) == ()


def test_an_outage_never_reaches_back_before_what_is_on_record() -> None:
    day = Story()
    day.open("01")
    last = day.state.last_at
    (noted,) = day.do(cmd.NoteOutage(since=last - 60 * MINUTE), after=10)
    assert isinstance(noted, ev.OutageNoted) and noted.since == last


def test_a_group_stops_by_forecast_until_a_person_opens_it_again() -> None:
    day = Story()
    first = day.issue("N-1")
    (stopped,) = day.do(cmd.Tick(full_groups=(first.group,)))
    assert isinstance(stopped, ev.GroupStopped)
    assert (stopped.last, stopped.forecast) == (first.number, True)
    assert day.do(cmd.Tick(full_groups=(first.group,))) == ()
    assert day.refused(cmd.IssueTickets(items=(cmd.Item(matter="N-1"),))) == "group_stopped"
    day.do(cmd.ResumeGroup(group=first.group))
    assert day.do(cmd.Tick(full_groups=(first.group,))) == (), "a person's word stands"
    day.issue("N-1")
    day.do(cmd.StopGroup(group=first.group))
    assert day.refused(cmd.StopGroup(group=first.group)) == "group_stopped"
    assert day.state.phase is DayPhase.OPEN
