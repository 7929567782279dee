"""Whom a closing window would leave behind: the same whom the core would refuse to leave."""

from onewindow.queue import commands as cmd
from onewindow.supervision.stranded import stranded_view
from tests.queue.story import Story


def numbers(view: dict[str, object], key: str) -> list[str]:
    found = view[key]
    assert isinstance(found, list)
    return [one["number"] for one in found]


def test_who_would_be_stranded_and_who_can_take_them() -> None:
    story = Story()
    story.open("01", "03")
    common, special = story.issue("N-1"), story.issue("N-2")
    view = stranded_view(story.state, "01")
    assert numbers(view, "tickets") == [common.number], "03 serves the other one"
    assert [(heir["no"], heir["takes"]) for heir in view["heirs"]] == [("03", 0)]
    assert story.refused(cmd.CloseWindow(window="01")) == "close_strands"
    story.open("02")
    view = stranded_view(story.state, "01")
    assert numbers(view, "tickets") == []
    story.do(cmd.CloseWindow(window="02"))
    story.do(cmd.MergeWindow(window="01", into="03"))
    assert story.call("03") in (common, special)


def test_what_it_holds_goes_along() -> None:
    story = Story()
    story.open("01", "02")
    held = story.issue("N-1")
    story.call("01")
    story.do(cmd.StartService(window="01"))
    story.do(cmd.HoldTicket(window="01", reason="papers"))
    view = stranded_view(story.state, "01")
    assert (numbers(view, "tickets"), numbers(view, "own")) == ([], [held.number])
    assert [heir["no"] for heir in view["heirs"]] == ["02"]


def test_a_change_of_matters_strands_only_who_needs_them() -> None:
    story = Story()
    story.open("05")
    first, second = story.issue("S-1"), story.issue("S-2")
    assert numbers(stranded_view(story.state, "05", ["S-1", "S-2"]), "tickets") == []
    view = stranded_view(story.state, "05", ["S-1"])
    assert (numbers(view, "tickets"), numbers(view, "own")) == ([second.number], [])
    assert story.refused(cmd.SetWindowMatters(window="05", matters=("S-1",))) == "matters_strand"
    assert numbers(stranded_view(story.state, "05"), "tickets") == [first.number, second.number]
    assert view["heirs"] == [], "nobody else is open in this zone"
