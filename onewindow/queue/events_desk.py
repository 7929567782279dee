"""Events of visits and tickets at the desk (导询台事件)."""

from onewindow.queue.commands import Wait
from onewindow.queue.event import Event
from onewindow.queue.events_offline import OfflineIssue


class VisitStarted(Event, frozen=True, kw_only=True, tag="visit_started"):
    """A person came with an errand (到访)."""

    visit: str


class TicketIssued(Event, frozen=True, kw_only=True, tag="ticket_issued"):
    """A ticket was issued (取号)."""

    ticket: str
    number: str
    series: str
    count: int
    """The number within its series."""
    order: int
    """Issue sequence of the day; ties are broken by it."""
    visit: str
    zone: str
    group: str
    matter: str | None
    purpose: str
    applicant: str
    confirmed: bool
    channel: str
    seniority: int
    minutes: float
    """Expected minutes at the window."""
    ahead: int
    wait: Wait | None = None
    copies: int = 1
    previous: str | None = None
    """The ticket that this one goes on from: of the day before, or a finished one of the same visit."""
    left: int = 0
    """An agent's folders that are left for later turns."""
    after: tuple[str, ...] = ()
    """Tickets of the same visit that must be done before this one is called (一链办理)."""
    marks: tuple[str, ...] = ()
    slot: int | None = None
    """The appointed time, ms."""
    more: tuple[str, ...] = ()
    """Matters added at a window the day before."""
    offline: OfflineIssue | None = None
    """Issued by a desk's page while the server was away, and taken in at `at`; `seniority` is its time of issue."""

    @property
    def issued_at(self) -> int:
        """When the visitor got it, ms: `at`, or before that for one that was taken in later."""
        return self.at if self.offline is None else self.seniority


class ConsultCounted(Event, frozen=True, kw_only=True, tag="consult_counted"):
    """A question was answered at the desk (咨询)."""

    zone: str | None = None
    matter: str | None = None


class TicketCancelled(Event, frozen=True, kw_only=True, tag="ticket_cancelled"):
    """The visitor left the queue (取消)."""

    ticket: str


class TicketReturned(Event, frozen=True, kw_only=True, tag="ticket_returned"):
    """A missed, held or away ticket came back with its seniority (回队)."""

    ticket: str
    origin: str
    """`no_show`, `held`, `away`, or `finished` (补正回场: back with a missing paper)."""
    window: str | None = None
    """The one window that it goes back to; None: as before."""


class AwayStarted(Event, frozen=True, kw_only=True, tag="away_started"):
    """The visitor stepped out (暂离) until `until` (ms)."""

    ticket: str
    until: int


class AwayEnded(Event, frozen=True, kw_only=True, tag="away_ended"):
    """The time away is over (暂离结束): the ticket stands in its line again."""

    ticket: str


class TicketRerouted(Event, frozen=True, kw_only=True, tag="ticket_rerouted"):
    """A waiting ticket was given another matter, group or zone (改签)."""

    ticket: str
    zone: str
    group: str
    matter: str | None
    purpose: str
    minutes: float


class TicketMarked(Event, frozen=True, kw_only=True, tag="ticket_marked"):
    """What staff should know of the visitor was set (标记)."""

    ticket: str
    marks: tuple[str, ...]


class AbsenceConfirmed(Event, frozen=True, kw_only=True, tag="absence_confirmed"):
    """A guide looked for a called visitor who doesn't hear, in vain (导办确认不在)."""

    ticket: str


class AccompanyTaken(Event, frozen=True, kw_only=True, tag="accompany_taken"):
    """A helper walks along with the called visitor (陪同前往)."""

    ticket: str


class ServiceRated(Event, frozen=True, kw_only=True, tag="service_rated"):
    """The visitor said how the service was (评价): `grade` 5 to 1, once a service."""

    ticket: str
    window: str
    grade: int
    reasons: tuple[str, ...] = ()
    via: str = "phone"


class ApplicantConfirmed(Event, frozen=True, kw_only=True, tag="applicant_confirmed"):
    """The class was confirmed or corrected by a person (确认优先)."""

    ticket: str
    applicant: str
