"""What keeps a hall loaded though nobody is connected to it."""

from onewindow.halls.idle import timers
from onewindow.queue import commands as cmd
from onewindow.queue.state import HallDay
from tests.queue.story import Story


def test_nobodys_time_runs_on_a_day_without_people() -> None:
    day = Story()
    assert timers(HallDay(day.hall)) == timers(day.state) == ""
    day.do(cmd.CountConsult())
    day.do(cmd.Tick(closing_due=True))
    assert timers(day.state) == ""


def test_an_open_window_and_a_visitor_keep_the_hall() -> None:
    day = Story()
    ticket = day.issue("N-1")
    assert timers(day.state) == "visitors"
    day.open("01")
    assert timers(day.state) == "windows"
    assert day.serve("01") is ticket
    day.do(cmd.CloseWindow(window="01"))
    assert timers(day.state) == ""


def test_who_comes_again_tomorrow_keeps_it_until_the_day_is_closed() -> None:
    day = Story()
    ticket = day.issue("N-1")
    day.do(cmd.Tick(closing_due=True))
    day.do(cmd.SettleTicket(ticket=ticket.id, choice="tomorrow"))
    assert timers(day.state) == "visitors"
    day.do(cmd.CloseDay())
    assert timers(day.state) == ""


def test_a_suspension_keeps_it() -> None:
    day = Story()
    day.do(cmd.SuspendService(reason="power"))
    assert timers(day.state) == "suspended"
