"""What a ticket is counted from: its issue, an appointed time, or the step before."""

from onewindow.queue import commands as cmd
from tests.queue.story import Story


def test_an_appointment_is_counted_from_its_time_unless_its_visitor_is_late() -> None:
    day = Story()
    slot = day.at + 30 * 60_000
    early = day.issue("N-1", applicant="appointment", slot=slot)
    in_time = day.issue("N-1", applicant="appointment", slot=slot, after=45)
    late = day.issue("N-1", applicant="appointment", slot=slot, after=1)
    assert (early.seniority, in_time.seniority, late.seniority) == (slot, slot, slot + 16 * 60_000)
    assert early.slot == slot


def test_the_next_step_of_an_errand_keeps_its_place() -> None:
    day = Story()
    first = day.issue("N-1")
    assert day.refused(cmd.IssueTickets(items=(cmd.Item(matter="S-1"),), follows=first.id)) == "wrong_state"
    assert day.refused(cmd.IssueTickets(items=(cmd.Item(matter="S-1"),), follows="x")) == "unknown_ticket"
    day.open("01")
    day.call("01")
    day.do(cmd.StartService(window="01"))
    day.do(cmd.FinishService(window="01"), after=10)
    between = day.issue("S-1", after=1)
    other = cmd.IssueTickets(items=(cmd.Item(matter="S-1"),), follows=first.id, visit=between.visit)
    assert day.refused(other) == "unknown_visit"
    following = day.issue("S-1", after=1, follows=first.id)
    assert (following.visit, following.previous, following.seniority) == (first.visit, first.id, first.seniority)
    day.open("05")
    assert day.call("05") is following
