"""The morning check (开门前检查): which devices are tried, what was found of each, and what to do about it. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from onewindow.zones.calendar import closing_of, is_working_day, opening_of
from onewindow.zones.model import Device, DeviceKind, Hall

REMIND_MINUTES: Final = 20
"""So long before opening the supervisor's page begins to ask for the check."""
SCREENS: Final = (DeviceKind.HALL_SCREEN, DeviceKind.ZONE_SCREEN, DeviceKind.WINDOW_SCREEN)


class Verdict(StrEnum):
    """What was found of a device (结果)."""

    TRYING = "trying"
    GOOD = "good"
    BAD = "bad"
    BY_HAND = "by_hand"
    """No machine can tell: somebody must look, and say so."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A device and what was found of it (单项结果)."""

    device: str
    zh: str
    kind: str
    """`screen`, `speaker`, `printer`, `kiosk`."""
    verdict: Verdict = Verdict.TRYING
    what_zh: str = ""
    what_en: str = ""
    todo_zh: str = ""
    todo_en: str = ""
    seen_by: str = ""
    """Who has looked at what no machine can tell."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check of the whole hall (一次检查); times in ms."""

    day: str
    by: str
    """The principal's name."""
    began: int
    ended: int | None = None
    devices: tuple[Found, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many devices were found so."""
        return sum(found.verdict is verdict for found in self.devices)

    def of(self, device: str) -> Found | None:
        """What was found of a device."""
        return next((found for found in self.devices if found.device == device), None)

    def having(self, *fresh: Found) -> "Check":
        """The check with these devices' findings in place of their old ones."""
        by_name = {found.device: found for found in fresh}
        return msgspec.structs.replace(self, devices=tuple(by_name.get(d.device, d) for d in self.devices))


def to_try(hall: Hall, speakers: Iterable[str]) -> tuple[Found, ...]:
    """Every loudspeaker, screen, printer and kiosk of the hall, in this order; those of the files in theirs.

    `speakers`: the loudspeakers' names; one that the files don't list is named after its zones' page.
    """
    names = dict.fromkeys(speakers)
    found = [
        Found(device=name, zh=hall.devices[name].zh if name in hall.devices else name, kind="speaker")
        for name in names
    ]
    found += [Found(device=d.id, zh=d.zh, kind="screen") for d in hall.devices.values() if d.kind in SCREENS]
    for kind in (DeviceKind.PRINTER, DeviceKind.KIOSK):
        found += [Found(device=d.id, zh=d.zh, kind=kind.value) for d in hall.devices.values() if d.kind is kind]
    return tuple(found)


def page_of(device: Device) -> str:
    """The address at which a screen of the hall is opened, with its name."""
    if device.kind is DeviceKind.WINDOW_SCREEN and device.window is not None:
        return f"/screens/windows/{device.window}?device={device.id}"
    if device.kind is DeviceKind.ZONE_SCREEN and device.zones:
        return f"/screens/zones/{device.zones[0]}?device={device.id}"
    return f"/screens/hall?device={device.id}"


def sentence_of(hall: Hall, zones: Iterable[str]) -> str:
    """What the loudspeaker of these zones says: 「测试，综合便民区音响正常」."""
    names = "、".join(hall.zones[code].short_zh for code in zones)
    return f"测试，{names}{'' if names.endswith('区') else '区'}音响正常"


def is_due(hall: Hall, day: str, now: int, last: Check | None) -> bool:
    """Whether the supervisor should be asked to check: from 20 minutes before opening until it is done that day."""
    if last is not None and last.day == day and last.ended is not None:
        return False
    settings = hall.settings
    begins = opening_of(settings, day) - REMIND_MINUTES * 60_000
    return is_working_day(settings, day) and begins <= now < closing_of(settings, day)
