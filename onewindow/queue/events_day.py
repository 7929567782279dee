"""Events of the day and of the hall as a whole (当天事件)."""

from onewindow.queue.commands import Carried, KnownRight
from onewindow.queue.event import Event


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


class BreakStarted(Event, frozen=True, kw_only=True, tag="break_started"):
    """Lunch began (午休开始): the hall's clocks stand still until about `until` (ms)."""

    until: int


class BreakEnded(Event, frozen=True, kw_only=True, tag="break_ended"):
    """Lunch is over (午休结束)."""


class ServiceSuspended(Event, frozen=True, kw_only=True, tag="service_suspended"):
    """Service was suspended (暂停服务): nobody is called, the clocks stand still."""

    reason: str
    note: str = ""


class ServiceResumed(Event, frozen=True, kw_only=True, tag="service_resumed"):
    """Service goes on (恢复服务)."""


class OutageNoted(Event, frozen=True, kw_only=True, tag="outage_noted"):
    """The system was away from `since` to `at` (系统中断), by a power cut say: that time counts against nobody."""

    since: int


class LossNoted(Event, frozen=True, kw_only=True, tag="loss_noted"):
    """A part of today that was confirmed is gone from the journal (日志丢失): what it gave out isn't given again."""

    series: dict[str, int]
    """Series that go on behind these numbers."""
    calls: int
    """Call ids go on behind this one."""
    visits: int = 0
    """The ids of visits go on behind so many."""
    rights: tuple[KnownRight, ...] = ()
    """Rights that count again: their desks may still hold slips."""
    missing: tuple[str, ...] = ()
    """Printed numbers that people may hold and the hall doesn't know any more."""


class GroupStopped(Event, frozen=True, kw_only=True, tag="group_stopped"):
    """No more numbers for a group today (业务组停止取号)."""

    group: str
    last: str | None = None
    """The last number given."""
    forecast: bool = False
    """Because its queue would pass the closing time."""


class GroupResumed(Event, frozen=True, kw_only=True, tag="group_resumed"):
    """Numbers for a group again (业务组恢复取号)."""

    group: str


class TicketSettled(Event, frozen=True, kw_only=True, tag="ticket_settled"):
    """A remaining visitor chose (收尾选择): `late` (served today), `tomorrow` or `give_up`."""

    ticket: str
    choice: str
