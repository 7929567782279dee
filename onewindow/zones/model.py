"""The static hall (大厅): what stands in a hall's files, loaded once, frozen.

Everything here is data. The core reads it, nobody writes it; what changes during a day (a window opened,
its matters changed by the supervisor) lives in `onewindow.queue.state`. Lengths of time carry their unit in
their name; minutes since midnight are the hall's local time.
"""

from enum import StrEnum

from onewindow.zones.frozen import Frozen as Frozen  # noqa: PLC0414 - it is found here too
from onewindow.zones.voice_settings import Session as Session  # noqa: PLC0414 - it is found here too
from onewindow.zones.voice_settings import VoiceSettings as VoiceSettings  # noqa: PLC0414 - it is found here too


class WindowKind(StrEnum):
    """Kind of a numbered window (窗口类型).

    Only `comprehensive` (综合窗口) windows know the head start; `specialist` (专业窗口) settle their units'
    matters on the spot; `issuing` (出件窗口) hand out results; `agent` (代办窗口) stands outside the public queue
    until the supervisor opens it to the public.
    """

    COMPREHENSIVE = "comprehensive"
    SPECIALIST = "specialist"
    ISSUING = "issuing"
    AGENT = "agent"


class Zone(Frozen, frozen=True, kw_only=True):
    """A service zone (审批服务区)."""

    code: str
    zh: str
    en: str
    letter: str
    """Letter of the zone's own number series; used when `Settings.series` is `zone`."""
    led_by: str
    """`comprehensive` or `specialist`: which kind of window leads the zone."""
    windows: tuple[str, ...]
    hue: int
    """Index of the zone's colour on the pages, 1-based, in the order of the file."""
    default_group: str
    """Letter of the group that takes a ticket for this zone when no matter and no group is named."""
    short_zh: str
    """Name for tiles and small screens, for example 商事登记."""
    volume: int | None = None
    """Of its loudspeaker, per cent; None: the hall's. `rate` likewise."""
    rate: int | None = None
    short_en: str = ""
    """As `short_zh`, in English."""


class Group(Frozen, frozen=True, kw_only=True):
    """A group of matters (业务组): what people choose and hear. It has its letter and its own number series."""

    letter: str
    zone: str
    zh: str
    spoken_zh: str
    en: str
    windows: tuple[str, ...]
    """The default set: windows for a ticket of this group without a matter."""
    matters: tuple[str, ...]
    daily_visits: float
    public_zh: str
    """What a public screen may say: never a matter that could shame; normally `zh`."""
    public_en: str = ""
    """The same in English; the loader always fills it."""


class Department(Frozen, frozen=True, kw_only=True):
    """A unit that owns matters (部门); `resident` (进驻) or `comprehensive` (综合)."""

    code: str
    zh: str
    en: str
    zone: str
    kind: str
    also_zones: tuple[str, ...]


class Matter(Frozen, frozen=True, kw_only=True):
    """A matter (事项): the business that a visitor asks for."""

    code: str
    zone: str
    group: str
    """Letter of its group."""
    department: str
    zh: str
    en: str
    initials: str
    """Pinyin initials of the Chinese name, lower case."""
    kind: str
    """`comprehensive` or `specialist`: the kind of window it belongs to first."""
    on_the_spot: bool
    statutory_days: float
    promised_days: float
    previous_promised_days: float
    typical_minutes: float
    """Median minutes at the window."""
    papers: tuple[str, ...]
    """The papers to bring (所需材料), in Chinese."""
    chains: tuple[str, ...]
    no_visit: bool
    daily_visits: float


class Window(Frozen, frozen=True, kw_only=True):
    """A numbered window (窗口), for example "07"; `row` and `col` are its place on its `floor` (楼层)."""

    no: str
    zone: str
    kind: WindowKind
    zh: str
    en: str
    row: int
    col: int
    departments: tuple[str, ...]
    matters: frozenset[str]
    serves: tuple[str, ...]
    """For issuing windows: codes of the zones whose results it hands out (purpose `collect`)."""
    public_zh: str = ""
    """What a public screen may say; the loader fills both in, normally with the names."""
    public_en: str = ""
    floor: int = 1


class Point(Frozen, frozen=True, kw_only=True):
    """A place that is no window (服务点): guide desk, complaint desk, unattended station, self-service."""

    code: str
    kind: str
    zh: str
    en: str
    row: int
    col: int
    floor: int = 1


class ChainStep(Frozen, frozen=True, kw_only=True):
    """A step of a chain: one matter and the steps that must be done before it."""

    seq: int
    matter: str
    stage: str
    level: int
    core: bool
    depends_on: tuple[str, ...]


class Chain(Frozen, frozen=True, kw_only=True):
    """A chain (一链办理): the matters of one undertaking, in series where one needs another, else in parallel."""

    code: str
    zone: str
    zh: str
    en: str
    days_before: float
    days_after: float
    steps: tuple[ChainStep, ...]


class DeviceKind(StrEnum):
    """Kind of a device (设备)."""

    HALL_SCREEN = "hall_screen"
    ZONE_SCREEN = "zone_screen"
    WINDOW_SCREEN = "window_screen"
    SPEAKER = "speaker"
    PRINTER = "printer"
    KIOSK = "kiosk"


class Device(Frozen, frozen=True, kw_only=True):
    """A device of the hall, from `devices.csv`."""

    id: str
    kind: DeviceKind
    zones: tuple[str, ...]
    """Zones it shows or serves; a loudspeaker may serve several, and then their calls share one sequence."""
    window: str | None
    address: str
    """For a printer: `network://host:port`, `usb://vendor:product`, `file:///path`, `serial:///path?baud=19200`,
    `browser:` or empty."""
    zh: str


class Alias(Frozen, frozen=True, kw_only=True):
    """An everyday word (俗称) that people say for matters or groups, from `aliases.csv`; for the desk's search."""

    word: str
    matters: tuple[str, ...]
    groups: tuple[str, ...]


class ApplicantClass(Frozen, frozen=True, kw_only=True):
    """An applicant class (申请人类别) and its credit C: how much earlier than it came it is counted."""

    code: str
    zh: str
    en: str
    credit_minutes: float
    key: str
    """One key at the guide's desk that chooses it; empty for none."""


class Purpose(Frozen, frozen=True, kw_only=True):
    """A purpose of a visit: `handle` (办理), `collect` (取件), `consult` (咨询)."""

    code: str
    zh: str
    en: str
    minutes: float | None
    """Median minutes at the window; None: as the matter says."""


class Reason(Frozen, frozen=True, kw_only=True):
    """A reason that a clerk chooses from a list (pause 暂停, hold 挂起)."""

    code: str
    zh: str
    en: str


class RoutingSettings(Frozen, frozen=True, kw_only=True):
    """Parameters of the 1+X rule; see `onewindow.routing.number_time`."""

    policy: str
    headstart_minutes: float
    """δ: how far ahead a comprehensive window may take people whom only it can serve."""
    kappa: float
    """κ: factor on the comprehensive windows' work in the test whether the specialists keep up."""
    tau_minutes: float
    """τ: allowance in the same test."""


class TimingSettings(Frozen, frozen=True, kw_only=True):
    """The clocks of a ticket's life, from the hall's files."""

    no_show_after_seconds: int
    """A no-show only this long after the call …"""
    no_show_after_recalls: int
    """… and after this many recalls."""
    recall_limit: int
    reinstate_minutes: int
    """A no-show comes back with its seniority within this time; later it takes a new number."""
    back_minutes: int
    """A visitor who comes back with a missing paper within this time goes on at the same window, seniority kept."""
    away_minutes: int
    held_release_minutes: int
    """Held tickets belong to their window until it has been away this long."""
    undo_minutes: int
    undo_reason_after_seconds: int
    copies_per_turn: int
    appointment_late_minutes: int = 15
    """Who comes at most this late for an appointment is still counted from the appointed time."""
    stop_intake_by_forecast: bool = True
    """Stop a group's intake when its queue's p90 would pass the closing time."""


class NumberSettings(Frozen, frozen=True, kw_only=True):
    """How numbers are formed (取号规则)."""

    series: str
    """`group` or `zone`: what has a number series of its own."""
    width: int
    skip: frozenset[int]
    """Numbers that the hall does not give out."""


class Settings(Frozen, frozen=True, kw_only=True):
    """`hall.toml`: how this hall works."""

    code: str
    zh: str
    en: str
    short_zh: str
    time_zone: str
    """IANA name; the business day is the hall's, not the machine's."""
    rollover_minute: int
    """When one business day ends and the next begins, minutes since midnight."""
    sessions: tuple[Session, ...]
    """Opening hours of a working day, in order; the gap between two is lunch (午休)."""
    weekdays: frozenset[int]
    """Working weekdays, Monday 0."""
    use_public_holidays: bool
    """Follow the national calendar of holidays and make-up working days (chinesecalendar)."""
    holidays: frozenset[str]
    """Further closed days, ISO dates."""
    workdays: frozenset[str]
    """Further open days, ISO dates."""
    public_url: str
    """Address that phones reach, for the QR; empty: no QR."""
    slip_zh: str
    """One sentence of the calling rule, printed on the slip."""
    slip_en: str
    numbers: NumberSettings
    routing: RoutingSettings
    timing: TimingSettings
    voice: VoiceSettings
    applicants: tuple[ApplicantClass, ...]
    """The first is the standard class."""
    purposes: tuple[Purpose, ...]
    pause_reasons: tuple[Reason, ...]
    hold_reasons: tuple[Reason, ...]
    notices_zh: tuple[str, ...]
    """Sentences for the foot of the hall's screens."""
    roll_metres: float = 50
    """Length of a new roll of slip paper, m."""
    low_slips: int = 60
    """When a printer has paper for fewer slips than this, the supervisor is told."""
    entrance: tuple[int, int] | None = None
    stairs: tuple[int, int] | None = None
    """Where people come in (入口), and come out on other floors: row, column; None: see docs/hall-files.md."""
    notices_en: tuple[str, ...] = ()
    """The same sentences in English, one for each of `notices_zh`, or none at all."""


class Profile(Frozen, frozen=True, kw_only=True):
    """`profile.json`: how a usual day looks; drives the demo, the load test and the simulator."""

    visits_per_day: float
    half_hours: dict[str, float]
    """Arrivals by half-hour, key "HH:MM"."""
    matter_weights: dict[str, float]
    collect_by_zone: dict[str, float]
    consult_visits: float
    weekday_factor: dict[str, float]
    service_sigma: float
    priority_share: float
    missed_call_share: float
    incomplete_share: float = 0.0
    """Visitors who lack a paper and come back with it."""
    second_matter_share: float = 0.0
    """Visitors with a second matter of the same zone."""
    abandon_minutes: float | None = None
    """Median of how long people wait before they leave; None: nobody leaves."""
    appointments_per_day: float = 0.0
    appointment_no_show_share: float = 0.0
    appointment_early_minutes: float = 0.0
    """Median of how early people come for an appointment."""


class Hall(Frozen, frozen=True, kw_only=True):
    """One hall, whole: every cross-reference checked by the loader. Mappings keep the order of the files."""

    settings: Settings
    zones: dict[str, Zone]
    groups: dict[str, Group]
    """By letter."""
    departments: dict[str, Department]
    matters: dict[str, Matter]
    windows: dict[str, Window]
    points: dict[str, Point]
    chains: dict[str, Chain]
    devices: dict[str, Device]
    profile: Profile
    digest: str
    """SHA-256 over the files, hex; recorded when a day opens."""
    aliases: tuple[Alias, ...] = ()

    def applicant(self, code: str) -> ApplicantClass | None:
        """The applicant class with this code, or None."""
        # A loop: the issue of a ticket asks eight times, and a generator costs several times as much.
        for known in self.settings.applicants:
            if known.code == code:
                return known
        return None

    def purpose(self, code: str) -> Purpose | None:
        """The purpose with this code, or None."""
        for known in self.settings.purposes:
            if known.code == code:
                return known
        return None

    def window_named(self, name: str) -> Window | None:
        """The window that people mean by `name`: "07" and "7" are the same window; None if there is none."""
        if (window := self.windows.get(name)) is not None:
            return window
        if name.isdecimal() and len(name) <= 4:
            wanted = int(name)
            return next((w for w in self.windows.values() if w.no.isdecimal() and int(w.no) == wanted), None)
        return None
