"""The first estimate: sane in the cases that anybody can check by head."""

from onewindow.forecast.estimate import STEP, estimate, rounded
from onewindow.queue import commands as cmd
from onewindow.queue.commands import Wait
from tests.queue.story import Story

NORTH = frozenset({"01", "02"})


def newcomer(day: Story, windows: frozenset[str]) -> Wait | None:
    return estimate(day.state, windows, day.at, len(day.state.tickets) + 1)


def test_no_open_window_no_estimate() -> None:
    day = Story()
    day.issue("N-1")
    assert newcomer(day, NORTH) is None


def test_a_free_window_means_no_wait() -> None:
    day = Story()
    day.open("01")
    assert newcomer(day, NORTH) == Wait(0, 0, STEP)


def test_the_work_ahead_is_shared_by_the_open_windows() -> None:
    day = Story()
    day.open("01")
    for _ in range(4):
        day.issue("N-1")
    one = newcomer(day, NORTH)
    day.open("02")
    two = newcomer(day, NORTH)
    assert one is not None and two is not None
    per_ticket = next(iter(day.state.tickets.values())).minutes * 60
    assert one.expected == round(4 * per_ticket)
    assert two.expected == round(2 * per_ticket)


def test_a_service_under_way_counts_half() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.open("01")
    day.call("01")
    wait = newcomer(day, NORTH)
    assert wait is not None and wait.expected == round(ticket.minutes * 30)


def test_those_behind_do_not_count() -> None:
    day = Story()
    day.open("01")
    day.issue("N-1")
    before = newcomer(day, NORTH)
    day.issue("N-1", after=1)
    key, order = day.at - 30_000, 2
    assert estimate(day.state, NORTH, key, order) == before


def test_ranges_are_rounded_outward_to_five_minutes() -> None:
    for seconds in (0, 1, 299, 300, 901, 3600.5):
        wait = rounded(seconds)
        assert wait.low % STEP == wait.high % STEP == 0
        assert wait.low <= seconds <= wait.high and wait.high >= STEP


def test_a_closed_colleague_leaves_the_shared_work_to_the_open_ones() -> None:
    day = Story()
    day.open("03")
    day.issue("N-2")
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)))
    wait = newcomer(day, frozenset({"01", "02", "03"}))
    ticket = next(iter(day.state.tickets.values()))
    assert wait is not None and wait.expected == round(ticket.minutes * 60)
