"""Which windows can serve a ticket (可办窗口): derived from what the windows take, never typed in."""

import math
from collections.abc import Iterable

from onewindow.queue.state import HallDay, Ticket, WindowState
from onewindow.routing.lines import Place
from onewindow.zones.model import Hall, Matter, WindowKind

COLLECT = "collect"


def matter_minutes(hall: Hall, matter: Matter) -> float:
    """Expected minutes of a matter: its median times the mean of a lognormal of median 1 and the hall's sigma."""
    return matter.typical_minutes * math.exp(hall.profile.service_sigma**2 / 2)


def group_minutes(hall: Hall, letter: str) -> float:
    """Expected minutes of a ticket for a group without a matter: its matters' mean, weighted by their visits."""
    matters = [hall.matters[code] for code in hall.groups[letter].matters]
    weights = [max(m.daily_visits, 0.01) for m in matters]
    total = sum(w * matter_minutes(hall, m) for w, m in zip(weights, matters, strict=True))
    return total / sum(weights) if weights else 5.0


def expected_minutes(hall: Hall, group: str, matter: str | None, purpose: str) -> float:
    """Expected minutes at the window: as the purpose says, else as the matter or the group says."""
    known = hall.purpose(purpose)
    if known is not None and known.minutes is not None:
        return known.minutes * math.exp(hall.profile.service_sigma**2 / 2)
    if matter is not None:
        return matter_minutes(hall, hall.matters[matter])
    return group_minutes(hall, group)


def capable_windows(
    state: HallDay, zone: str, group: str, matter: str | None, purpose: str, *, without: str | None = None
) -> frozenset[str]:
    """The windows that can serve such a ticket today, open or not; empty when none can (事项集).

    `without`: as if this window served nothing; who took its people over does so only as far as other windows go.
    """
    wanted = (zone, group, matter, purpose)
    if without is not None:
        return _capable(state, wanted, without)
    # A ticket's issue asks six times, and windows change what they serve a few times a day.
    if (found := state.able.get(wanted)) is None:
        found = state.able[wanted] = _capable(state, wanted, None)
    return found


def _capable(state: HallDay, wanted: tuple[str, str, str | None, str], without: str | None) -> frozenset[str]:
    zone, group, matter, purpose = wanted
    windows: Iterable[WindowState] = state.windows.values()
    if without is not None:
        windows = [w for w in windows if w.no != without]
    if purpose == COLLECT:
        served = state.hall.windows
        return with_heirs(
            state,
            (w.no for w in windows if w.kind is WindowKind.ISSUING and w.public and zone in served[w.no].serves),
        )
    if matter is not None:
        return frozenset(w.no for w in windows if w.public and matter in w.matters)
    usual = state.hall.groups[group].windows
    able = (state.windows[no] for no in usual if no != without)
    return with_heirs(state, (w.no for w in able if w.public and w.matters))


def with_heirs(state: HallDay, windows: Iterable[str]) -> frozenset[str]:
    """The windows, and those that they have been merged into; a matter's windows take it over by their lists."""
    found = list(windows)
    for no in found:
        heir = state.windows[no].merged_into
        if heir is not None and heir not in found:
            found.append(heir)
    return frozenset(found)


def windows_of(state: HallDay, ticket: Ticket) -> frozenset[str]:
    """The windows that may call this ticket: the one that it is bound to, or all capable ones."""
    if ticket.bound is not None:
        return frozenset((ticket.bound,))
    return capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)


def can_serve(state: HallDay, window: str, ticket: Ticket) -> bool:
    """Whether this window could serve the ticket by what it takes."""
    return window == ticket.bound or window in capable_windows(
        state, ticket.zone, ticket.group, ticket.matter, ticket.purpose
    )


def credit_of(state: HallDay, ticket: Ticket) -> int:
    """C of the ticket in ms: its class's credit, once confirmed."""
    if not ticket.confirmed:
        return 0
    applicant = state.hall.applicant(ticket.applicant)
    return round(applicant.credit_minutes * 60_000) if applicant is not None else 0


def place_of(ticket: Ticket) -> Place:
    """Where the ticket stands within its line."""
    return (ticket.seniority, ticket.order, ticket.id)


def first_numbers(tickets: Iterable[Ticket], most: int = 12) -> str:
    """The printed numbers of some tickets, for a sentence."""
    numbers = [t.number for t in tickets]
    return "、".join(numbers[:most]) + ("…" if len(numbers) > most else "")
