"""What a console is shown."""

from onewindow.callers.view import console_view
from onewindow.queue import commands as cmd
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
