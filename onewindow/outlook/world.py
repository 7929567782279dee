"""What the kernel works on (内核数据): one area's state as plain arrays, one path's luck, and room to work in."""

from typing import Any, NamedTuple

NEVER = 1 << 60

IDLE, BUSY, SHUT = 0, 1, 2
"""What a window does."""
ABSENT, WAITING, CALLED = 0, 1, 2
"""Where a ticket stands: not there (yet, or away); waiting, in a line or resting while its person is busy; called."""

Numbers = Any
"""A NumPy array of int64 or float64, or a list."""


class World(NamedTuple):
    """One area at one moment, and the rule's numbers: what paths share. W windows, S sets, C credits, V visits."""

    windows: int
    sets: int
    credits: int
    tickets: int
    """N: tickets of the state. Indices from N on are of those who come later; an index is an issue order."""
    headstart: int
    kappa: float
    tau: float
    vain_ms: int
    """What a call in vain costs a window."""
    slow: float
    """How many times as long a comprehensive window takes over a specialist's matter."""
    w_comprehensive: Numbers
    w_zone: Numbers
    w_clears: Numbers
    """1: before its break it goes on until nobody waits whom it serves (清队午休); 0: until its service ends."""
    w_state: Numbers
    w_idle_since: Numbers
    w_visit: Numbers
    """Visit of the ticket at the window, or -1."""
    w_breaks: Numbers
    """W + 1 offsets into the next two: breaks by window, in order; the first of a window that is shut ends it."""
    break_start: Numbers
    break_end: Numbers
    ws: Numbers
    """W + 1 offsets into `ws_set`: the sets of each window, in the core's order."""
    ws_set: Numbers
    sw: Numbers
    """S + 1 offsets into `sw_window`: the windows of each set."""
    sw_window: Numbers
    s_specialists: Numbers
    """How many specialist windows a set has, open or not."""
    s_servable: Numbers
    """1: a window of the set is open or will be; nobody waits for the others' newcomers."""
    credit: Numbers
    t_visit: Numbers
    """Visit of each of the N tickets, or -1."""
    visits: int
    v: Numbers
    """V + 1 offsets into `v_ticket`: the tickets of each visit, in issue order."""
    v_ticket: Numbers
    t_status: Numbers
    t_resting: Numbers
    """1: waits, but its person is busy."""
    t_awaited: Numbers
    """1: a path that may end early goes on until this one is called; 0 for one that is held."""
    awaited: int
    """How many those are."""


class Trace(NamedTuple):
    """What happens on one path: who comes, and how long everybody takes. M tickets in all."""

    t_set: Numbers
    t_credit: Numbers
    t_seniority: Numbers
    t_work: Numbers
    t_lasts: Numbers
    """ms from the call until the window is free again."""
    t_gone: Numbers
    """When the person gives up waiting, if not called before; NEVER for one who stays."""
    t_silent: Numbers
    """1: and says nothing, so that the number is called in vain; 0: the number is taken out."""
    w_until: Numbers
    """When each busy window is free."""
    entry_at: Numbers
    """Times at which tickets come or come back, in order …"""
    entry_ticket: Numbers
    """… and which."""


class Scratch(NamedTuple):
    """Room to work in, and what comes of a path."""

    head: Numbers
    tail: Numbers
    follow: Numbers
    in_line: Numbers
    status: Numbers
    count: Numbers
    work: Numbers
    specialists_open: Numbers
    comprehensive_open: Numbers
    """By zone."""
    w_state: Numbers
    w_until: Numbers
    w_break: Numbers
    w_idle_since: Numbers
    w_visit: Numbers
    v_busy: Numbers
    called_at: Numbers
    """By ticket; -1: not called."""
    called_by: Numbers
    newcomer_at: Numbers
    """By set and credit; -1: not called."""
    shift: Numbers
    """By set: the head start that others have at the window that decides."""
    stood: Numbers
    """Tickets that have just come into their lines, to be offered to idle windows."""
    left: Numbers
    """[0]: people of the state who aren't called yet; [1]: newcomers."""
