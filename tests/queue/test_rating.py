"""A rating: five grades, once a service."""

from onewindow.queue import commands as cmd
from tests.queue.story import Story


def test_a_finished_service_is_rated_once() -> None:
    day = Story()
    day.open("01")
    ticket = day.issue("N-1")
    assert day.refused(cmd.RateService(ticket=ticket.id, grade=5)) == "wrong_state"
    day.serve("01")
    assert day.refused(cmd.RateService(ticket=ticket.id, grade=6)) == "unknown_grade"
    assert day.refused(cmd.RateService(ticket=ticket.id, grade=1, reasons=("whim",))) == "unknown_reason"
    day.do(cmd.RateService(ticket=ticket.id, grade=2, reasons=("slow", "slow"), via="device"))
    assert ticket.rating == 2
    assert day.refused(cmd.RateService(ticket=ticket.id, grade=5)) == "rated_already"


def test_a_second_service_of_the_same_number_is_rated_anew() -> None:
    day = Story()
    day.open("01")
    ticket = day.issue("N-1")
    day.serve("01")
    day.do(cmd.RateService(ticket=ticket.id, grade=4))
    day.do(cmd.ReturnTicket(ticket=ticket.id, finished=True), after=10)
    day.serve("01")
    day.do(cmd.RateService(ticket=ticket.id, grade=5))
    assert ticket.rating == 5
