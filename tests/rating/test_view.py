"""Which service a device offers to be rated, and for how long."""

from onewindow.queue import commands as cmd
from onewindow.rating.view import RATE_MS, device_view
from tests.queue.story import Story


def test_the_latest_service_is_offered_for_a_while_and_once() -> None:
    day = Story()
    day.open("01")
    assert device_view(day.state, "01", day.at)["rate"] is None
    first = day.issue("N-1")
    day.serve("01")
    shown = device_view(day.state, "01", day.at + 1000)
    assert shown["rate"] == {"ticket": first.id, "number": first.number, "until_ms": day.at + RATE_MS}
    assert shown["clerk"] == "clerk01"
    assert device_view(day.state, "01", day.at + RATE_MS + 1)["rate"] is None
    day.do(cmd.RateService(ticket=first.id, grade=5, via="device"))
    assert device_view(day.state, "01", day.at)["rate"] is None


def test_nobody_rates_the_service_of_the_visitor_before() -> None:
    day = Story()
    day.open("01")
    day.issue("N-1")
    second = day.issue("N-1")
    day.serve("01")
    assert day.call("01") is second
    called = device_view(day.state, "01", day.at)
    assert (called["now"], called["state"]) == (second.number, "called")
    assert called["rate"] is not None, "the one before is still gathering the papers"
    day.do(cmd.StartService(window="01"), after=0.5)
    assert device_view(day.state, "01", day.at)["rate"] is None
    day.do(cmd.FinishService(window="01"), after=0.5)
    rate = device_view(day.state, "01", day.at)["rate"]
    assert rate is not None and rate["ticket"] == second.id
    day.do(cmd.RateService(ticket=second.id, grade=5))
    assert device_view(day.state, "01", day.at)["rate"] is None, "not the older one instead"
