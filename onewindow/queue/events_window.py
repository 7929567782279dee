"""Events of the windows, and of tickets at them (窗口事件)."""

from onewindow.queue.event import Event
from onewindow.routing.why import Why


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


class TicketMoved(Event, frozen=True, kw_only=True, tag="ticket_moved"):
    """A ticket of a closing window goes to another one (随窗口转移), its place kept."""

    ticket: str
    window: str
    """The window that it leaves."""
    to_window: str


class WindowMerged(Event, frozen=True, kw_only=True, tag="window_merged"):
    """A window's people go to another one (并窗); `WindowClosed` follows. `tickets`: whom that concerns now."""

    window: str
    into: str
    tickets: tuple[str, ...] = ()


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
