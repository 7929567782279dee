"""What a visitor thinks of the service (评价): five grades, once a service, while the day lasts.

The five grades are those of the national good-or-bad rating of government services (政务服务"好差评").
"""

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.checks import Decision, find_ticket, wrong_state
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import HallDay, TicketState
from onewindow.queue.words import GRADES, RATING_REASONS

VIAS = ("phone", "device")


def rate(state: HallDay, command: cmd.RateService, at: int) -> Decision:
    """Rate a finished service (评价), once."""
    ticket = find_ticket(state, command.ticket)
    if isinstance(ticket, Refusal):
        return ticket
    if command.grade not in GRADES or command.via not in VIAS:
        return refuse("unknown_grade")
    if (unknown := next((code for code in command.reasons if code not in RATING_REASONS), None)) is not None:
        return refuse("unknown_reason", name=unknown, known="、".join(RATING_REASONS))
    if ticket.state is not TicketState.FINISHED or ticket.window is None:
        return wrong_state(ticket, "评价", "rated")
    if ticket.rating is not None:
        return refuse("rated_already", number=ticket.number)
    reasons = tuple(dict.fromkeys(command.reasons))
    return (
        ev.ServiceRated(
            at=at, ticket=ticket.id, window=ticket.window, grade=command.grade, reasons=reasons, via=command.via
        ),
    )
