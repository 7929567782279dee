"""Commands of a window (窗口命令)."""

from onewindow.queue.command import Command, Item


class OpenWindow(Command, frozen=True, kw_only=True, tag="open_window"):
    """Open a window, go on after a pause, or take back the pause that was asked for (开窗、恢复)."""

    window: str
    clerk: str


class PauseWindow(Command, frozen=True, kw_only=True, tag="pause_window"):
    """Pause a window with a reason (暂停), now or after the current ticket."""

    window: str
    reason: str
    after_current: bool = False


class CloseWindow(Command, frozen=True, kw_only=True, tag="close_window"):
    """Close a window (关窗); refused while somebody waits whom no other working window serves."""

    window: str
    anyway: bool = False
    """A supervisor's word: close, though somebody is left without a window for now."""


class MergeWindow(Command, frozen=True, kw_only=True, tag="merge_window"):
    """Close a window whose people go to another one (并窗), which serves its matters from now on."""

    window: str
    into: str


class HandOver(Command, frozen=True, kw_only=True, tag="hand_over"):
    """Hand the window over to a colleague without closing it (交接)."""

    window: str
    clerk: str


class SetWindowMatters(Command, frozen=True, kw_only=True, tag="set_window_matters"):
    """Change what a window serves (调整事项); refused when a waiting ticket would become uncallable."""

    window: str
    matters: tuple[str, ...] | None = None
    """The new list; None leaves it."""
    public: bool | None = None
    """For an agents' window: part of the public queue or not; None leaves it."""
    into: str | None = None
    """The window that serves from now on whoever would be left without one."""


class CallHelp(Command, frozen=True, kw_only=True, tag="call_help"):
    """A silent call for help from a window (呼叫支援)."""

    window: str
    on: bool = True


class CallNext(Command, frozen=True, kw_only=True, tag="call_next"):
    """Call the next ticket by the rule (叫号)."""

    window: str
    finish: bool = False
    """Finish the ticket that is being served first, in the same commit (办结并叫下一号)."""


class CallTicket(Command, frozen=True, kw_only=True, tag="call_ticket"):
    """Call one ticket out of order (指定叫号): on record with its reason; a ticket held here needs none."""

    window: str
    ticket: str
    reason: str = ""


class Recall(Command, frozen=True, kw_only=True, tag="recall"):
    """Call the current ticket again (重呼): a new call id, so that screens flash and speakers ring again."""

    window: str


class StartService(Command, frozen=True, kw_only=True, tag="start_service"):
    """The visitor has come (开始办理)."""

    window: str
    matter: str | None = None
    """Sets the matter of a ticket that was issued for a group or zone."""


class FinishService(Command, frozen=True, kw_only=True, tag="finish_service"):
    """The matter is done at this window (办结)."""

    window: str


class MarkNoShow(Command, frozen=True, kw_only=True, tag="mark_no_show"):
    """Nobody came (过号): only after the hall's time and recalls."""

    window: str


class HoldTicket(Command, frozen=True, kw_only=True, tag="hold_ticket"):
    """Put the ticket at the window aside with a reason (挂起); it keeps its seniority."""

    window: str
    reason: str


class TransferTicket(Command, frozen=True, kw_only=True, tag="transfer_ticket"):
    """Send the ticket at the window to another window, matter, group or zone (转窗); seniority stays."""

    window: str
    to_window: str | None = None
    to: Item | None = None
    note: str = ""


class AddMatter(Command, frozen=True, kw_only=True, tag="add_matter"):
    """Add a matter to the ticket at the window, or correct its matter (一窗多办), without a new number."""

    window: str
    matter: str
    replace: bool = False


class Undo(Command, frozen=True, kw_only=True, tag="undo"):
    """Take back the window's last command (撤销)."""

    window: str
    reason: str = ""
