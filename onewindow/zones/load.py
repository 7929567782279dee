"""Loading a hall (载入大厅): from a folder of files to one frozen `Hall`, or every fault of the files at once."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import TypeVar

import msgspec

from onewindow.zones import profile, settings
from onewindow.zones.chain_checks import check_chains, check_devices
from onewindow.zones.draft import Draft, read_draft
from onewindow.zones.faults import Fault, Faults, HallFileError, Words
from onewindow.zones.model import Chain, Device, DeviceKind, Group, Hall, Matter, Zone
from onewindow.zones.references import check_references
from onewindow.zones.rows import LAYOUTS, Placed

T = TypeVar("T")

FILES = (settings.FILE, *(layout.file for layout in LAYOUTS), profile.FILE)
"""The files that a hall consists of; anything else in the folder, such as a README, is left alone."""

__all__ = ["FILES", "Fault", "HallFileError", "load_hall"]


def load_hall(path: Path) -> Hall:
    """Load the hall in the folder `path`.

    Raises `HallFileError`, whose `faults` name every fault of every file with line, field and what was expected.
    The only function of the core that touches the disk.
    """
    faults = Faults()
    if not path.is_dir():
        faults.add(str(path), 0, "", "", Words("大厅文件所在的目录", "a folder with the hall's files"))
        faults.raise_any()
    draft = read_draft(path, faults)
    check_references(draft)
    check_chains(draft)
    check_devices(draft)
    faults.raise_any()
    return _hall(draft, _digest(path))


def _digest(folder: Path) -> str:
    """SHA-256 over names and bytes of the hall's files, sorted by name; lengths keep them apart."""
    digest = hashlib.sha256()
    for name in sorted(FILES):
        if (folder / name).is_file():
            data = (folder / name).read_bytes()
            digest.update(f"{name}\n{len(data)}\n".encode())
            digest.update(data)
    return digest.hexdigest()


def _hall(draft: Draft, digest: str) -> Hall:
    """The hall of a draft without faults."""
    assert draft.settings is not None and draft.profile is not None
    groups = _values(draft.groups)
    group_of = {code: group.letter for group in groups.values() for code in group.matters}
    matters = {
        code: msgspec.structs.replace(matter, group=group_of[code]) for code, matter in _values(draft.matters).items()
    }
    windows = _values(draft.windows)
    zones = _zones(draft, groups)
    return Hall(
        settings=draft.settings.settings,
        zones=zones,
        groups=groups,
        departments=_values(draft.departments),
        matters=matters,
        windows=windows,
        points=_values(draft.points),
        chains=_chains(draft, matters),
        devices={
            code: _with_zones(device, tuple(zones), windows[device.window].zone if device.window else None)
            for code, device in _values(draft.devices).items()
        },
        profile=draft.profile.profile,
        digest=digest,
        aliases=tuple(_values(draft.aliases).values()),
    )


def _values(placed: dict[str, Placed[T]] | None) -> dict[str, T]:
    """The structs without their rows."""
    assert placed is not None
    return {code: value for code, (value, _) in placed.items()}


def _zones(draft: Draft, groups: dict[str, Group]) -> dict[str, Zone]:
    """The zones with colour, short name and default group: the zone's first, unless the settings name one."""
    assert draft.settings is not None
    zones = {}
    for hue, (code, zone) in enumerate(_values(draft.zones).items(), start=1):
        said = draft.settings.zones.get(code)
        first = next(group.letter for group in groups.values() if group.zone == code)
        zones[code] = msgspec.structs.replace(
            zone,
            hue=hue,
            short_zh=(said and said.short_zh) or zone.zh,
            default_group=(said and said.default_group) or first,
            volume=said.volume if said else None,
            rate=said.rate if said else None,
            short_en=(said and said.short_en) or zone.en,
        )
    return zones


def _chains(draft: Draft, matters: dict[str, Matter]) -> dict[str, Chain]:
    """The chains with their steps; the zone, unless the file names it, is that of most of the steps."""
    assert draft.steps is not None
    chains = {}
    for code, chain in _values(draft.chains).items():
        steps = tuple(step for step, _ in draft.steps[code])
        most = Counter(matters[step.matter].zone for step in steps).most_common(1)[0][0]
        chains[code] = msgspec.structs.replace(chain, zone=chain.zone or most, steps=steps)
    return chains


def _with_zones(device: Device, every: tuple[str, ...], zone_of_window: str | None) -> Device:
    """The device with its zones: a window screen's follow from its window, an empty list means the whole hall."""
    if device.kind is DeviceKind.WINDOW_SCREEN and zone_of_window is not None:
        return msgspec.structs.replace(device, zones=(zone_of_window,))
    return device if device.zones else msgspec.structs.replace(device, zones=every)
