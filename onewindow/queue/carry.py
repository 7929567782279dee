"""What one day hands to the next (转次日): the tickets to which the hall still owes something."""

from onewindow.queue.commands import Carried
from onewindow.queue.state import HallDay, TicketState

CARRIED = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.HELD})
"""Who is being served when the day turns is not carried: the person stands at the window."""


def carried_from(state: HallDay) -> tuple[Carried, ...]:
    """The tickets that the next day takes over, most senior first; none whose visitor gave up."""
    left = [t for t in state.tickets.values() if t.state in CARRIED and t.choice != "give_up"]
    left.sort(key=lambda t: (t.seniority, t.order))
    return tuple(
        Carried(
            ticket=t.id,
            number=t.number,
            zone=t.zone,
            group=t.group,
            matter=t.matter,
            purpose=t.purpose,
            applicant=t.applicant,
            confirmed=t.confirmed,
            seniority=t.seniority,
            copies=t.copies,
            visit=t.visit,
            left=t.left,
            marks=t.marks,
            after=t.after,
            more=t.more,
        )
        for t in left
    )
