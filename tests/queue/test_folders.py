"""An agent with many folders: a few at each turn, then to the tail with a new time."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.carry import carried_from
from onewindow.queue.decide import execute
from onewindow.queue.state import HallDay, TicketState
from tests.core_hall import MINUTE
from tests.queue.story import Story, fingerprint, replayed


def test_ten_folders_take_four_turns_and_let_others_pass() -> None:
    day = Story()
    day.open("01")
    agent = day.issue("N-1", copies=10)
    other = day.issue("N-1", after=1)
    assert (agent.copies, agent.left) == (3, 7)
    turns = []
    for _ in range(4):
        assert day.call("01") is agent
        day.do(cmd.StartService(window="01"))
        turns.append(agent.copies)
        day.do(cmd.FinishService(window="01"), after=12)
        if agent.state is TicketState.WAITING:
            assert agent.seniority == day.at, "the next turn stands at the tail, with a new time"
        if other.state is TicketState.WAITING:
            assert day.call("01") is other, "who came after the first turn comes before the second"
            day.do(cmd.StartService(window="01"))
            day.do(cmd.FinishService(window="01"), after=5)
    assert turns == [3, 3, 3, 1]
    assert (agent.state, agent.left) == (TicketState.FINISHED, 0)
    assert day.state.windows["01"].served == 5
    assert fingerprint(replayed(day.hall, day.events)) == fingerprint(day.state)


def test_a_turn_that_was_ended_by_mistake_is_taken_back() -> None:
    day = Story()
    day.open("01")
    agent = day.issue("N-1", copies=4)
    day.call("01")
    day.do(cmd.StartService(window="01"))
    before = (agent.seniority, agent.copies, agent.left, day.state.windows["01"].served)
    (ended,) = day.do(cmd.FinishService(window="01"), after=3)
    assert isinstance(ended, ev.TurnEnded)
    assert (agent.copies, agent.left) == (1, 0)
    day.do(cmd.Undo(window="01"))
    assert agent.state is TicketState.SERVING
    assert (agent.seniority, agent.copies, agent.left, day.state.windows["01"].served) == before


def test_finish_and_call_goes_on_with_the_agent_when_nobody_else_waits() -> None:
    day = Story()
    day.open("01")
    agent = day.issue("N-1", copies=5)
    day.call("01")
    day.do(cmd.StartService(window="01"))
    assert day.call("01", finish=True, after=10) is agent
    assert (agent.state, agent.copies, agent.left) == (TicketState.CALLED, 2, 0)
    day.do(cmd.Undo(window="01"), after=0.1)
    assert (agent.state, agent.copies, agent.left) == (TicketState.SERVING, 3, 2)
    assert day.state.windows["01"].ticket == agent.id


def test_the_work_of_a_turn_counts_and_no_more() -> None:
    day = Story()
    agent = day.issue("N-1", copies=10)
    (only,) = [s for s in day.state.lines.sets.values() if len(s)]
    assert abs(only.work - agent.minutes * 3) < 1e-9


def test_folders_that_are_left_go_over_to_the_next_day() -> None:
    day = Story()
    day.issue("N-1", copies=10, marks=("deaf",))
    (carried,) = carried_from(day.state)
    assert (carried.copies, carried.left, carried.marks) == (3, 7, ("deaf",))
    tomorrow = Story()
    state = HallDay(tomorrow.hall)
    execute(state, cmd.OpenDay(day="2026-11-25", hall_digest="x", carried=(carried,)), day.at + 1440 * MINUTE)
    (again,) = state.tickets.values()
    assert (again.copies, again.left, again.marks) == (3, 7, ("deaf",))


def test_matters_added_at_the_window_go_over_to_the_next_day() -> None:
    day = Story()
    day.open("01")
    ticket = day.issue("N-1")
    day.call("01")
    day.do(cmd.StartService(window="01"))
    day.do(cmd.AddMatter(window="01", matter="N-2"))
    day.do(cmd.HoldTicket(window="01", reason="papers"), after=5)
    assert ticket.more == ("N-2",)
    state = HallDay(day.hall)
    opened = cmd.OpenDay(day="2026-11-25", hall_digest="x", carried=carried_from(day.state))
    execute(state, opened, day.at + 1440 * MINUTE)
    (again,) = state.tickets.values()
    assert (again.matter, again.more) == ("N-1", ("N-2",))
