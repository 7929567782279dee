"""Windows that close, merge or change in mid-day: nobody who waits is left without a window."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import windows_of
from onewindow.queue.state import TicketState, WindowPhase
from tests.queue.story import Story, fingerprint, replayed


def only_window(day: Story) -> tuple[str, str]:
    """A matter that exactly one window of the hall serves, and that window."""
    for code in day.hall.matters:
        able = [w.no for w in day.hall.windows.values() if code in w.matters]
        if len(able) == 1:
            return code, able[0]
    raise AssertionError("the test's hall has no such matter")


def another(day: Story, window: str) -> str:
    """Another window of its zone."""
    zone = day.hall.windows[window].zone
    return next(w.no for w in day.hall.windows.values() if w.zone == zone and w.no != window)


def test_a_window_does_not_close_over_somebodys_head() -> None:
    day = Story()
    matter, window = only_window(day)
    day.open(window)
    day.issue(matter)
    assert day.refused(cmd.CloseWindow(window=window)) == "close_strands"
    day.do(cmd.CloseWindow(window=window, anyway=True))
    assert day.state.windows[window].phase is WindowPhase.CLOSED


def test_a_window_closes_when_another_one_goes_on() -> None:
    day = Story()
    day.open("01", "02")
    ticket = day.issue("N-1")
    assert {"01", "02"} <= windows_of(day.state, ticket)
    day.do(cmd.CloseWindow(window="01"))
    assert day.refused(cmd.CloseWindow(window="02")) == "close_strands"


def test_a_merged_windows_people_go_along() -> None:
    day = Story()
    matter, window = only_window(day)
    into = another(day, window)
    day.open(window, into)
    held = day.issue(matter)
    assert day.call(window) is held
    day.do(cmd.StartService(window=window))
    day.do(cmd.HoldTicket(window=window, reason="papers"), after=2)
    waiting = day.issue(matter)
    done = day.do(cmd.MergeWindow(window=window, into=into))
    merged = next(e for e in done if isinstance(e, ev.WindowMerged))
    assert set(merged.tickets) == {held.id, waiting.id}
    assert day.state.windows[window].merged_into == into
    assert day.state.windows[window].phase is WindowPhase.CLOSED
    assert held.id in day.state.windows[into].held and held.bound == into
    assert held.moved_from == window, "its new clerk sees where it comes from"
    assert into in windows_of(day.state, waiting)
    assert day.call(into) is waiting
    day.do(cmd.StartService(window=into))
    day.do(cmd.FinishService(window=into), after=5)
    day.do(cmd.CallTicket(window=into, ticket=held.id))
    assert held.state is TicketState.CALLED
    day.open(window)
    assert day.state.windows[window].merged_into is None
    assert fingerprint(replayed(day.hall, day.events)) == fingerprint(day.state)


def test_a_merge_needs_another_open_window_of_the_zone() -> None:
    day = Story()
    _, window = only_window(day)
    into = another(day, window)
    far = next(w.no for w in day.hall.windows.values() if w.zone != day.hall.windows[window].zone)
    day.open(window, far)
    assert day.refused(cmd.MergeWindow(window=window, into=window)) == "merge_itself"
    assert day.refused(cmd.MergeWindow(window=window, into=into)) == "window_not_open"
    assert day.refused(cmd.MergeWindow(window=window, into=far)) == "merge_other_zone"
    assert day.refused(cmd.MergeWindow(window=window, into="99")) == "unknown_window"


def test_matters_change_together_with_the_window_that_takes_them() -> None:
    day = Story()
    matter, window = only_window(day)
    into = another(day, window)
    day.open(window, into)
    ticket = day.issue(matter)
    rest = tuple(sorted(day.state.windows[window].matters - {matter}))
    assert day.refused(cmd.SetWindowMatters(window=window, matters=rest)) == "matters_strand"
    day.do(cmd.SetWindowMatters(window=window, matters=rest, into=into))
    assert windows_of(day.state, ticket) == {into}
    assert day.call(into) is ticket


def test_tickets_for_a_group_follow_a_merge_and_come_back_with_their_window() -> None:
    day = Story()
    day.open("05", "06")
    before = day.do(cmd.IssueTickets(items=(cmd.Item(group="C"),)))[-1]
    day.do(cmd.MergeWindow(window="05", into="06"))
    after = day.do(cmd.IssueTickets(items=(cmd.Item(group="C"),)))[-1]
    assert isinstance(before, ev.TicketIssued) and isinstance(after, ev.TicketIssued)
    for issued in (before, after):
        ticket = day.call("06")
        assert ticket is not None and ticket.id == issued.ticket
        day.do(cmd.StartService(window="06"))
        day.do(cmd.FinishService(window="06"), after=1)
    day.open("05")
    assert day.state.windows["05"].merged_into is None
    assert fingerprint(replayed(day.hall, day.events)) == fingerprint(day.state)


def test_a_heir_that_merges_too_hands_everything_on() -> None:
    day = Story()
    day.open("01", "02", "03")
    ticket = day.issue("N-1")
    day.do(cmd.MergeWindow(window="01", into="02"))
    day.do(cmd.MergeWindow(window="02", into="03"))
    assert day.call("03") is ticket


def test_a_merged_windows_people_are_not_lost_when_it_is_taken_out_of_the_queue() -> None:
    """Who took them over serves them through it: found by the machine."""
    day = Story()
    day.open("01", "02", "03", "04")
    day.do(cmd.IssueTickets(items=(cmd.Item(zone="south"),), purpose="collect"))
    (ticket,) = day.state.tickets.values()
    day.do(cmd.MergeWindow(window="04", into="03"))
    assert windows_of(day.state, ticket) == {"03", "04"}
    assert day.refused(cmd.SetWindowMatters(window="04", public=False)) == "matters_strand"
    day.do(cmd.SetWindowMatters(window="04", public=False, into="01"))
    assert windows_of(day.state, ticket) == {"01"}
    assert day.call("01") is ticket


def test_nor_are_they_left_to_a_window_that_is_not_open() -> None:
    """It counts beside one that isn't open yet, not beside one whose people another serves: found by the machine."""
    day = Story()
    day.open("01", "03")
    day.do(cmd.IssueTickets(items=(cmd.Item(group="A"),)))
    (ticket,) = day.state.tickets.values()
    day.do(cmd.MergeWindow(window="01", into="03"))
    assert windows_of(day.state, ticket) == {"01", "02", "03"}
    assert day.refused(cmd.SetWindowMatters(window="01", matters=())) == "matters_strand"
    day.do(cmd.SetWindowMatters(window="01", matters=(), into="03"))
    assert day.call("03") is ticket
