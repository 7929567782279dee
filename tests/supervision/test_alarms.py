"""Alarms: each when it is due and not a moment before, the most urgent first."""

from onewindow.queue import commands as cmd
from onewindow.supervision.alarm import Alarm, Urgency
from onewindow.supervision.alarms import Silent, alarms
from tests.core_hall import MINUTE, T0
from tests.queue.story import Story


def at(story: Story, minutes: float) -> tuple[Alarm, ...]:
    """The alarms so many minutes after 08:30."""
    return alarms(story.state, T0 + round(minutes * MINUTE))


def codes(found: tuple[Alarm, ...]) -> list[str]:
    return [alarm.code for alarm in found]


def test_a_quiet_hall_has_none() -> None:
    story = Story()
    story.open("01", "05")
    story.issue("N-1")
    assert at(story, 1) == ()


def test_help_is_called_until_it_is_there() -> None:
    story = Story()
    story.open("05")
    story.do(cmd.CallHelp(window="05"))
    (alarm,) = at(story, 1)
    assert (alarm.code, alarm.urgency, alarm.window, alarm.zone) == ("help", Urgency.NOW, "05", "south")
    assert "clerk05" in alarm.zh
    story.do(cmd.CallHelp(window="05", on=False))
    assert at(story, 1) == ()


def test_somebody_waits_and_no_window_is_open() -> None:
    story = Story()
    first, second = story.issue("S-1"), story.issue("S-2", after=1)
    (alarm,) = at(story, 2)
    assert (alarm.code, alarm.group, alarm.since) == ("nobody_open", "C", T0)
    assert alarm.tickets == (first.number, second.number)
    assert alarm.open_windows == ("05",), "an agents' window is no answer while it is not public"
    assert "2 人在等" in alarm.zh
    assert alarm.todo_zh == "请开 05 号窗口。"
    story.open("05")
    assert at(story, 2) == ()


def test_a_paused_window_leaves_nobody_open_and_is_the_first_to_open() -> None:
    story = Story()
    story.open("02")
    story.issue("N-1")
    story.do(cmd.PauseWindow(window="02", reason="system"))
    (alarm,) = at(story, 1)
    assert alarm.code == "nobody_open"
    assert alarm.open_windows == ("02", "01")


def test_before_the_doors_open_and_at_lunch_nobody_need_be_open() -> None:
    story = Story()
    story.issue("S-1")
    assert at(story, -1) == ()
    assert codes(at(story, 0)) == ["nobody_open"]
    lunch, after = 3.5 * 60, 5 * 60
    assert "nobody_open" not in codes(at(story, lunch))
    assert "nobody_open" in codes(at(story, after))


def test_half_an_hour_is_too_long_to_wait() -> None:
    story = Story()
    story.open("05")
    ticket = story.issue("S-1")
    assert at(story, 30) == ()
    (alarm,) = at(story, 31)
    assert (alarm.code, alarm.urgency, alarm.group) == ("long_wait", Urgency.SOON, "C")
    assert ticket.number in alarm.zh
    assert "31 分钟" in alarm.zh
    assert "都开着" in alarm.todo_zh


def test_lunch_is_no_time_of_waiting() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1", after=3 * 60 + 20)  # 11:50
    assert "long_wait" not in codes(at(story, 5 * 60 + 20))  # 13:50: ten minutes before lunch, twenty after
    assert "long_wait" in codes(at(story, 5 * 60 + 21))


def test_a_pause_of_more_than_a_quarter_of_an_hour() -> None:
    story = Story()
    story.open("05")
    story.do(cmd.PauseWindow(window="05", reason="system"))
    assert at(story, 15.9) == ()
    (alarm,) = at(story, 16)
    assert (alarm.code, alarm.window, alarm.since) == ("paused_long", "05", T0)
    assert "系统故障" in alarm.zh


def test_a_pause_over_lunch_is_none() -> None:
    story = Story()
    story.open("05")
    story.do(cmd.PauseWindow(window="05", reason="lunch"), after=3.5 * 60)  # 12:00
    assert at(story, 5 * 60 + 15) == ()
    assert codes(at(story, 5 * 60 + 16)) == ["paused_long"]


def test_a_call_that_neither_begins_nor_ends() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    ticket = story.call("05")
    assert ticket is not None
    assert at(story, 4.9) == ()
    (alarm,) = at(story, 5)
    assert (alarm.code, alarm.urgency, alarm.tickets) == ("called_long", Urgency.LATER, (ticket.number,))
    story.do(cmd.StartService(window="05"), after=5)
    assert at(story, 60) == ()


def test_silent_devices_are_one_alarm_and_a_muted_speaker_its_own() -> None:
    story = Story()
    now = T0 + MINUTE
    led = [Silent(id=f"led-{n}", zh=f"{n}号窗口屏", heard_at=now - 25_000) for n in range(3)]
    heard = Silent(id="tv", zh="总屏", heard_at=now - 24_000)
    muted = Silent(id="speaker", zh="南区扬声器", heard_at=now, muted=True)
    found = alarms(story.state, now, [heard, *led, muted])
    assert codes(found) == ["screen_silent", "speaker_muted"]
    assert "3 个设备" in found[0].zh
    assert "总屏" not in found[0].zh
    (single,) = alarms(story.state, now, [led[0]])
    assert single.zh == "0号窗口屏08:30 起没有回应"
    assert single.urgency is Urgency.LATER


def test_the_most_urgent_comes_first_then_the_longest_standing() -> None:
    story = Story()
    story.open("01", "03", "04")
    story.do(cmd.PauseWindow(window="03", reason="system"))
    story.do(cmd.PauseWindow(window="04", reason="system"), after=1)
    story.issue("S-1")
    story.do(cmd.CallHelp(window="01"))
    assert codes(at(story, 40)) == ["help", "nobody_open", "paused_long", "paused_long", "long_wait"]
    assert [a.window for a in at(story, 40)][2:4] == ["03", "04"]


def test_a_closed_day_has_none() -> None:
    story = Story()
    story.do(cmd.CallHelp(window="05"))
    story.do(cmd.CloseDay())
    assert at(story, 60) == ()
