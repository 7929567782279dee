"""Alarms of people who need a person, and of a hall that stands still."""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.evolve import evolve
from onewindow.queue.state import HallDay, TicketState
from onewindow.supervision.alarm import Alarm, Urgency
from onewindow.supervision.alarms import alarms
from onewindow.supervision.people_alarms import of_people
from onewindow.supervision.service_alarms import of_service
from tests.core_hall import DAY, MINUTE
from tests.queue.story import Story

SECOND = 1_000


def found(story: Story, seconds: float = 0) -> list[Alarm]:
    return list(alarms(story.state, story.at + round(seconds * SECOND)))


def codes(state: HallDay, at: int) -> list[str]:
    return [alarm.code for alarm in (*of_service(state, at), *of_people(state, at))]


def test_a_suspension_is_one_alarm_and_silences_what_follows_from_it() -> None:
    story = Story()
    story.issue("S-1")
    assert [a.code for a in found(story, 60 * 60)] == ["nobody_open", "long_wait"]
    story.do(cmd.SuspendService(reason="power", note="检修"))
    (alarm,) = found(story, 40 * 60)
    assert (alarm.code, alarm.urgency, alarm.since) == ("suspended", Urgency.NOW, story.at)
    assert "40 分钟" in alarm.zh and "检修" in alarm.zh and "停电" in alarm.zh
    story.do(cmd.ResumeService(), after=1)
    assert "suspended" not in [a.code for a in found(story)]


def test_numbers_that_the_journal_has_lost_are_named_as_long_as_somebody_may_come_with_one() -> None:
    story = Story()
    story.do(cmd.NoteLoss(day=DAY, series={"A": 3}, calls=0, missing=("A002", "A003")))
    (alarm,) = found(story)
    assert (alarm.code, alarm.urgency, alarm.since) == ("numbers_lost", Urgency.SOON, story.at)
    assert "A002、A003" in alarm.zh and "2" in alarm.en
    assert found(story, 91 * 60) == []


def test_a_call_is_not_long_while_the_hall_stands_still() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    story.call("05")
    story.do(cmd.SuspendService(reason="power"))
    assert [a.code for a in found(story, 20 * 60)] == ["suspended"]
    story.do(cmd.ResumeService(), after=20)
    assert found(story, 4.9 * 60) == []
    assert [a.code for a in found(story, 5 * 60)] == ["called_long"]


def test_a_group_that_the_forecast_stopped_is_told_and_one_by_a_person_is_not() -> None:
    story = Story()
    first = story.issue("N-1")
    story.do(cmd.StopGroup(group="C"))
    story.do(cmd.Tick(full_groups=("A",)))
    (alarm,) = of_service(story.state, story.at)
    assert (alarm.code, alarm.urgency, alarm.group) == ("group_stopped", Urgency.LATER, "A")
    assert first.number in alarm.zh
    story.do(cmd.ResumeGroup(group="A"))
    assert codes(story.state, story.at) == []
    story.do(cmd.Tick(full_groups=("B",)))
    story.do(cmd.StartClosing())
    assert codes(story.state, story.at) == [], "after intake there is no group to resume"


def test_who_does_not_hear_is_looked_for_within_a_minute() -> None:
    story = Story()
    story.open("05")
    ticket = story.issue("S-1", marks=("deaf",))
    story.call("05")
    assert found(story, 59) == []
    (alarm,) = found(story, 60)
    assert (alarm.code, alarm.window, alarm.tickets) == ("deaf_called", "05", (ticket.number,))
    story.do(cmd.ConfirmAbsent(ticket=ticket.id), after=1)
    assert found(story) == []


def test_who_comes_needs_no_more_looking_for() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1", marks=("deaf", "accompany"))
    story.call("05")
    story.do(cmd.StartService(window="05"))
    assert found(story, 120) == []


def test_somebody_walks_along_within_half_a_minute() -> None:
    story = Story()
    story.open("05")
    ticket = story.issue("S-1", marks=("accompany",))
    story.call("05")
    assert found(story, 29) == []
    (alarm,) = found(story, 30)
    assert (alarm.code, alarm.urgency, alarm.tickets) == ("accompany", Urgency.SOON, (ticket.number,))
    story.do(cmd.TakeAlong(ticket=ticket.id), after=0.5)
    assert found(story) == []


def test_whom_no_window_may_ever_call_is_an_alarm_at_once() -> None:
    """Not even a window that would be opened serves it: what it takes has been changed."""
    story = Story()
    only = [story.issue("S-2"), story.issue("S-2")]
    story.open("05")
    story.do(cmd.StepAway(ticket=only[1].id))
    # The core refuses to strand anybody; a journal of an older rule may hold it all the same.
    evolve(story.state, ev.WindowMattersChanged(at=story.at, window="05", matters=("S-1",), public=True))
    assert [ticket.line for ticket in only] == [None, None] and not story.state.lines.sets
    (alarm,) = of_people(story.state, story.at)
    assert (alarm.code, alarm.urgency, alarm.tickets) == ("uncallable", Urgency.NOW, (only[0].number,))
    assert "调整事项" in alarm.todo_zh


def test_who_rests_is_not_lost() -> None:
    story = Story()
    story.open("01", "05")
    first = story.do(cmd.IssueTickets(items=(cmd.Item(matter="S-1"), cmd.Item(matter="N-1"))))
    assert len(first) >= 2
    story.call("05")
    assert [t.state for t in story.state.tickets.values()].count(TicketState.CALLED) == 1
    assert codes(story.state, story.at + MINUTE // 2) == []
