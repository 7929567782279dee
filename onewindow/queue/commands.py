"""Commands (命令): what people and devices ask of the hall. Imperative, frozen, without a clock.

Time, the principal and the idempotency key travel beside a command (`onewindow.queue.journal.Entry`), never in it.
A window is named as in the hall's files ("07"). Codes are those of the hall's files. Every command is decided by
`onewindow.queue.decide`, which answers with events or with a `Refusal`.
"""

import msgspec


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """The base of all commands."""


class Wait(msgspec.Struct, frozen=True):
    """An expected wait (预计等候): seconds; `low` and `high` bound 80 % of cases."""

    low: int
    expected: int
    high: int


# --- the day ---


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket taken over from the day before (转次日): it gets a new number, linked to the old one."""

    ticket: str
    number: str
    zone: str
    group: str
    matter: str | None
    purpose: str
    applicant: str
    confirmed: bool
    seniority: int
    copies: int = 1
    visit: str = ""
    """Its visit of the day before; tickets of one visit stay together. Empty: a visit of its own."""
    left: int = 0
    """Folders beyond this turn's copies."""
    marks: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    """Tickets of the day before that must be done first."""
    more: tuple[str, ...] = ()


class OpenDay(Command, frozen=True, kw_only=True, tag="open_day"):
    """Open the business day (开始新的一天); numbers start anew."""

    day: str
    hall_digest: str
    previous_day: str | None = None
    previous_head: str | None = None
    carried: tuple[Carried, ...] = ()


class LeaveDay(Command, frozen=True, kw_only=True, tag="leave_day"):
    """Leave a day that a wrong clock has opened, for the right one (离开误开的一天): a person's word."""

    to: str


class StartClosing(Command, frozen=True, kw_only=True, tag="start_closing"):
    """Stop intake (停止取号); those who wait are still served."""


class ResumeIntake(Command, frozen=True, kw_only=True, tag="resume_intake"):
    """Take numbers again after an early stop (恢复取号)."""


class CloseDay(Command, frozen=True, kw_only=True, tag="close_day"):
    """Close the day (结束当天). Refused while a ticket is alive that has no choice (`SettleTicket`)."""


class SettleTicket(Command, frozen=True, kw_only=True, tag="settle_ticket"):
    """Record what a remaining visitor chose at closing (收尾选择): `late`, `tomorrow` or `give_up`."""

    ticket: str
    choice: str


class Tick(Command, frozen=True, kw_only=True, tag="tick"):
    """Time passes (时钟): away times that ended, held tickets whose window is gone, the set closing time."""

    closing_due: bool = False
    """The shell says that the last session of the day has ended by the hall's calendar."""
    break_until: int | None = None
    """The shell says that the hall is between two sessions, and when the next one begins (ms)."""
    full_groups: tuple[str, ...] = ()
    """The shell says that these groups' queues would pass the closing time by the forecast's p90."""


class SuspendService(Command, frozen=True, kw_only=True, tag="suspend_service"):
    """Suspend service (暂停服务): nobody is called, all clocks stand still. `reason`: see `words.SUSPENSIONS`."""

    reason: str
    note: str = ""


class ResumeService(Command, frozen=True, kw_only=True, tag="resume_service"):
    """Go on after a suspension (恢复服务)."""


class NoteOutage(Command, frozen=True, kw_only=True, tag="note_outage"):
    """The system was away from `since` (ms) until now (系统中断): the shell says so after a restart."""

    since: int


class StopGroup(Command, frozen=True, kw_only=True, tag="stop_group"):
    """No more numbers for a group today (业务组停止取号)."""

    group: str


class ResumeGroup(Command, frozen=True, kw_only=True, tag="resume_group"):
    """Numbers for a group again (业务组恢复取号); no forecast stops it any more today."""

    group: str


# --- the desk ---


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ticket that a visitor asks for: a matter, or a group, or a zone."""

    matter: str | None = None
    group: str | None = None
    zone: str | None = None
    after: tuple[int, ...] = ()
    """Places (from 0) of the items of the same command that must be done before this one is called (一链办理)."""


class IssueTickets(Command, frozen=True, kw_only=True, tag="issue_tickets"):
    """Issue one or more tickets (取号) of one visit."""

    items: tuple[Item, ...]
    applicant: str = "standard"
    confirmed: bool = True
    """False at a kiosk: a claimed priority counts only once a guide has confirmed it."""
    purpose: str = "handle"
    channel: str = "guide"
    visit: str | None = None
    """An open visit that these tickets join."""
    copies: int = 1
    """An agent's folders (代办件数): a few are done at each turn, the rest go to the tail with a new time."""
    waits: tuple[Wait | None, ...] = ()
    """The forecast for each item at the moment of asking, recorded so that it can be scored."""
    marks: tuple[str, ...] = ()
    """`deaf` (听障), `accompany` (陪同): see `onewindow.queue.decide_marks`."""
    slot: int | None = None
    """The appointed time (预约时段) in ms: who comes in time is counted from it, not from the arrival."""
    follows: str | None = None
    """A finished ticket of the same visit that these go on from (接续下一步): its seniority is kept."""


class CountConsult(Command, frozen=True, kw_only=True, tag="count_consult"):
    """Count a consultation answered at the desk (咨询), without a ticket."""

    zone: str | None = None
    matter: str | None = None


class CancelTicket(Command, frozen=True, kw_only=True, tag="cancel_ticket"):
    """Take a waiting, held or missed ticket out (取消)."""

    ticket: str


class ReturnTicket(Command, frozen=True, kw_only=True, tag="return_ticket"):
    """Bring a missed, held or away ticket back into its line with its seniority (回队).

    A finished one comes back too, to the same window, when its visitor has fetched a missing paper (补正回场).
    """

    ticket: str
    finished: bool = False
    """A finished one may come back too: a guide has looked at it. Its holder alone can't ask for a second turn."""


class StepAway(Command, frozen=True, kw_only=True, tag="step_away"):
    """Step out for a while (暂离): skipped, not called; once with full seniority."""

    ticket: str


class RerouteTicket(Command, frozen=True, kw_only=True, tag="reroute_ticket"):
    """Give a waiting ticket another matter, group or zone (改签); number and seniority stay."""

    ticket: str
    to: Item
    purpose: str | None = None


class MarkTicket(Command, frozen=True, kw_only=True, tag="mark_ticket"):
    """Set what staff should know of the visitor (标记); the list replaces the old one."""

    ticket: str
    marks: tuple[str, ...]


class ConfirmAbsent(Command, frozen=True, kw_only=True, tag="confirm_absent"):
    """A guide has looked for the called visitor who doesn't hear, in vain (导办确认不在)."""

    ticket: str


class TakeAlong(Command, frozen=True, kw_only=True, tag="take_along"):
    """A helper walks along with the called visitor (陪同前往)."""

    ticket: str


class ConfirmApplicant(Command, frozen=True, kw_only=True, tag="confirm_applicant"):
    """Confirm or correct the applicant class (确认优先), on record."""

    ticket: str
    applicant: str


# --- the window ---


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


AnyCommand = (
    OpenDay
    | LeaveDay
    | StartClosing
    | ResumeIntake
    | CloseDay
    | SettleTicket
    | Tick
    | SuspendService
    | ResumeService
    | NoteOutage
    | StopGroup
    | ResumeGroup
    | IssueTickets
    | CountConsult
    | CancelTicket
    | ReturnTicket
    | StepAway
    | RerouteTicket
    | MarkTicket
    | ConfirmAbsent
    | TakeAlong
    | ConfirmApplicant
    | OpenWindow
    | PauseWindow
    | CloseWindow
    | MergeWindow
    | HandOver
    | SetWindowMatters
    | CallHelp
    | CallNext
    | CallTicket
    | Recall
    | StartService
    | FinishService
    | MarkNoShow
    | HoldTicket
    | TransferTicket
    | AddMatter
    | Undo
)
