"""A window closes, merges, or serves something else in mid-day: nobody who waits is left without a window.

Before the change the tickets that would become uncallable are counted. Then it is refused, or made together with
their new window, in one commit.
"""

from collections.abc import Callable

from onewindow.queue import commands as cmd
from onewindow.queue import events as ev
from onewindow.queue.capability import COLLECT, capable_windows, first_numbers, with_heirs
from onewindow.queue.checks import Decision, find_window, occupied, open_window
from onewindow.queue.refusals import Refusal, refuse
from onewindow.queue.state import ALIVE, HallDay, Ticket, WindowPhase, WindowState

Takes = Callable[[Ticket], bool]


def stranded(state: HallDay, window: WindowState, keeps: Takes) -> list[Ticket]:
    """Whom no window would serve any more if this one kept only those whom it `keeps`, in the order of issue.

    While the window works (open or paused), or one that took it over, only working windows count beside it; before it
    opens, all do.
    """
    works = any(state.windows[no].phase is not WindowPhase.CLOSED for no in with_heirs(state, (window.no,)))
    found = []
    for ticket in state.tickets.values():
        if ticket.state not in ALIVE or ticket.choice == "tomorrow" or keeps(ticket):
            continue
        able = capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose)
        if window.no not in able and not (ticket.bound == window.no and not able):
            continue
        rest = capable_windows(state, ticket.zone, ticket.group, ticket.matter, ticket.purpose, without=window.no)
        others = [state.windows[no] for no in rest if no != window.no]
        if not any(not works or other.phase is not WindowPhase.CLOSED for other in others):
            found.append(ticket)
    return found


def close_window(state: HallDay, command: cmd.CloseWindow, at: int) -> Decision:
    """Close (关窗), unless somebody who waits would be left without a working window."""
    window = _closing(state, command.window)
    if isinstance(window, Refusal):
        return window
    if not command.anyway:
        left = stranded(state, window, lambda ticket: False)
        if left:
            return refuse("close_strands", window=window.no, count=len(left), numbers=first_numbers(left))
    return (ev.WindowClosed(at=at, window=window.no),)


def merge_window(state: HallDay, command: cmd.MergeWindow, at: int) -> Decision:
    """Close a window whose people go to another one (并窗): its matters, and whoever is bound to it, go along."""
    window = _closing(state, command.window)
    if isinstance(window, Refusal):
        return window
    into = _heir(state, window, command.into)
    if isinstance(into, Refusal):
        return into
    taken = into.matters | window.matters
    concerned = {ticket.id for ticket in stranded(state, window, lambda ticket: False)}
    mine = {*window.held, *(name for name in state.bound if state.tickets[name].bound == window.no)}
    moved = [name for name in state.tickets if name in mine]
    numbers = [name for name in state.tickets if name in concerned or name in mine]
    events: list[ev.AnyEvent] = []
    if taken != into.matters or (window.public and not into.public):
        events.append(_takes(at, into, taken))
    events.extend(ev.TicketMoved(at=at, ticket=name, window=window.no, to_window=into.no) for name in moved)
    merged = ev.WindowMerged(at=at, window=window.no, into=into.no, tickets=tuple(numbers))
    return (*events, merged, ev.WindowClosed(at=at, window=window.no))


def set_window_matters(state: HallDay, command: cmd.SetWindowMatters, at: int) -> Decision:
    """Change what a window serves (调整事项), unless somebody who waits would be left without a window."""
    window = find_window(state, command.window)
    if isinstance(window, Refusal):
        return window
    for code in command.matters or ():
        if code not in state.hall.matters:
            return refuse("unknown_matter", name=code)
    matters = window.matters if command.matters is None else frozenset(command.matters)
    public = window.public if command.public is None else command.public
    if matters == window.matters and public == window.public:
        return ()
    left = stranded(state, window, lambda ticket: would_serve(ticket, matters, public))
    changed = ev.WindowMattersChanged(at=at, window=window.no, matters=tuple(sorted(matters)), public=public)
    if not left:
        return (changed,)
    if command.into is None:
        return refuse("matters_strand", count=len(left), numbers=first_numbers(left))
    into = _heir(state, window, command.into)
    if isinstance(into, Refusal):
        return into
    taken = into.matters | {t.matter for t in left if t.matter is not None and t.purpose != COLLECT}
    moved = [t for t in left if not _by_matter(t, taken)]
    return (
        _takes(at, into, taken),
        changed,
        *(ev.TicketMoved(at=at, ticket=t.id, window=window.no, to_window=into.no) for t in moved),
    )


def _closing(state: HallDay, name: str) -> WindowState | Refusal:
    window = find_window(state, name)
    if isinstance(window, Refusal):
        return window
    if window.phase is WindowPhase.CLOSED:
        return refuse("window_closed", window=window.no)
    if window.ticket is not None:
        return occupied(window, state.tickets[window.ticket])
    return window


def _heir(state: HallDay, window: WindowState, name: str) -> WindowState | Refusal:
    """The window that takes over: another one, open, in the same zone."""
    into = open_window(state, name)
    if isinstance(into, Refusal):
        return into
    if into.no == window.no:
        return refuse("merge_itself", window=window.no)
    if into.zone != window.zone:
        return refuse("merge_other_zone", window=window.no, into=into.no)
    return into


def _takes(at: int, window: WindowState, matters: frozenset[str]) -> ev.WindowMattersChanged:
    return ev.WindowMattersChanged(at=at, window=window.no, matters=tuple(sorted(matters)), public=True)


def _by_matter(ticket: Ticket, matters: frozenset[str]) -> bool:
    """Whether a window with these matters serves it without more ado."""
    return ticket.purpose != COLLECT and ticket.matter is not None and ticket.matter in matters


def would_serve(ticket: Ticket, matters: frozenset[str], public: bool) -> bool:
    """Whether a window with these matters would still serve a ticket that it serves now."""
    if ticket.purpose == COLLECT:
        return public
    if ticket.matter is None:
        return public and bool(matters)
    return public and ticket.matter in matters
