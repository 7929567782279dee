"""The state of one hall's one business day (当天状态).

Mutated in place, by `onewindow.queue.evolve` alone; everybody else reads. Times are ms since the epoch (UTC).
"""

import copy
from collections import Counter
from enum import StrEnum

import msgspec

from onewindow.queue.commands import Carried, Wait
from onewindow.queue.outlook import Outlook
from onewindow.routing.lines import Lines
from onewindow.routing.why import Why
from onewindow.zones.model import Hall, WindowKind


class TicketState(StrEnum):
    """Where a ticket stands in its life (号票状态)."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"


ALIVE = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD})
"""States in which the hall still owes the visitor something."""


MARKS = ("deaf", "accompany")
"""What staff should know of a visitor (标记): hard of hearing (听障), to be accompanied (陪同). Never in public."""


class WindowPhase(StrEnum):
    """A window's state (窗口状态)."""

    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"


class DayPhase(StrEnum):
    """The day's phase: not opened yet, taking numbers, closing (no new numbers), closed."""

    BEFORE = "before"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Ticket(msgspec.Struct, kw_only=True):
    """A number in one queue (号票)."""

    id: str
    """`<day without dashes>-<number>`, for example "20261124-Q031"; unique for ever."""
    number: str
    order: int
    visit: str
    zone: str
    group: str
    matter: str | None
    purpose: str
    channel: str
    applicant: str
    confirmed: bool
    seniority: int
    """What the rule counts from: the time of issue, kept through return, transfer and reroute.

    An agent with more folders than one turn takes stands behind anew, from the end of the turn.
    """
    issued_at: int
    minutes: float
    """Expected minutes at the window."""
    ahead_at_issue: int
    wait_at_issue: Wait | None
    copies: int = 1
    """Folders of this turn."""
    left: int = 0
    """Folders of later turns (代办余件)."""
    turn: int = 1
    """Which of an agent's turns this is (第几轮)."""
    after: tuple[str, ...] = ()
    """Tickets of the same visit that must be done first (一链办理的前置)."""
    marks: tuple[str, ...] = ()
    previous: str | None = None
    slot: int | None = None
    """The appointed time, ms; the wait of an early visitor counts from it."""
    more: tuple[str, ...] = ()
    """Matters added at the window."""
    state: TicketState = TicketState.WAITING
    window: str | None = None
    """Where it is called, served or held; where it was finished or missed."""
    bound: str | None = None
    """The one window that may call it: transferred to it, or held by it."""
    bound_at: int | None = None
    moved_from: str | None = None
    """The window that it was bound to or held by when that one closed, and whose heir it waits for (并窗)."""
    call: int | None = None
    why: Why | None = None
    called_at: int | None = None
    """Time of the latest call or recall."""
    first_called_at: int | None = None
    """Time of the call that the recalls repeat; the no-show's time runs from it."""
    recalls: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    held_at: int | None = None
    held_reason: str = ""
    away_at: int | None = None
    away_until: int | None = None
    """Until when it is skipped, not counting time in which the hall's clocks stand still."""
    away_used: bool = False
    rating: int | None = None
    """5 to 1, of the latest service; None: not rated (评价)."""
    choice: str | None = None
    """What the visitor chose at closing."""
    note: str = ""
    absent: bool = False
    """A guide has looked for the called visitor, who doesn't hear, and found nobody (导办确认不在)."""
    accompanied: bool = False
    """A helper walks along with the called visitor (已陪同)."""
    line: frozenset[str] | None = None
    """The matter set in whose line it stands; None when it stands in none."""
    offline: bool = False
    """Issued by a desk's page while the server was away (离线号)."""


class Visit(msgspec.Struct, kw_only=True):
    """A person's errand of one day (到访): never called to two places at once."""

    id: str
    started_at: int
    tickets: list[str] = msgspec.field(default_factory=list)
    busy: str | None = None
    """The ticket that is being called or served; the others rest."""


class LastCommand(msgspec.Struct, frozen=True):
    """What `Undo` would take back at a window."""

    what: str
    at: int
    ticket: str
    before: Ticket
    """The ticket as it was."""
    after_call: int | None = None
    """For a call: its id."""
    finished: str | None = None
    """For `next`: the ticket that was finished in the same commit."""
    finished_before: Ticket | None = None


class WindowState(msgspec.Struct, kw_only=True):
    """A numbered window during the day."""

    no: str
    kind: WindowKind
    zone: str
    matters: frozenset[str]
    public: bool
    """Part of the public queue; False for agents' windows until the supervisor opens them."""
    phase: WindowPhase = WindowPhase.CLOSED
    clerk: str = ""
    ticket: str | None = None
    """The ticket that is called to it or served at it."""
    reason: str = ""
    """Why it is paused."""
    pause_after: str = ""
    """The reason of a pause that begins after the current ticket; empty: none."""
    held: list[str] = msgspec.field(default_factory=list)
    since: int | None = None
    """When its phase last changed."""
    free_since: int | None = None
    served: int = 0
    help: bool = False
    merged_into: str | None = None
    """The window that took this one's people over when it closed (并窗)."""
    last: LastCommand | None = None


class Stop(msgspec.Struct, kw_only=True):
    """A time in which the hall's clocks stand still (停摆): nobody's time runs out."""

    kind: str
    """`break` (午休), `suspended` (暂停服务), `outage` (系统中断)."""
    since: int
    until: int | None = None
    """When it ended; None while it lasts."""
    reason: str = ""
    """Why service is suspended: a code of `words.SUSPENSIONS`."""
    note: str = ""
    planned: int | None = None
    """When it is to end, ms; None: unknown."""


class GroupStop(msgspec.Struct, frozen=True, kw_only=True):
    """A group takes no more numbers today (业务组停止取号)."""

    at: int
    last: str | None
    """The last number given; None when there was none."""
    forecast: bool
    """Stopped because its queue would pass the closing time; else by a person."""


class SeriesRight(msgspec.Struct, kw_only=True):
    """A desk's right to numbers of its own (离线号段), with which its page goes on while the server is away."""

    no: int
    device: str
    at: int
    """When it was granted, ms: no slip of it is older."""
    most: int
    """Numbers of each letter."""
    taken: dict[str, int] = msgspec.field(default_factory=dict)
    """The printed numbers that were taken in, each with its time of issue as the page told it."""


class HallDay:
    """One hall's one business day: the state that `evolve` folds events into."""

    def __init__(self, hall: Hall, day: str = "") -> None:
        self.hall = hall
        self.day = day
        self.phase = DayPhase.BEFORE
        self.last_at = 0
        """Time of the last event, ms; no command is decided at an earlier time."""
        self.tickets: dict[str, Ticket] = {}
        """By id, in the order of issue; what was issued without the server stands where it was taken in."""
        self.visits: dict[str, Visit] = {}
        self.series: dict[str, int] = {}
        """Last number given in each series."""
        self.calls = 0
        """Last call id given."""
        self.consults = 0
        self.closing_noticed = False
        """The set closing time has stopped intake once; a person may resume it."""
        self.closing_since: int | None = None
        """When intake ended; None while it goes on."""
        self.rights: dict[int, SeriesRight] = {}
        """Blocks of numbers that desks' pages give out by themselves, in the order of their grants."""
        self.lost_visits = 0
        """Visits that the journal has lost: their ids are nobody else's."""
        self.missing: dict[str, int] = {}
        """Printed numbers that people may hold and the journal has lost, each with the time when that was noted."""
        self.stops: list[Stop] = []
        """In the order in which they began."""
        self.stopped_groups: dict[str, GroupStop] = {}
        """By the group's letter."""
        self.resumed_groups: set[str] = set()
        """Groups that a person has opened again: no forecast stops them any more."""
        self.previous_day: str | None = None
        self.carried: tuple[Carried, ...] = ()
        self.away: set[str] = set()
        """Tickets whose person has stepped out."""
        self.bound: set[str] = set()
        """Tickets that only one window may call."""
        self.windows: dict[str, WindowState] = {
            w.no: WindowState(
                no=w.no, kind=w.kind, zone=w.zone, matters=w.matters, public=w.kind is not WindowKind.AGENT
            )
            for w in hall.windows.values()
        }
        self.able: dict[tuple[str, str, str | None, str], frozenset[str]] = {}
        """What `capability.capable_windows` has worked out since the windows last changed what they serve."""
        self.waiting: Counter[str] = Counter()
        """How many tickets of each group stand in a line, by the group's letter."""
        self.lines = Lines({w.no: (w.kind, w.zone) for w in hall.windows.values()})
        self.outlook: Outlook | None = None
        """The latest forecast of waits, hung here by the shell for what is shown; no part of the day itself."""

    def copy(self) -> "HallDay":
        """A deep, independent copy, for forecasts; the static hall is shared."""
        return copy.deepcopy(self, {id(self.hall): self.hall, id(self.outlook): self.outlook})

    @property
    def suspended(self) -> Stop | None:
        """The suspension of service that lasts now, or None."""
        return next((s for s in self.stops if s.kind == "suspended" and s.until is None), None)

    @property
    def on_break(self) -> Stop | None:
        """The break that lasts now, or None."""
        return next((s for s in self.stops if s.kind == "break" and s.until is None), None)

    @property
    def visits_given(self) -> int:
        """How many visits have had an id today; the next one's is one more."""
        return self.lost_visits + len(self.visits)

    def alive(self) -> list[Ticket]:
        """Tickets to which the hall still owes something, in the order of issue."""
        return [t for t in self.tickets.values() if t.state in ALIVE]
