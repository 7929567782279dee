"""Marks (标记): what everybody may read beside a number: 优先 or 预约, never which class of persons somebody is of.

An appointment (预约) says when somebody was expected, not who they are; so a booked visitor isn't called 优先, which
the hall would read as old, ill or with a child.
"""

from typing import Final, Literal

from onewindow.queue.capability import credit_of
from onewindow.queue.state import HallDay, Ticket

BOOKED: Final = "appointment"
"""The class of a hall's files that an appointment on time is counted as."""

Mark = Literal["", "priority", "booked"]
MARK_ZH: Final[dict[Mark, str]] = {"": "", "priority": "优先", "booked": "预约"}
MARK_EN: Final[dict[Mark, str]] = {"": "", "priority": "Priority", "booked": "Booked"}


def mark_of(state: HallDay, ticket: Ticket) -> Mark:
    """The ticket's public mark; of a booked visitor whose class has a credit of its own it is `priority` alone."""
    booked = ticket.applicant == BOOKED
    if credit_of(state, ticket) > 0:
        return "booked" if booked else "priority"
    return "booked" if ticket.slot is not None and not booked else ""
