"""The shapes of answers (应答格式), for OpenAPI; the tests hold every real answer against them.

The answers themselves are built by `onewindow.views`; these structs only describe them.
"""

from typing import Annotated, Any

import msgspec

from onewindow.zones.model import (
    ApplicantClass,
    Chain,
    Department,
    Matter,
    Point,
    Purpose,
    Reason,
    TimingSettings,
    Window,
    Zone,
)


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base: an answer has these members and no others."""


class Wait(Shape, frozen=True, kw_only=True):
    """An expected wait in seconds; `low` and `high` bound 80 % of cases (预计等候)."""

    low: int
    expected: int
    high: int


class PublicTicket(Shape, frozen=True, kw_only=True):
    """What anybody may see of a ticket (公开号票)."""

    number: str
    zone: str
    group: str
    group_zh: str
    group_en: str
    state: str
    window: str | None
    call: int | None
    priority: bool


class HolderTicket(PublicTicket, frozen=True, kw_only=True):
    """What its holder may see of a ticket (本人号票). Times are RFC 3339; `open` false: no window is open for it.

    `copies` folders are done at this turn, `left` at later ones; `after` are the numbers that must be done first.
    """

    id: str
    matter: str | None
    matter_zh: str | None
    matter_en: str | None
    purpose: str
    papers: list[str]
    promised_days: float | None
    on_the_spot: bool | None
    state_zh: str
    state_en: str
    windows: list[str]
    open: bool
    ahead: int
    wait: Wait | None
    issued_at: str
    issued_hhmm: str
    called_at: str | None
    started_at: str | None
    ended_at: str | None
    away_until: str | None
    held_reason: str | None
    copies: int
    left: int
    after: list[str]
    more: list[str]
    previous: str | None
    bound: str | None
    rating: int | None
    why: str | None
    why_en: str | None


class StaffTicket(HolderTicket, frozen=True, kw_only=True):
    """What staff see of a ticket (工作人员号票)."""

    visit: str
    visit_tickets: list[str]
    applicant: str
    applicant_zh: str
    applicant_en: str
    confirmed: bool
    channel: str
    minutes: float
    recalls: int
    seniority: str
    choice: str | None
    note: str
    marks: list[str]
    absent: bool
    """A guide has looked for a visitor who doesn't hear, in vain."""
    accompanied: bool
    called_ms: int | None
    first_called_ms: int | None
    started_ms: int | None
    issued_ms: int
    offline: bool
    """Issued by a desk's page while the server was away (离线号)."""


TicketOfAsker = Annotated[
    Any,
    msgspec.Meta(
        extra_json_schema={
            "anyOf": [{"$ref": "#/components/schemas/HolderTicket"}, {"$ref": "#/components/schemas/StaffTicket"}]
        }
    ),
]
"""A ticket as whoever asks may see it: its holder or a kiosk, or staff."""


class WindowAfter(Shape, frozen=True, kw_only=True):
    """A window after a command about it (窗口)."""

    no: str
    zone: str
    kind: str
    zh: str
    en: str
    phase: str
    phase_zh: str
    phase_en: str
    reason_zh: str
    reason_en: str
    public: bool
    merged_into: str | None
    ticket: PublicTicket | None
    clerk: str
    pause_after: str | None
    help: bool
    served: int
    held: int


class Suspended(Shape, frozen=True, kw_only=True):
    """A suspension of service that lasts (暂停服务); `since` is HH:MM."""

    reason: str
    reason_zh: str
    reason_en: str
    since: str


class StoppedGroup(Shape, frozen=True, kw_only=True):
    """A group that takes no more numbers today: its last number, and when it stopped (HH:MM)."""

    group: str
    zh: str
    en: str
    last: str | None
    at: str


class Merged(Shape, frozen=True, kw_only=True):
    """A closed window whose people go to another one (并窗)."""

    window: str
    into: str


class Day(Shape, frozen=True, kw_only=True):
    """The business day (当天), and what stands still in it. `break_until` is HH:MM."""

    suspended: Suspended | None
    break_until: str | None
    stopped_groups: list[StoppedGroup]
    merged: list[Merged]

    day: str
    phase: str
    issued: int
    remaining: int
    consults: int


class IssuedReply(Shape, frozen=True, kw_only=True):
    """The first ticket; all of them when there are several; the visit; where its phone page is."""

    ticket: TicketOfAsker
    visit: str
    track: str
    tickets: list[TicketOfAsker] | msgspec.UnsetType = msgspec.UNSET


class HolderReply(Shape, frozen=True, kw_only=True):
    """A ticket as its holder may see it."""

    ticket: HolderTicket


class StaffReply(Shape, frozen=True, kw_only=True):
    """A ticket as staff see it."""

    ticket: StaffTicket


class TicketReply(Shape, frozen=True, kw_only=True):
    """A ticket: for its holder, or whole for staff."""

    ticket: TicketOfAsker


class CalledReply(Shape, frozen=True, kw_only=True):
    """The called ticket, or null when nobody waits; the id of the one that was finished first."""

    ticket: StaffTicket | None
    finished: str | None


class AtWindowReply(Shape, frozen=True, kw_only=True):
    """The ticket that the command was about, and the window."""

    ticket: StaffTicket
    window: WindowAfter


class WindowReply(Shape, frozen=True, kw_only=True):
    """The window."""

    window: WindowAfter


class DayReply(Shape, frozen=True, kw_only=True):
    """The day."""

    day: Day


class ClockSuspect(Shape, frozen=True, kw_only=True):
    """The machine's clock is before the journal's last day."""

    day: str
    last: str
    blocks: bool


class DayState(Shape, frozen=True, kw_only=True):
    """The day, and whether the machine's clock is suspect."""

    day: Day
    clock_suspect: ClockSuspect | None


class PublicGroup(Shape, frozen=True, kw_only=True):
    """A group of matters, by its public name (业务组)."""

    letter: str
    zone: str
    zh: str
    en: str
    windows: list[str]


class HallReply(Shape, frozen=True, kw_only=True):
    """The static hall, in the order of its files (大厅)."""

    code: str
    zh: str
    en: str
    short_zh: str
    time_zone: str
    digest: str
    zones: list[Zone]
    groups: list[PublicGroup]
    departments: list[Department]
    windows: list[Window]
    points: list[Point]
    matters: list[Matter]
    chains: list[Chain]
    applicants: list[ApplicantClass]
    purposes: list[Purpose]
    pause_reasons: list[Reason]
    hold_reasons: list[Reason]
    timing: TimingSettings


class Found(Shape, frozen=True, kw_only=True):
    """A matter that was found, with the wait of a newcomer and where the query stands in it."""

    code: str
    zh: str
    en: str
    zone: str
    zone_zh: str
    zone_en: str
    hue: int
    group: str
    group_zh: str
    department_zh: str
    kind: str
    papers: list[str]
    on_the_spot: bool
    promised_days: float
    no_visit: bool
    windows: list[str]
    open: bool
    ahead: int
    wait: Wait | None
    hits: list[Any]


class SearchReply(Shape, frozen=True, kw_only=True):
    """The matters that fit, the best first."""

    q: str
    matters: list[Found]


class SignedIn(Shape, frozen=True, kw_only=True):
    """Who is signed in, and where to go."""

    name: str
    role: str
    window: str | None
    home: str


class Alive(Shape, frozen=True, kw_only=True):
    """The process answers."""

    alive: bool


class Ready(Shape, frozen=True, kw_only=True):
    """The day is replayed and can go on; the journal's head."""

    ready: bool
    day: str
    commits: int
    hash: str
    writes: bool
    """Of several processes of a hall, true at the one that writes."""


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 (错误); branch on `code`. Further members are the sentence's parameters."""

    type: str
    title: str
    status: int
    detail: str
    """Chinese."""
    detail_en: str
    code: str
    instance: str | msgspec.UnsetType = msgspec.UNSET


Free = dict[str, Any]
"""An answer whose members another room defines."""
