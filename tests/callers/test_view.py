"""What a console is shown."""

from onewindow.callers.view import console_view
from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from tests.core_hall import MINUTE
from tests.queue.story import Story


def numbers(view: dict[str, object]) -> list[str]:
    waiting = view["waiting"]
    assert isinstance(waiting, list)
    return [ticket["number"] for ticket in waiting]


def test_the_first_who_waits_is_the_one_whom_the_rule_calls() -> None:
    """Window 01 is comprehensive: the head start may put a later ticket of N-1 before an earlier one of N-2."""
    story = Story()
    story.open("01", "03")
    early = story.issue("N-2")
    late = story.issue("N-1", after=5)
    view = console_view(story.state, "01", story.at)
    assert numbers(view) == [late.number, early.number]
    called = story.call("01")
    assert called is not None
    assert called.number == late.number


def test_who_waits_stands_by_credit_and_time_and_is_counted_whole() -> None:
    story = Story()
    plain = [story.issue("S-1", after=1) for _ in range(33)]
    elderly = story.issue("S-1", after=1, applicant="elderly")
    claimed = story.issue("S-1", after=1, applicant="elderly", confirmed=False, channel="kiosk")
    view = console_view(story.state, "05", story.at)
    assert view["waiting_count"] == 35
    assert len(view["waiting"]) == 30
    shown = {t["number"]: t for t in view["waiting"]}
    assert shown[elderly.number]["priority"] is True
    assert claimed.number not in shown, "an unconfirmed claim stands by its time alone"
    order = [t.number for t in plain]
    assert numbers(view)[0] == order[0]
    assert [n for n in numbers(view) if n in order] == order[:29]


def test_the_current_ticket_comes_with_its_matters_papers_and_where_it_could_go() -> None:
    story = Story()
    story.open("01", "03")
    story.do(cmd.IssueTickets(items=(cmd.Item(matter="N-2"), cmd.Item(matter="S-1"))))
    story.call("03")
    story.do(cmd.StartService(window="03"))
    current = console_view(story.state, "03", story.at)["current"]
    assert [m["code"] for m in current["matters"]] == ["N-2"]
    assert current["matters"][0]["papers"] == ["申请表", "身份证"]
    assert [other["number"] for other in current["visit_others"]] == ["C001"]
    assert [place["no"] for place in current["elsewhere"]] == ["01", "02"], "open ones first"
    assert [place["phase"] for place in current["elsewhere"]] == ["open", "closed"]


def test_an_added_matter_stands_beside_the_first() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    story.call("05")
    story.do(cmd.AddMatter(window="05", matter="S-2"))
    assert [m["code"] for m in console_view(story.state, "05", story.at)["current"]["matters"]] == ["S-1", "S-2"]


def test_undo_is_offered_while_the_core_would_grant_it() -> None:
    story = Story()
    story.open("05")
    ticket = story.issue("S-1")
    story.call("05")
    undo = console_view(story.state, "05", story.at)["undo"]
    assert (undo["what"], undo["number"]) == ("call", ticket.number)
    assert undo["until_ms"] - story.at == 5 * MINUTE
    assert undo["reason_from_ms"] - story.at == MINUTE // 2
    assert console_view(story.state, "05", undo["until_ms"])["undo"] is not None
    assert console_view(story.state, "05", undo["until_ms"] + 1)["undo"] is None
    story.do(cmd.Undo(window="05"), after=0.1)
    assert console_view(story.state, "05", story.at)["undo"] is None


def test_undo_is_not_offered_when_the_ticket_has_gone_on_elsewhere() -> None:
    story = Story()
    story.open("01", "02")
    story.issue("N-1")
    story.call("01")
    story.do(cmd.TransferTicket(window="01", to_window="02"))
    assert console_view(story.state, "01", story.at)["undo"]["what"] == "transfer"
    story.call("02")
    assert console_view(story.state, "01", story.at)["undo"] is None


def test_what_is_held_says_why() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    story.call("05")
    story.do(cmd.HoldTicket(window="05", reason="papers"), after=1)
    held = console_view(story.state, "05", story.at)["held"]
    assert [(t["number"], t["reason_zh"], t["held_ms"]) for t in held] == [("C001", "补材料", story.at)]


def test_a_closing_clerk_is_told_whether_colleagues_are_open() -> None:
    story = Story()
    story.open("01")
    story.issue("N-1")
    assert console_view(story.state, "01", story.at)["others_open"] == 0
    story.open("02")
    assert console_view(story.state, "01", story.at)["others_open"] == 1


def test_a_no_shows_clock_stands_over_lunch_and_says_so() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    story.call("05")
    story.do(cmd.Tick(break_until=story.at + 90 * MINUTE), after=0.25)
    current = console_view(story.state, "05", story.at + 30 * MINUTE)["current"]
    assert (current["stands"], current["no_show_left_ms"]) == ("break", 45_000)
    story.do(cmd.Tick(), after=90)
    current = console_view(story.state, "05", story.at + MINUTE // 4)["current"]
    assert (current["stands"], current["no_show_left_ms"]) == (None, 30_000)


def test_a_call_made_during_lunch_has_the_usual_time() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    story.do(cmd.Tick(break_until=story.at + 90 * MINUTE))
    story.at += MINUTE
    story.call("05")
    current = console_view(story.state, "05", story.at + MINUTE)["current"]
    assert (current["stands"], current["no_show_left_ms"]) == (None, 0)


def test_undo_keeps_its_time_while_service_is_suspended() -> None:
    story = Story()
    story.open("05")
    story.issue("S-1")
    story.call("05")
    story.do(cmd.SuspendService(reason="power", note="全楼"))
    later = story.at + 60 * MINUTE
    view = console_view(story.state, "05", later)
    assert view["undo"]["until_ms"] - later == 5 * MINUTE
    assert (view["suspended"]["reason_zh"], view["suspended"]["note"]) == ("停电", "全楼")


def test_where_the_finished_visitor_goes_on() -> None:
    story = Story()
    story.open("01", "05")
    one, two = story.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="S-1", after=(0,)))))[-2:]
    assert isinstance(one, ev.TicketIssued) and isinstance(two, ev.TicketIssued)
    story.call("01")
    story.do(cmd.StartService(window="01"))
    assert console_view(story.state, "01", story.at)["onward"] is None
    story.do(cmd.FinishService(window="01"), after=3)
    onward = console_view(story.state, "01", story.at)["onward"]
    step = {"number": two.number, "what_zh": "事项S-1", "windows": ["05"], "open": True, "after": []}
    assert onward == {"number": one.number, "left": 0, "next": [step]}
    story.issue("N-1")
    story.call("01")
    assert console_view(story.state, "01", story.at)["onward"] is None, "the window has gone on"


def test_finish_and_call_in_one_still_says_where_the_first_goes_on() -> None:
    story = Story()
    story.open("01", "05")
    story.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"), cmd.Item(matter="S-1"))))
    story.issue("N-1", after=1)
    story.call("01")
    story.do(cmd.StartService(window="01"))
    story.call("01", finish=True, after=3)
    view = console_view(story.state, "01", story.at)
    assert view["current"]["number"] == "A002"
    assert [step["number"] for step in view["onward"]["next"]] == ["C001"]


def test_an_agents_turn_says_how_many_folders_are_left() -> None:
    story = Story()
    story.open("01")
    story.issue("N-1", copies=8)
    story.call("01")
    story.do(cmd.StartService(window="01"))
    assert console_view(story.state, "01", story.at)["current"]["left"] == 5
    story.do(cmd.FinishService(window="01"), after=9)
    view = console_view(story.state, "01", story.at)
    assert view["onward"] == {"number": "A001", "left": 5, "next": []}
    assert view["undo"]["zh"] == "本轮办完"


def test_a_stopped_group_is_told_to_its_windows_alone() -> None:
    story = Story()
    story.do(cmd.StopGroup(group="C"))
    assert [g["group"] for g in console_view(story.state, "05", story.at)["stopped_groups"]] == ["C"]
    assert console_view(story.state, "01", story.at)["stopped_groups"] == []


def test_a_merged_windows_people_are_marked_at_the_other() -> None:
    story = Story()
    story.open("01", "02")
    story.issue("N-1")
    story.call("01")
    story.do(cmd.HoldTicket(window="01", reason="papers"))
    story.do(cmd.MergeWindow(window="01", into="02"))
    assert console_view(story.state, "01", story.at)["merged_into"] == "02"
    view = console_view(story.state, "02", story.at)
    assert view["merged_from"] == ["01"]
    assert [t["moved_from"] for t in view["held"]] == ["01"]
