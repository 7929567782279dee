"""A paired screen and its settings (已配对的屏): what it is, where it stands, how it looks. Pure.

The settings are no part of any day: they lie in the store, beside the accounts
(docs/adr/0020-screens-in-the-store.md).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from onewindow.access.principal import Role
from onewindow.zones.model import DeviceKind, Hall

LONGEST_NAME: Final = 24


class Kind(StrEnum):
    """What a screen is (屏幕用途)."""

    HALL = "hall"
    ZONE = "zone"
    WINDOW = "window"
    RATING = "rating"
    KIOSK = "kiosk"
    SPEAKER = "speaker"


class Layout(StrEnum):
    """How a board is laid out (版式)."""

    STANDARD = "standard"
    CALLS = "calls"
    """The hall's board with its calls alone."""
    OPEN = "open"
    """A zone's board without its closed windows."""


class Theme(StrEnum):
    """A screen's colours (配色)."""

    STANDARD = "standard"
    """As its page is made: night for boards, paper for a kiosk."""
    DAY = "day"
    CONTRAST = "contrast"


class Language(StrEnum):
    """What a screen is written in (语言)."""

    BOTH = "both"
    """Chinese, with English beside it."""
    ZH = "zh"
    EN = "en"
    """English, with Chinese beside it, for the kinds in `ENGLISH`."""


KIND_ZH: Final = {
    Kind.HALL: "大厅总屏",
    Kind.ZONE: "分区屏",
    Kind.WINDOW: "窗口条屏",
    Kind.RATING: "评价器",
    Kind.KIOSK: "自助取号机",
    Kind.SPEAKER: "扬声器",
}
IN_ZONE: Final = (Kind.ZONE, Kind.SPEAKER)
AT_WINDOW: Final = (Kind.WINDOW, Kind.RATING)
LAYOUTS: Final = {Kind.HALL: (Layout.STANDARD, Layout.CALLS), Kind.ZONE: (Layout.STANDARD, Layout.OPEN)}
"""What a kind can be laid out as; the others have one layout."""
ENGLISH: Final = (Kind.HALL, Kind.ZONE, Kind.WINDOW, Kind.RATING)
"""Kinds that can be written in English first; the others are in both languages instead."""
OF_DEVICE: Final = {
    DeviceKind.HALL_SCREEN: Kind.HALL,
    DeviceKind.ZONE_SCREEN: Kind.ZONE,
    DeviceKind.WINDOW_SCREEN: Kind.WINDOW,
    DeviceKind.SPEAKER: Kind.SPEAKER,
    DeviceKind.KIOSK: Kind.KIOSK,
}
"""Which kind a device of the hall's files is."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """What a supervisor sets (屏幕设置)."""

    zh: str
    """Its name, as it says it large when it is identified."""
    kind: Kind
    zone: str | None = None
    """For a zone's board or loudspeaker."""
    window: str | None = None
    """For a strip or an evaluation device, as in the hall's files."""
    device: str | None = None
    """Which device of the hall's files it is; None: one of its own."""
    sound: bool = False
    """Whether a zone's board is its loudspeaker, too."""
    volume: int = 100
    """Percent, of what the loudspeaker would sound like."""
    layout: Layout = Layout.STANDARD
    theme: Theme = Theme.STANDARD
    language: Language = Language.BOTH


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A paired screen (已配对的屏), as the store keeps it; times in seconds since the epoch."""

    id: str
    """`s-` and eight hexadecimal digits."""
    token: str
    """The id of its token."""
    made: int
    until: int
    """When its token ends by itself."""
    by: str
    """Who paired it."""
    settings: Settings
    rev: int = 1
    """Counts the changes of its settings."""
    changed_by: str = ""

    @property
    def board(self) -> bool:
        """Whether it follows a channel of the hall's state, so that it can be behind."""
        return self.settings.kind in (Kind.HALL, Kind.ZONE, Kind.WINDOW)

    @property
    def device(self) -> str:
        """The name under which it is known: that of the hall's device, else its own."""
        return self.settings.device or self.id

    @property
    def role(self) -> Role:
        """What its token may do."""
        return {Kind.KIOSK: Role.KIOSK, Kind.SPEAKER: Role.SPEAKER}.get(self.settings.kind, Role.SCREEN)


class Fault(Exception):
    """Settings that the hall can't have: which member, and the sentence in Chinese and English."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(f"{path}: {en}")
        self.path = path
        self.zh = zh
        self.en = en


def checked(hall: Hall, wanted: Settings, others: Iterable[Screen]) -> Settings:
    """The settings, without what their kind doesn't have. Raises Fault. `others`: the other screens."""
    name = " ".join(wanted.zh.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Fault("zh", f"名称要 1–{LONGEST_NAME} 个字", f"a name takes 1 to {LONGEST_NAME} characters")
    if not 0 <= wanted.volume <= 100:
        raise Fault("volume", "音量是 0–100", "the volume is 0 to 100")
    zone = wanted.zone if wanted.kind in IN_ZONE else None
    if wanted.kind in IN_ZONE and zone not in hall.zones:
        raise Fault("zone", "请选一个分区", "choose a zone of the hall")
    window = None
    if wanted.kind in AT_WINDOW:
        found = hall.window_named(wanted.window or "")
        if found is None:
            raise Fault("window", "请选一个窗口", "choose a window of the hall")
        window = found.no
    _check_device(hall, wanted, others)
    layouts = LAYOUTS.get(wanted.kind, (Layout.STANDARD,))
    return msgspec.structs.replace(
        wanted,
        zh=name,
        zone=zone,
        window=window,
        device=wanted.device or None,
        sound=wanted.sound and wanted.kind is Kind.ZONE,
        layout=wanted.layout if wanted.layout in layouts else Layout.STANDARD,
        language=Language.BOTH if wanted.language is Language.EN and wanted.kind not in ENGLISH else wanted.language,
    )


def _check_device(hall: Hall, wanted: Settings, others: Iterable[Screen]) -> None:
    if not wanted.device:
        return
    known = hall.devices.get(wanted.device)
    if known is None or OF_DEVICE.get(known.kind) is not wanted.kind:
        raise Fault(
            "device", "设备清单里没有这样一块屏，请重选", "the hall's devices.csv has no such device of this kind"
        )
    holder = next((other for other in others if other.settings.device == wanted.device), None)
    if holder is not None:
        raise Fault(
            "device",
            f"“{known.zh}”已经是“{holder.settings.zh}”，请先解除那块屏的配对",
            f"{wanted.device} is already paired as {holder.id}; unpair that one first",
        )


def page_of(settings: Settings) -> str:
    """The address of the page that a screen shows."""
    match settings.kind:
        case Kind.HALL:
            return "/screens/hall"
        case Kind.ZONE:
            return f"/screens/zones/{settings.zone}" + ("?speaker=1" if settings.sound else "")
        case Kind.WINDOW:
            return f"/screens/windows/{settings.window}"
        case Kind.RATING:
            return f"/windows/{settings.window}/device"
        case Kind.KIOSK:
            return "/kiosk"
        case Kind.SPEAKER:
            return f"/speaker/{settings.zone}"


def place_of(hall: Hall, settings: Settings) -> str:
    """What it is and where, in words: 「分区屏 · 商事登记区」."""
    words = KIND_ZH[settings.kind]
    if settings.zone is not None and settings.zone in hall.zones:
        return f"{words} · {hall.zones[settings.zone].short_zh}"
    return f"{words} · {settings.window} 号窗口" if settings.window is not None else words
