"""The hall that benches serve gives numbers whatever the time; the sample hall stops when its queue is long."""

from pathlib import Path

import pytest

from bench.open_hall import SAMPLE, open_copy
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.journal import Head
from onewindow.queue.refusals import Refusal
from onewindow.runtime.live_day import LiveDay
from onewindow.runtime.ticker import due
from onewindow.zones.calendar import at_ms_of, business_day, is_working_day
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

TUESDAY, SATURDAY = "2026-11-24", "2026-11-28"


def long_queue(hall: Hall, day: str, at: int) -> LiveDay:
    """A day with one window open, and more people before it than it can serve."""
    live = LiveDay.fresh(hall, day)
    matter = min(hall.windows["17"].matters)
    issue = cmd.IssueTickets(items=(cmd.Item(matter=matter),))
    opened = cmd.OpenDay(day=day, hall_digest=hall.digest)
    commands: list[cmd.AnyCommand] = [opened, cmd.OpenWindow(window="17", clerk="c"), *[issue] * 100]
    for command in commands:
        assert not isinstance(execute(live.state, command, at), Refusal)
    live.head, live.opened_at = Head(102, "0" * 64), at
    return live


@pytest.mark.parametrize("minute", [0, 3 * 60, 9 * 60, 12 * 60, 17 * 60 + 20, 23 * 60 + 50])
@pytest.mark.parametrize("day", [TUESDAY, SATURDAY])
def test_it_never_stops_giving_numbers(tmp_path: Path, day: str, minute: int) -> None:
    hall = load_hall(open_copy(tmp_path / "hall"))
    at = at_ms_of(hall.settings, day, minute)
    assert business_day(hall.settings, at) == day and is_working_day(hall.settings, day)
    live = long_queue(hall, day, at)
    for later in (1_000, 120_000):
        assert due(live, at + later) is None


def test_the_sample_hall_stops_with_such_a_queue() -> None:
    hall = load_hall(SAMPLE)
    at = at_ms_of(hall.settings, TUESDAY, 17 * 60)
    tick = due(long_queue(hall, TUESDAY, at), at + 1_000)
    assert tick is not None and tick.full_groups


def test_it_is_the_sample_hall_in_all_else_and_may_have_another_code(tmp_path: Path) -> None:
    sample, made = load_hall(SAMPLE), load_hall(open_copy(tmp_path / "hall", "h001"))
    assert (sample.settings.code, made.settings.code) == ("anqiu", "h001")
    assert made.windows == sample.windows and made.matters == sample.matters and made.groups == sample.groups
