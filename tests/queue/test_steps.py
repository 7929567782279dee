"""A chain in one visit: a step with a precondition is called once what it needs is done."""

from onewindow.queue import commands as cmd
from onewindow.queue.carry import carried_from
from onewindow.queue.decide import execute
from onewindow.queue.state import HallDay, Ticket, TicketState
from tests.core_hall import MINUTE
from tests.queue.story import Story, fingerprint, replayed


def chain(day: Story) -> list[Ticket]:
    """Licence, then seal and tax beside each other, then nothing: three steps of one person."""
    day.do(
        cmd.IssueTickets(
            items=(
                cmd.Item(matter="N-1"),
                cmd.Item(matter="N-1", after=(0,)),
                cmd.Item(matter="S-1"),
            )
        )
    )
    return list(day.state.tickets.values())


def stands(ticket: Ticket) -> bool:
    return ticket.line is not None


def test_a_step_waits_for_what_it_needs() -> None:
    day = Story()
    licence, seal, beside = chain(day)
    assert (licence.line is None, seal.line is None, beside.line is None) == (False, True, False)
    assert seal.after == (licence.id,)
    day.open("01")
    assert day.call("01") is licence
    day.do(cmd.StartService(window="01"))
    day.do(cmd.FinishService(window="01"), after=5)
    assert stands(seal)
    assert seal.seniority == licence.seniority, "the steps keep the time of the visit"
    day.do(cmd.Undo(window="01"), after=0.1)
    assert stands(seal) is False
    assert fingerprint(replayed(day.hall, day.events)) == fingerprint(day.state)


def test_a_missed_step_holds_the_next_one_back_and_a_cancelled_one_does_not() -> None:
    day = Story()
    licence, seal, _ = chain(day)
    day.open("01")
    day.call("01")
    day.do(cmd.Recall(window="01"), after=0.5)
    day.do(cmd.MarkNoShow(window="01"), after=1)
    assert (licence.state, stands(seal)) == (TicketState.NO_SHOW, False)
    day.do(cmd.CancelTicket(ticket=licence.id))
    assert stands(seal)


def test_a_step_that_comes_back_holds_the_next_one_back_again() -> None:
    day = Story()
    licence, seal, _ = chain(day)
    day.open("01")
    day.serve("01")
    assert stands(seal)
    day.do(cmd.ReturnTicket(ticket=licence.id, finished=True), after=10)
    assert (stands(seal), stands(licence)) == (False, True)


def test_the_order_of_steps_goes_over_to_the_next_day() -> None:
    day = Story()
    chain(day)
    state = HallDay(day.hall)
    opened = cmd.OpenDay(day="2026-11-25", hall_digest="x", carried=carried_from(day.state))
    execute(state, opened, day.at + 1440 * MINUTE)
    licence, seal, beside = state.tickets.values()
    assert (seal.after, licence.after, beside.after) == ((licence.id,), (), ())
    assert seal.line is None


def test_steps_must_stand_after_what_they_need() -> None:
    day = Story()
    items = (cmd.Item(matter="N-1", after=(1,)), cmd.Item(matter="N-1"))
    assert day.refused(cmd.IssueTickets(items=items)) == "bad_order_of_steps"
