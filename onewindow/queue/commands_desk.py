"""Commands of the desk, the kiosk and the phone (导询台命令)."""

from onewindow.queue.command import Command, Item, Wait


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


class RateService(Command, frozen=True, kw_only=True, tag="rate_service"):
    """The visitor's opinion of a finished service (评价), once: `grade` 5 (very satisfied) to 1."""

    ticket: str
    grade: int
    reasons: tuple[str, ...] = ()
    """Codes of the hall's list, or none."""
    via: str = "phone"
    """`phone` or `device` (评价器)."""
