"""Commands about the day and the hall as a whole (当天命令)."""

import msgspec

from onewindow.queue.command import Command


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


class KnownRight(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A desk's right to numbers (离线号段) that was granted today; as `SeriesGranted` says it."""

    no: int
    device: str
    at: int
    """When it was granted, ms."""
    most: int


class NoteLoss(Command, frozen=True, kw_only=True, tag="note_loss"):
    """The journal has lost a part of today that was confirmed (日志丢失): the shell says what it knew of it.

    `onewindow.queue.decide_loss.known_of` makes it from the state as it was.
    """

    day: str
    """YYYY-MM-DD: the day may turn while the command waits, and another day has numbers of its own."""
    series: dict[str, int]
    """The last number given in each series."""
    calls: int
    """The last call id given."""
    visits: int = 0
    """How many visits had an id."""
    rights: tuple[KnownRight, ...] = ()
    missing: tuple[str, ...] = ()
    """Printed numbers whose holders were still to be served."""


class StopGroup(Command, frozen=True, kw_only=True, tag="stop_group"):
    """No more numbers for a group today (业务组停止取号)."""

    group: str


class ResumeGroup(Command, frozen=True, kw_only=True, tag="resume_group"):
    """Numbers for a group again (业务组恢复取号); no forecast stops it any more today."""

    group: str
