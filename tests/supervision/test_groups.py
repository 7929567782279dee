"""The groups' last numbers: by the clock, by the forecast, by a person."""

from typing import Any

from onewindow.forecast.closing import full_groups
from onewindow.forecast.last_ticket import expected_last
from onewindow.queue import commands as cmd
from onewindow.queue.state import HallDay
from onewindow.supervision.groups import groups_view
from onewindow.zones.calendar import closing_of, local_minute
from tests.core_hall import MINUTE, T0
from tests.queue.story import Story


def group(state: HallDay, letter: str, now: int) -> dict[str, Any]:
    groups: list[dict[str, Any]] = groups_view(state, now)["groups"]
    return next(g for g in groups if g["letter"] == letter)


def last(story: Story, letter: str, now: int) -> int | None:
    closing = closing_of(story.hall.settings, story.state.day)
    return expected_last(story.state, letter, now, closing, local_minute(story.hall.settings, now))


def test_a_quiet_group_takes_numbers_until_the_hall_closes() -> None:
    story = Story()
    story.open("05")
    closing = closing_of(story.hall.settings, story.state.day)
    # Nobody comes on this day; a newcomer's own five minutes are the only thing in the way.
    assert last(story, "C", T0) == closing
    found = group(story.state, "C", T0)
    assert (found["ends"], found["at"], found["last"]) == ("set", "17:30", None)


def test_without_a_window_nothing_can_be_foreseen() -> None:
    story = Story()
    assert last(story, "C", T0) is None
    assert group(story.state, "C", T0)["ends"] == "unknown"


def test_a_long_queue_ends_intake_before_the_hall_closes() -> None:
    story = Story()
    story.open("05")
    for _ in range(60):
        story.issue("S-1")
    closing = closing_of(story.hall.settings, story.state.day)
    evening = closing - 140 * MINUTE
    expected = last(story, "C", evening)
    assert expected is not None and expected < closing
    found = group(story.state, "C", evening)
    assert (found["ends"], found["last"]) == ("forecast", story.state.tickets[list(story.state.tickets)[-1]].number)


def test_it_says_now_exactly_when_the_rule_would_stop_the_group_now() -> None:
    """The same rule as `full_groups`, to within its rounding to five minutes upward."""
    story = Story()
    story.open("05")
    closing = closing_of(story.hall.settings, story.state.day)
    now = closing - 120 * MINUTE
    for _ in range(40):
        story.issue("S-1")
        expected = last(story, "C", now)
        assert expected is not None
        if expected == now:
            assert full_groups(story.state, now, closing) == ("C",)
        if not full_groups(story.state, now, closing):
            assert expected > now
    assert full_groups(story.state, now, closing) == ("C",)


def test_more_people_never_make_the_last_number_later() -> None:
    story = Story()
    story.open("05")
    now = closing_of(story.hall.settings, story.state.day) - 200 * MINUTE
    seen = []
    for _ in range(40):
        story.issue("S-1")
        seen.append(last(story, "C", now) or 0)
    assert seen == sorted(seen, reverse=True)
    assert seen[0] > seen[-1]


def test_stopped_and_resumed() -> None:
    story = Story()
    story.open("05")
    ticket = story.issue("S-1")
    story.do(cmd.StopGroup(group="C"))
    found = group(story.state, "C", story.at)
    assert (found["ends"], found["why"], found["last"], found["at"]) == ("stopped", "person", ticket.number, "08:30")
    story.do(cmd.ResumeGroup(group="C"))
    assert group(story.state, "C", story.at)["ends"] == "set"
    story.do(cmd.StartClosing())
    found = group(story.state, "C", story.at)
    assert (found["ends"], found["why"]) == ("stopped", "day")
    assert groups_view(story.state, story.at)["intake"] is False
