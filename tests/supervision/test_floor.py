"""The floor's view and the plan."""

from onewindow.queue import commands as cmd
from onewindow.supervision.floor import devices_of, floor_view, remaining_view
from onewindow.views.plan import plan_of
from onewindow.zones.load import load_hall
from tests.core_hall import T0
from tests.queue.story import Story
from tests.server import ANQIU


def test_every_window_is_shown_with_its_state_number_and_who_waits() -> None:
    story = Story()
    story.open("01", "05")
    for _ in range(3):
        story.issue("S-1")
    story.call("05")
    story.do(cmd.StartService(window="05"))
    view = floor_view(story.state, story.at)
    windows = {w["no"]: w for w in view["windows"]}
    assert list(windows) == ["01", "02", "03", "04", "05", "06"]
    south = windows["05"]
    assert (south["state"], south["number"], south["clerk"], south["waiting"]) == ("serving", "C001", "clerk05", 2)
    assert [windows[no]["state"] for no in ("01", "02")] == ["idle", "closed"]
    assert (view["totals"]["waiting"], view["totals"]["serving"], view["totals"]["issued"]) == (2, 1, 3)
    assert view["totals"]["open_windows"] == 2
    zones = {zone["code"]: zone for zone in view["zones"]}
    assert (zones["south"]["waiting"], zones["south"]["longest_ms"]) == (2, T0)
    assert zones["north"]["longest_ms"] is None


def test_who_remains_is_listed_until_each_has_chosen() -> None:
    story = Story()
    story.open("05")
    first, second, third = (story.issue("S-1", after=1) for _ in range(3))
    story.call("05")
    story.do(cmd.SettleTicket(ticket=second.id, choice="tomorrow"))
    view = remaining_view(story.state, story.at)
    assert [(t["number"], t["state"], t["choice"]) for t in view["tickets"]] == [
        (first.number, "called", None),
        (second.number, "held", "tomorrow"),
        (third.number, "waiting", None),
    ]
    assert view["undecided"] == 2
    story.do(cmd.SettleTicket(ticket=third.id, choice="give_up"))
    story.do(cmd.StartService(window="05"))
    story.do(cmd.FinishService(window="05"))
    view = remaining_view(story.state, story.at)
    assert [t["number"] for t in view["tickets"]] == [second.number]
    assert view["undecided"] == 0
    story.do(cmd.CloseDay())


def test_only_devices_of_the_hall_raise_alarms() -> None:
    story = Story(load_hall(ANQIU))
    found = devices_of(
        [{"device": "led-07", "silent_seconds": 40}, {"device": "nobody", "silent_seconds": 90}], story.state, T0
    )
    assert [(d.id, d.zh, d.window, d.zone, d.heard_at) for d in found] == [
        ("led-07", "07号窗口屏", "07", "real_estate", T0 - 40_000)
    ]


def test_the_plan_of_the_sample_hall_puts_nothing_on_anything() -> None:
    plan = plan_of(load_hall(ANQIU))
    assert (plan.rows, plan.cols) == (12, 24)
    assert set(plan.zones) == {"investment", "real_estate", "business", "convenience"}
    places = [*plan.windows.values(), *plan.points.values(), *plan.zones.values()]
    cells = [cell for place in places for cell in place.cells()]
    assert len(cells) == len(set(cells))
    assert all(1 <= row <= plan.rows and 1 <= col <= plan.cols for row, col in cells)


def test_a_hall_too_narrow_for_cards_goes_without() -> None:
    plan = plan_of(Story().hall)
    assert plan.rows == 1
    assert plan.zones == {}
