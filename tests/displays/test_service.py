"""What everybody reads while the hall, a group or a window stands still, or goes on elsewhere."""

from typing import Any

from onewindow.displays import channels as ch
from onewindow.displays.cells import Cells
from onewindow.queue import commands as cmd
from onewindow.queue.state import HallDay, Ticket
from tests.core_hall import MINUTE
from tests.queue.story import Story


def cell(state: HallDay, channel: ch.Channel, key: str) -> Any:
    return Cells(state).cell(channel, key)


def phone(day: Story, ticket: Ticket) -> Any:
    return cell(day.state, ch.ticket(ticket.id), "ticket")


def at_work() -> Story:
    day = Story()
    day.open("01", "02", "03", "05")
    return day


def test_a_suspension_stands_on_every_channel_until_service_goes_on() -> None:
    day = at_work()
    ticket = day.issue("N-1")
    everywhere = [ch.HALL, ch.zone("south"), ch.window("05"), ch.ticket(ticket.id), ch.SUPERVISOR]
    assert all(cell(day.state, channel, "service") is None for channel in everywhere)
    day.do(cmd.SuspendService(reason="power", note="总闸"), after=5)
    for channel in everywhere:
        said = cell(day.state, channel, "service")
        assert (said["kind"], said["zh"], said["en"]) == (
            "suspended",
            "暂停服务 · 停电",
            "Service suspended · Power cut",
        )
        assert said["text_zh"] == "08:35 起不计时，次序保留"
        assert "总闸" not in str(said), "the staff's own words are not for the public"
    day.do(cmd.ResumeService(), after=9)
    assert all(cell(day.state, channel, "service") is None for channel in everywhere)


def test_calls_stand_as_they_stood_and_send_nobody_anywhere_while_service_is_suspended() -> None:
    day = at_work()
    called, waiting = day.issue("N-1"), day.issue("N-1")
    day.call("01")
    before = Cells(day.state).call("01")
    day.do(cmd.SuspendService(reason="evacuation"))
    assert Cells(day.state).call("01") == before
    shown = Cells(day.state).window("01")
    assert (shown["number"], shown["state"], shown["word_zh"]) == (called.number, "called", "恢复后办理")
    assert Cells(day.state).window("02")["word_zh"] == "暂停"
    strip = Cells(day.state).strip("01")
    assert (strip["state"], strip["number"], strip["state_zh"], strip["name_zh"]) == (
        "suspended",
        called.number,
        "暂停服务",
        "紧急疏散",
    )
    assert phone(day, called)["lead_zh"] == "已叫到 01 号窗口，恢复服务后再过去"
    assert phone(day, waiting)["lead_zh"] == "下一位就是您"
    assert cell(day.state, ch.HALL, "service")["text_zh"] == "请听从工作人员引导，次序保留"
    day.do(cmd.ResumeService(), after=20)
    assert phone(day, called)["lead_zh"] == "请到 01 号窗口"
    assert Cells(day.state).strip("01")["state"] == "called"


def test_lunch_says_when_it_goes_on() -> None:
    day = at_work()
    day.do(cmd.Tick(break_until=day.at + 90 * MINUTE))
    said = cell(day.state, ch.zone("north"), "service")
    assert (said["kind"], said["zh"], said["en"]) == ("break", "午休，10:00 继续", "Lunch break until 10:00")
    day.do(cmd.SuspendService(reason="system"), after=10)
    assert cell(day.state, ch.zone("north"), "service")["kind"] == "suspended", "what is graver is said"
    day.do(cmd.ResumeService(), after=10)
    assert cell(day.state, ch.zone("north"), "service")["kind"] == "break"
    day.do(cmd.Tick(), after=70)
    assert cell(day.state, ch.zone("north"), "service") is None


def test_the_end_of_the_time_away_stands_still_with_the_hall() -> None:
    day = at_work()
    out = day.issue("N-1")
    day.do(cmd.StepAway(ticket=out.id))
    assert phone(day, out)["lead_zh"] == "已暂离，请在 08:50 前回来"
    day.do(cmd.SuspendService(reason="power"), after=5)
    assert phone(day, out)["lead_zh"] == "已暂离，现在不计时；继续后还有 15 分钟"
    day.do(cmd.ResumeService(), after=30)
    assert phone(day, out)["lead_zh"] == "已暂离，请在 09:20 前回来"
    assert phone(day, out)["away_until"] == "09:20"


def test_a_stopped_group_stands_at_its_zone_with_its_last_number() -> None:
    day = at_work()
    day.issue("N-1")
    last = day.issue("N-1")
    day.do(cmd.StopGroup(group="A"))
    day.do(cmd.StopGroup(group="C"))
    assert cell(day.state, ch.HALL, "zone/north")["stopped"] == [{"letter": "A", "zh": "A组", "last": last.number}]
    assert cell(day.state, ch.zone("south"), "zone")["stopped"] == [{"letter": "C", "zh": "C组", "last": ""}]
    zh, en = f"A组已停止取号，最后一号 {last.number}", f"No more numbers for Group A; the last is {last.number}"
    north, everywhere = {"zh": zh, "en": en}, cell(day.state, ch.HALL, "notice")
    assert cell(day.state, ch.zone("north"), "notice")[0] == north
    assert everywhere[:2] == [north, {"zh": "C组已停止取号", "en": "No more numbers for Group C"}]
    day.do(cmd.ResumeGroup(group="A"))
    assert cell(day.state, ch.HALL, "zone/north")["stopped"] == []


def merged_day() -> tuple[Story, Ticket, Ticket]:
    """Window 02 held a ticket and is merged into 01; another visitor knew of both."""
    day = at_work()
    held, waiting = day.issue("N-1"), day.issue("N-1")
    day.call("02")
    day.do(cmd.StartService(window="02"))
    day.do(cmd.HoldTicket(window="02", reason="papers"), after=1)
    day.do(cmd.MergeWindow(window="02", into="01"), after=1)
    return day, held, waiting


def test_a_merged_window_says_where_its_people_go() -> None:
    day, held, waiting = merged_day()
    assert cell(day.state, ch.HALL, "notice")[0] == {
        "zh": "02 号窗口已并入 01 号窗口",
        "en": "Window 02 is now at window 01",
    }
    assert cell(day.state, ch.zone("south"), "notice") == [], "other zones have no part in it"
    shown = Cells(day.state).window("02")
    assert (shown["state"], shown["into"], shown["number"]) == ("merged", "01", "")
    strip = Cells(day.state).strip("02")
    assert (strip["number"], strip["state_zh"], strip["name_zh"]) == ("→ 01", "业务请到", "01 号窗口")
    assert phone(day, held)["lead_zh"] == "已挂起，备齐后回到 01 号窗口"
    for ticket in (held, waiting):
        assert phone(day, ticket)["moved_zh"] == "02 号窗口已并入 01 号窗口"
        assert phone(day, ticket)["windows"] == ["01"]
    later = day.issue("N-1", after=1)
    assert phone(day, later)["moved_zh"] == "", "who came later never heard of it"
    assert Cells(day.state).cell(ch.SUPERVISOR, "window/02")["state"] == "closed"  # type: ignore[call-overload, index]


def test_a_merger_ends_when_the_window_opens_again_and_follows_its_heir() -> None:
    day, _, waiting = merged_day()
    day.open("02")
    assert phone(day, waiting)["moved_zh"] == ""
    assert Cells(day.state).window("02")["state"] == "idle"
    day.do(cmd.MergeWindow(window="02", into="01"))
    day.do(cmd.MergeWindow(window="01", into="03"))
    assert Cells(day.state).window("02")["into"] == "03"
    assert phone(day, waiting)["moved_zh"] == "01 号窗口已并入 03 号窗口；02 号窗口已并入 03 号窗口"
    day.do(cmd.CloseWindow(window="03", anyway=True))
    assert Cells(day.state).window("02")["state"] == "closed", "nobody is sent to a closed window"


def test_an_agent_is_told_the_turn_and_what_is_left() -> None:
    day = at_work()
    agent = day.issue("N-1", copies=7)
    assert phone(day, agent)["folders_zh"] == "第 1 轮：3 件，其后还有 4 件"
    day.serve("01")
    assert phone(day, agent)["folders_zh"] == "第 2 轮：3 件，其后还有 1 件"
    day.do(cmd.Undo(window="01"))
    assert phone(day, agent)["folders_zh"] == "第 1 轮：3 件，其后还有 4 件"
    day.do(cmd.FinishService(window="01"))
    day.serve("01")
    assert phone(day, agent)["folders_zh"] == "第 3 轮：1 件"
    one = day.issue("N-1")
    assert phone(day, one)["folders_zh"] == ""


def test_a_step_that_waits_says_which_one_comes_first() -> None:
    day = at_work()
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="N-2", after=(0,)))))
    first, second = list(day.state.tickets.values())
    assert phone(day, second)["lead_zh"] == f"先办 {first.number}，办完轮到本号"
    day.serve("01")
    assert phone(day, second)["lead_zh"] == "下一位就是您"


def test_who_chose_tomorrow_is_told_to_bring_the_number_along() -> None:
    day = at_work()
    ticket = day.issue("N-1")
    day.do(cmd.SettleTicket(ticket=ticket.id, choice="tomorrow"))
    said = phone(day, ticket)
    assert (said["state"], said["lead_zh"]) == ("held", "转下一个工作日，到时本页或导询台给您新号")
    assert not said["moved_zh"]
