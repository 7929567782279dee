"""The projection: folding what events touch gives what a fresh snapshot holds; public content tells no secret."""

from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize, invariant

from onewindow.displays import channels as ch
from onewindow.displays.cells import Cells
from onewindow.displays.channels import Channel
from onewindow.displays.projection import Projection, project
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.journal import Entry
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from tests.core_hall import DAY
from tests.queue.story import Story
from tests.queue.test_machine import HallMachine

encode = msgspec.json.encode


def entry(at: int, events: tuple[ev.AnyEvent, ...]) -> Entry:
    return Entry(at=at, by="test", do="test", events=events)


def screens(state: HallDay) -> list[Channel]:
    zones = [ch.zone(code) for code in state.hall.zones]
    return [ch.HALL, ch.SUPERVISOR, *zones, *(ch.window(no) for no in state.windows)]


class Folded:
    """What somebody shows who got a snapshot at the start and then the touched cells alone."""

    def __init__(self, state: HallDay) -> None:
        self.shown: dict[Channel, dict[str, Any]] = {c: Cells(state).of(c) for c in screens(state)}

    def follow(self, state: HallDay, entries: list[Entry]) -> None:
        cells = Cells(state)
        for channel, keys in project(state, entries, list(self.shown)).items():
            for key in keys:
                value = cells.cell(channel, key)
                if value is None:
                    self.shown[channel].pop(key, None)
                else:
                    self.shown[channel][key] = value
        for name in state.tickets:
            self.shown.setdefault(ch.ticket(name), cells.of(ch.ticket(name)))

    def check(self, state: HallDay) -> None:
        cells = Cells(state)
        for channel, shown in self.shown.items():
            there = cells.of(channel)
            wrong = {key for key in shown | there if shown.get(key) != there.get(key)}
            assert shown == there, (str(channel), [(key, shown.get(key), there.get(key)) for key in sorted(wrong)])


class ProjectionMachine(HallMachine):
    """Random commands; after each, what was folded is what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.folded = Folded(self.state)

    @initialize()
    def open_day(self) -> None:
        """A hall at work: all windows open, some people waiting, one visit with two tickets."""
        self.do(cmd.OpenDay(day=DAY, hall_digest=self.state.hall.digest))
        for no in self.state.windows:
            self.do(cmd.OpenWindow(window=no, clerk="li"))
        for code in ("N-1", "N-2", "S-1", "N-2", "S-2"):
            self.do(cmd.IssueTickets(items=(cmd.Item(matter=code),)))
        self.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="S-2"))))
        self.do(cmd.IssueTickets(items=(cmd.Item(zone="south"),), purpose="collect"))

    def do(self, command: cmd.AnyCommand) -> tuple[ev.AnyEvent, ...] | Refusal:
        done = super().do(command)
        if not isinstance(done, Refusal) and done:
            self.folded.follow(self.state, [entry(self.now, done)])
        return done

    def lose_last(self, commands: int) -> None:
        """The loss is told by a process that starts, and every screen gets a snapshot of it."""
        super().lose_last(commands)
        self.folded = Folded(self.state)

    @invariant()
    def what_is_folded_is_what_there_is(self) -> None:
        self.folded.check(self.state)


ProjectionMachine.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestProjection = ProjectionMachine.TestCase


def touched_calls(story: Story, events: tuple[ev.AnyEvent, ...]) -> list[tuple[str, str, str]]:
    touched = Projection(story.hall).touched(story.state, [entry(story.at, events)])
    return [(c.kind, c.number, c.id) for c in touched.calls]


def test_a_recall_is_a_call_of_its_own() -> None:
    story = Story()
    story.open("01")
    number = story.issue("N-1").number
    called = touched_calls(story, story.do(cmd.CallNext(window="01")))
    recalled = touched_calls(story, story.do(cmd.Recall(window="01")))
    assert called == [("call", number, "20261124-1")]
    assert recalled == [("recall", number, "20261124-2")]
    assert Cells(story.state).cell(ch.HALL, "call/01") == {
        "id": "20261124-2",
        "call": 2,
        "number": number,
        "window": "01",
        "zone": "north",
        "zone_zh": "north",
        "hue": 1,
        "group_zh": "A组",
        "priority": False,
        "recalled": True,
        "since": "2026-11-24T08:30:00.000+08:00",
        "booked": False,
    }


def test_an_undone_call_is_corrected_and_leaves_the_board() -> None:
    story = Story()
    story.open("01")
    number = story.issue("N-1").number
    story.call("01")
    folded = Folded(story.state)
    events = story.do(cmd.Undo(window="01"))
    ((kind, corrected, _),) = touched_calls(story, events)
    assert (kind, corrected) == ("correction", number)
    assert "call/01" in folded.shown[ch.HALL]
    folded.follow(story.state, [entry(story.at, events)])
    assert "call/01" not in folded.shown[ch.HALL]
    folded.check(story.state)


def test_a_row_stays_until_the_person_has_come() -> None:
    story = Story()
    story.open("01")
    story.issue("N-1")
    story.call("01")
    assert Cells(story.state).call("01") is not None
    story.do(cmd.StartService(window="01"))
    assert Cells(story.state).call("01") is None
    assert Cells(story.state).window("01")["state"] == "serving"


def test_the_phone_is_told_who_went_first_and_no_more() -> None:
    story = Story()
    story.open("01")
    mine = story.issue("N-1")
    other = story.issue("N-1", after=1, applicant="elderly")
    story.call("01", after=1)
    passed = Cells(story.state).passed(mine.id)
    assert passed == [{"number": other.number, "window": "01", "at": "08:32", "zh": "优先", "en": "Priority"}]


def test_a_clerks_note_stays_with_staff() -> None:
    story = Story()
    story.open("01", "02")
    mine = story.issue("N-1")
    other = story.issue("N-1", after=1)
    story.do(cmd.CallTicket(window="02", ticket=other.id, reason="轮椅，残疾"))
    said = encode([Cells(story.state).of(ch.ticket(other.id)), Cells(story.state).of(ch.ticket(mine.id))]).decode()
    assert "指定叫号" in said
    assert "残疾" not in said


def test_the_notice_says_when_lunch_is_over() -> None:
    story = Story()
    story.open("01", "02")
    story.do(cmd.PauseWindow(window="01", reason="lunch"), after=200)
    story.do(cmd.PauseWindow(window="02", reason="system"))
    assert Cells(story.state).notices() == [
        {"zh": "01 号窗口午餐，13:30 继续", "en": "Window 01: Lunch, on again at 13:30"},
        {"zh": "02 号窗口系统故障，稍后继续", "en": "Window 02: System, on again later"},
    ]
    strip = Cells(story.state).strip("01")
    assert (strip["state_zh"], strip["name_zh"]) == ("暂停 · 午餐", "13:30 继续")
    theirs = story.state.windows["01"].zone
    for zone in story.state.hall.zones:
        said = Cells(story.state).notices(zone)
        assert len(said) == (2 if zone == theirs else 0), "a zone's TV says what concerns its own people"


def test_before_the_first_window_opens_the_notice_says_when_and_that_numbers_are_given() -> None:
    story = Story()
    assert Cells(story.state).notices() == [
        {"zh": "08:30 开窗叫号，现在可以先取号", "en": "Windows open at 08:30; take a number now"}
    ]
    story.open("01")
    assert Cells(story.state).notices() == []
    story.do(cmd.CloseWindow(window="01"))
    assert Cells(story.state).notices() == []
