"""The rows of a hall's tables as structs (各表的列), each with its line for later faults."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from onewindow.zones.faults import Words
from onewindow.zones.model import (
    Alias,
    Chain,
    ChainStep,
    Department,
    Device,
    DeviceKind,
    Group,
    Matter,
    Point,
    Window,
    WindowKind,
    Zone,
)
from onewindow.zones.tables import Layout, Row

T = TypeVar("T")

ZONES = Layout("zones.csv", ("code", "zh", "en", "ticket_prefix", "led_by", "windows"))
DEPARTMENTS = Layout(
    "departments.csv", ("code", "zh", "en", "zone", "kind"), ("also_zones",), ("matter_count", "pinyin_initials")
)
MATTERS = Layout(
    "matters.csv",
    (
        *("code", "zone", "department_code", "matter_zh", "matter_en", "pinyin_initials", "kind", "on_the_spot"),
        *("statutory_days", "promised_days", "typical_minutes", "materials_zh"),
    ),
    ("chains", "no_visit", "daily_visits_est", "previous_promised_days_est"),
    ("department_zh", "department_en", "days_source"),
)
GROUPS = Layout(
    "groups.csv",
    ("prefix", "zone", "name_zh", "spoken_zh", "name_en", "windows", "matters"),
    ("public_zh", "public_en", "daily_visits_est"),
    ("matter_count",),
)
WINDOWS = Layout(
    "windows.csv",
    ("window", "zone", "kind", "name_zh", "name_en", "row", "col", "departments", "matters", "serves"),
    ("public_zh", "public_en", "floor"),
)
CHAINS = Layout(
    "chains.csv",
    (
        *("chain", "chain_zh", "chain_en", "seq", "stage", "matter_code", "level", "core", "depends_on"),
        *("chain_days_before", "chain_days_after"),
    ),
    ("zone",),
    ("matter_zh", "department", "department_zh", "statutory_days", "previous_promised_days_est", "promised_days"),
    optional_file=True,
)
DEVICES = Layout("devices.csv", ("id", "kind", "zones", "window", "address", "zh"))
ALIASES = Layout("aliases.csv", ("alias", "matters", "groups"), optional_file=True)
LAYOUTS = (ZONES, DEPARTMENTS, MATTERS, GROUPS, WINDOWS, CHAINS, DEVICES, ALIASES)

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
LETTER = Words("A 到 Z 的一个字母，不用 I 和 O", "one letter from A to Z without I and O")
LED_BY = ("comprehensive", "specialist")
POINT_KINDS = ("guide", "complaint", "unattended", "self_service")


class Placed(NamedTuple, Generic[T]):
    """A struct and the row it came from."""

    value: T
    row: Row


def unique(rows: list[Row], make: Callable[[Row], T], key: Callable[[T], str], field: str) -> dict[str, Placed[T]]:
    """Structs by key, in the order of the file; a doubled key is noted and the first row counts."""
    found: dict[str, Placed[T]] = {}
    for row in rows:
        value = make(row)
        name = key(value)
        if not name:
            continue
        if name in found:
            first = found[name].row.line
            row.fault(
                field, Words(f"没有别的行用过（第 {first} 行已有）", f"a value of its own (line {first} has it)")
            )
        else:
            found[name] = Placed(value, row)
    return found


def zone(row: Row) -> Zone:
    """A row of zones.csv; hue, short name and default group are filled in later."""
    return Zone(
        code=row.code("code"),
        zh=row.text("zh"),
        en=row.text("en"),
        letter=_letter(row, "ticket_prefix"),
        led_by=row.choice("led_by", LED_BY),
        windows=row.items("windows", needed=True),
        hue=0,
        default_group="",
        short_zh="",
    )


def _letter(row: Row, field: str) -> str:
    """The letter of a number series."""
    value = row.text(field)
    if value and value not in LETTERS:
        row.fault(field, LETTER)
    return value


def department(row: Row) -> Department:
    """A row of departments.csv."""
    return Department(
        code=row.code("code"),
        zh=row.text("zh"),
        en=row.text("en"),
        zone=row.text("zone"),
        kind=row.choice("kind", ("resident", "comprehensive")),
        also_zones=row.items("also_zones"),
    )


def matter(row: Row) -> Matter:
    """A row of matters.csv; its group is filled in later."""
    initials = row.text("pinyin_initials")
    if initials and not (initials.isascii() and initials.isalnum() and initials == initials.lower()):
        row.fault("pinyin_initials", Words("小写拼音首字母", "pinyin initials in lower case"))
    statutory, promised = row.number("statutory_days"), row.number("promised_days")
    return Matter(
        code=row.code("code"),
        zone=row.text("zone"),
        group="",
        department=row.text("department_code"),
        zh=row.text("matter_zh"),
        en=row.text("matter_en"),
        initials=initials,
        kind=row.choice("kind", LED_BY),
        on_the_spot=row.flag("on_the_spot"),
        statutory_days=statutory,
        promised_days=promised,
        previous_promised_days=row.number("previous_promised_days_est", default=promised),
        typical_minutes=row.number("typical_minutes", above=True),
        papers=row.items("materials_zh"),
        chains=row.items("chains"),
        no_visit=row.flag("no_visit", default=False),
        daily_visits=row.number("daily_visits_est", default=0),
    )


def group(row: Row) -> Group:
    """A row of groups.csv."""
    zh = row.text("name_zh")
    return Group(
        letter=_letter(row, "prefix"),
        zone=row.text("zone"),
        zh=zh,
        spoken_zh=row.text("spoken_zh"),
        en=row.text("name_en"),
        windows=row.items("windows", needed=True),
        matters=row.items("matters", needed=True),
        daily_visits=row.number("daily_visits_est", default=0),
        public_zh=row.text("public_zh", default=zh),
        public_en=row.text("public_en", default=row.text("name_en")),
    )


def window(row: Row) -> Window:
    """A row of windows.csv that is a numbered window."""
    number = row.text("window")
    if number and not (number.isascii() and number.isdecimal() and len(number) <= 4 and int(number)):
        row.fault("window", Words("1 到 4 位的窗口号", "a window number of 1 to 4 digits"))
    zh = row.text("name_zh")
    return Window(
        no=number,
        zone=row.text("zone"),
        kind=WindowKind(row.choice("kind", (*WindowKind, *POINT_KINDS))),
        zh=zh,
        en=row.text("name_en"),
        row=row.whole("row", low=1),
        col=row.whole("col", low=1),
        departments=row.items("departments"),
        matters=frozenset(row.items("matters")),
        serves=row.items("serves"),
        public_zh=row.text("public_zh", default=zh),
        public_en=row.text("public_en", default=row.text("name_en")),
        floor=row.whole("floor", low=1, default=1),
    )


def point(row: Row) -> Point:
    """A row of windows.csv that is a place but no window; its zone is `hall`, it serves `all`."""
    row.choice("zone", ("hall",))
    row.choice("serves", ("all",))
    return Point(
        code=row.code("window"),
        kind=row.choice("kind", POINT_KINDS),
        zh=row.text("name_zh"),
        en=row.text("name_en"),
        row=row.whole("row", low=1),
        col=row.whole("col", low=1),
        floor=row.whole("floor", low=1, default=1),
    )


def step(row: Row) -> ChainStep:
    """The step in a row of chains.csv."""
    return ChainStep(
        seq=row.whole("seq", low=1),
        matter=row.text("matter_code"),
        stage=row.text("stage", default=""),
        level=row.whole("level", low=1),
        core=row.flag("core"),
        depends_on=row.items("depends_on"),
    )


def chain(row: Row, steps: tuple[ChainStep, ...]) -> Chain:
    """The chain in its first row of chains.csv."""
    return Chain(
        code=row.code("chain"),
        zone=row.text("zone", default=""),
        zh=row.text("chain_zh"),
        en=row.text("chain_en"),
        days_before=row.number("chain_days_before"),
        days_after=row.number("chain_days_after"),
        steps=steps,
    )


def device(row: Row) -> Device:
    """A row of devices.csv; zones that follow from others are filled in later."""
    kind = DeviceKind(row.choice("kind", tuple(DeviceKind)))
    return Device(
        id=row.code("id"),
        kind=kind,
        zones=row.items("zones"),
        window=row.text("window", default="") or None,
        address=row.text("address", default=""),
        zh=row.text("zh"),
    )


def alias(row: Row) -> Alias:
    """A row of aliases.csv: an everyday word and what it may mean."""
    value = Alias(word=row.text("alias"), matters=row.items("matters"), groups=row.items("groups"))
    if not value.matters and not value.groups:
        row.fault(
            "matters",
            Words(
                "事项代号，或在 groups 列写业务组字母", "a matter's code, or a group's letter in the column groups"
            ),
        )
    return value
