"""The day's edges: issuing before opening, closing, tomorrow, and what a window may not stop serving."""

import msgspec

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.carry import carried_from
from onewindow.queue.decide import execute
from onewindow.queue.state import DayPhase, HallDay, TicketState, WindowPhase
from tests.core_hall import DAY, MINUTE
from tests.queue.story import Story


def test_changing_matters_never_strands_a_waiting_ticket() -> None:
    day = Story()
    ticket = day.issue("S-2")
    assert day.refused(cmd.SetWindowMatters(window="05", matters=("S-1",))) == "matters_strand"
    day.do(cmd.CancelTicket(ticket=ticket.id))
    day.do(cmd.SetWindowMatters(window="05", matters=("S-1",)))
    assert day.refused(cmd.IssueTickets(items=(cmd.Item(matter="S-2"),))) == "no_window_serves"


def test_issuing_runs_before_windows_open() -> None:
    day = Story()
    ticket = day.issue("N-1")
    assert ticket.line == frozenset({"01", "02"}) and not day.state.lines.open


def test_closing_asks_everybody_who_remains() -> None:
    day = Story()
    tickets = [day.issue("N-1") for _ in range(3)]
    (event,) = day.do(cmd.Tick(closing_due=True))
    assert isinstance(event, ev.IntakeStopped)
    assert day.refused(cmd.IssueTickets(items=(cmd.Item(matter="N-1"),))) == "intake_stopped"
    assert day.refused(cmd.CloseDay()) == "day_has_remaining"
    day.do(cmd.SettleTicket(ticket=tickets[0].id, choice="late"))
    day.do(cmd.SettleTicket(ticket=tickets[1].id, choice="tomorrow"))
    day.do(cmd.SettleTicket(ticket=tickets[2].id, choice="give_up"))
    assert [t.state for t in tickets] == [TicketState.WAITING, TicketState.HELD, TicketState.ABANDONED]
    assert day.refused(cmd.CloseDay()) == "day_has_remaining"
    day.open("01")
    assert day.serve("01") is tickets[0]
    day.do(cmd.CloseDay())
    assert day.state.phase is DayPhase.CLOSED
    assert day.state.windows["01"].phase is WindowPhase.CLOSED


def test_intake_can_be_resumed_and_the_set_time_does_not_stop_it_again() -> None:
    day = Story()
    day.do(cmd.Tick(closing_due=True))
    day.do(cmd.ResumeIntake())
    assert day.do(cmd.Tick(closing_due=True)) == ()
    day.issue("N-1")


def test_tomorrow_comes_first_with_a_linked_number() -> None:
    day = Story()
    old = day.issue("N-1")
    carried = cmd.Carried(
        ticket=old.id,
        number=old.number,
        zone=old.zone,
        group=old.group,
        matter=old.matter,
        purpose=old.purpose,
        applicant=old.applicant,
        confirmed=old.confirmed,
        seniority=old.seniority,
    )
    state = HallDay(day.hall)
    command = cmd.OpenDay(day="2026-11-25", hall_digest="0" * 64, previous_day=DAY, carried=(carried,))
    done = execute(state, command, day.at + 1440 * MINUTE)
    assert isinstance(done, tuple)
    (ticket,) = state.tickets.values()
    assert (ticket.id, ticket.previous, ticket.seniority) == ("20261125-A001", old.id, old.seniority)


def test_a_visits_tickets_and_folders_go_over_together() -> None:
    day = Story()
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="S-1")), copies=3))
    other = day.issue("N-1", after=1)
    state = HallDay(day.hall)
    command = cmd.OpenDay(day="2026-11-25", hall_digest="0" * 64, carried=carried_from(day.state))
    assert isinstance(execute(state, command, day.at + 1440 * MINUTE), tuple)
    first, second, third = state.tickets.values()
    assert first.visit == second.visit != third.visit
    assert (first.copies, third.previous) == (3, other.id)
    assert [t.order for t in (first, second, third)] == [1, 2, 3]


def test_a_matter_that_is_gone_overnight_goes_to_its_zones_default() -> None:
    day = Story()
    gone = day.issue("N-1")
    day.issue("N-1", after=1)
    lost, kept = carried_from(day.state)
    lost = msgspec.structs.replace(lost, matter="N-0", group="Z")
    state = HallDay(day.hall)
    assert isinstance(
        execute(state, cmd.OpenDay(day="2026-11-25", hall_digest="", carried=(lost, kept)), day.at), tuple
    )
    first = state.tickets["20261125-A001"]
    assert (first.matter, first.group, first.previous) == (None, "A", gone.id)
