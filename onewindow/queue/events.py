"""Events (事件): what has happened, past tense, frozen. The journal's only content; old ones must replay for ever.

Stored events only grow: new fields last, with a default; a changed meaning is a new version with an upcaster
(`onewindow.queue.codec`). `at` is the command's time in ms since the epoch (UTC).
"""

import msgspec

from onewindow.queue.commands import Carried, Wait
from onewindow.routing.why import Why


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", omit_defaults=True):
    """The base of all events."""

    at: int


# --- the day ---


class DayOpened(Event, frozen=True, kw_only=True, tag="day_opened"):
    """The business day began (当天开始); carries the head of the day before."""

    day: str
    hall_digest: str
    previous_day: str | None = None
    previous_head: str | None = None
    carried: tuple[Carried, ...] = ()


class DayLeft(Event, frozen=True, kw_only=True, tag="day_left"):
    """A person went back from this day to the right one (离开误开的一天), which a wrong clock had passed over."""

    to: str


class IntakeStopped(Event, frozen=True, kw_only=True, tag="intake_stopped"):
    """No more numbers today (停止取号)."""


class IntakeResumed(Event, frozen=True, kw_only=True, tag="intake_resumed"):
    """Numbers are given again (恢复取号)."""


class DayClosed(Event, frozen=True, kw_only=True, tag="day_closed"):
    """The business day ended (当天结束)."""


class TicketSettled(Event, frozen=True, kw_only=True, tag="ticket_settled"):
    """A remaining visitor chose (收尾选择): `late` (served today), `tomorrow` or `give_up`."""

    ticket: str
    choice: str


# --- the desk ---


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


class ApplicantConfirmed(Event, frozen=True, kw_only=True, tag="applicant_confirmed"):
    """The class was confirmed or corrected by a person (确认优先)."""

    ticket: str
    applicant: str


# --- the window ---


class WindowOpened(Event, frozen=True, kw_only=True, tag="window_opened"):
    """A window opened or went on (开窗)."""

    window: str
    clerk: str


class PauseRequested(Event, frozen=True, kw_only=True, tag="pause_requested"):
    """The window will pause after its current ticket (办完后暂停)."""

    window: str
    reason: str


class PauseWithdrawn(Event, frozen=True, kw_only=True, tag="pause_withdrawn"):
    """The window will not pause after its current ticket after all (取消办完后暂停)."""

    window: str


class WindowPaused(Event, frozen=True, kw_only=True, tag="window_paused"):
    """The window paused (暂停)."""

    window: str
    reason: str


class WindowClosed(Event, frozen=True, kw_only=True, tag="window_closed"):
    """The window closed (关窗)."""

    window: str


class WindowHandedOver(Event, frozen=True, kw_only=True, tag="window_handed_over"):
    """A colleague took the window over (交接)."""

    window: str
    clerk: str


class WindowMattersChanged(Event, frozen=True, kw_only=True, tag="window_matters_changed"):
    """What the window serves was changed by the supervisor (调整事项)."""

    window: str
    matters: tuple[str, ...]
    public: bool


class HelpCalled(Event, frozen=True, kw_only=True, tag="help_called"):
    """The window asked for help, or was helped (呼叫支援)."""

    window: str
    on: bool


class TicketCalled(Event, frozen=True, kw_only=True, tag="ticket_called"):
    """A ticket was called to a window (叫号). `call` is the id of this call, unique in the day."""

    ticket: str
    window: str
    call: int
    why: Why
    follows: str | None = None
    """The ticket that the same command finished first (办结并叫下一号)."""


class TicketRecalled(Event, frozen=True, kw_only=True, tag="ticket_recalled"):
    """The ticket was called again (重呼), under a new call id."""

    ticket: str
    window: str
    call: int


class ServiceStarted(Event, frozen=True, kw_only=True, tag="service_started"):
    """The visitor came to the window (开始办理)."""

    ticket: str
    window: str


class TicketFinished(Event, frozen=True, kw_only=True, tag="ticket_finished"):
    """Done (办结)."""

    ticket: str
    window: str


class TurnEnded(Event, frozen=True, kw_only=True, tag="turn_ended"):
    """An agent's turn is done, folders are left (本轮办完): the number goes to the tail with a new time, `at`."""

    ticket: str
    window: str
    copies: int
    """Folders of the next turn."""
    left: int
    """Folders after the next turn."""


class TicketMissed(Event, frozen=True, kw_only=True, tag="ticket_missed"):
    """Nobody came (过号)."""

    ticket: str
    window: str


class TicketHeld(Event, frozen=True, kw_only=True, tag="ticket_held"):
    """Put aside (挂起)."""

    ticket: str
    window: str
    reason: str


class HeldReleased(Event, frozen=True, kw_only=True, tag="held_released"):
    """The holding window has been gone too long: any capable window may call the ticket (释放)."""

    ticket: str


class TicketTransferred(Event, frozen=True, kw_only=True, tag="ticket_transferred"):
    """Sent on from a window (转窗); waits again with its seniority. `to_window` binds it to one window."""

    ticket: str
    window: str
    zone: str
    group: str
    matter: str | None
    purpose: str
    minutes: float
    to_window: str | None = None
    note: str = ""


class MatterSet(Event, frozen=True, kw_only=True, tag="matter_set"):
    """The ticket's matter was set or corrected, or one was added (一窗多办)."""

    ticket: str
    matter: str
    added: bool


class TicketAbandoned(Event, frozen=True, kw_only=True, tag="ticket_abandoned"):
    """The visitor gave up, by choice and on record (放弃)."""

    ticket: str


class CommandUndone(Event, frozen=True, kw_only=True, tag="command_undone"):
    """The window's last command was taken back (撤销): what it did is in the window's state.

    `what`: `call`, `finish`, `no_show`, `start`, `hold`, `transfer`, `next` (finish and call in one).
    """

    window: str
    ticket: str
    what: str
    reason: str = ""


AnyEvent = (
    DayOpened
    | DayLeft
    | IntakeStopped
    | IntakeResumed
    | DayClosed
    | TicketSettled
    | VisitStarted
    | TicketIssued
    | ConsultCounted
    | TicketCancelled
    | TicketReturned
    | AwayStarted
    | AwayEnded
    | TicketRerouted
    | ApplicantConfirmed
    | WindowOpened
    | PauseRequested
    | PauseWithdrawn
    | WindowPaused
    | WindowClosed
    | WindowHandedOver
    | WindowMattersChanged
    | HelpCalled
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | TicketFinished
    | TurnEnded
    | TicketMissed
    | TicketHeld
    | HeldReleased
    | TicketTransferred
    | MatterSet
    | TicketAbandoned
    | CommandUndone
)
