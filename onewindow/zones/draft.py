"""The hall as read, before it is known to be whole (草稿): tables that may be missing, with their rows."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from onewindow.zones import rows
from onewindow.zones.faults import Faults, Words
from onewindow.zones.model import Alias, Chain, ChainStep, Department, Device, Group, Matter, Point, Window, Zone
from onewindow.zones.profile import ProfileFile, read_profile
from onewindow.zones.rows import Placed
from onewindow.zones.settings import SettingsFile, read_settings
from onewindow.zones.tables import Layout, Row, Table, read_table

T = TypeVar("T")


class Draft(NamedTuple):
    """What could be read. A table is None when its file or a needed column is missing: nothing follows from it."""

    faults: Faults
    zones: dict[str, Placed[Zone]] | None
    departments: dict[str, Placed[Department]] | None
    matters: dict[str, Placed[Matter]] | None
    groups: dict[str, Placed[Group]] | None
    windows: dict[str, Placed[Window]] | None
    points: dict[str, Placed[Point]] | None
    chains: dict[str, Placed[Chain]] | None
    steps: dict[str, list[Placed[ChainStep]]] | None
    devices: dict[str, Placed[Device]] | None
    aliases: dict[str, Placed[Alias]] | None
    settings: SettingsFile | None
    profile: ProfileFile | None


def read_draft(folder: Path, faults: Faults) -> Draft:
    """Read every file of the hall; cells and keys are checked, references between files are not yet."""

    def table(layout: Layout) -> Table:
        return read_table(folder, layout, faults)

    zones, departments, matters = table(rows.ZONES), table(rows.DEPARTMENTS), table(rows.MATTERS)
    groups, places, chains = table(rows.GROUPS), table(rows.WINDOWS), table(rows.CHAINS)
    devices, aliases = table(rows.DEVICES), table(rows.ALIASES)
    points = [row for row in places.rows if row.peek("kind") in rows.POINT_KINDS]
    windows = [row for row in places.rows if row.peek("kind") not in rows.POINT_KINDS]
    chain_dict, step_dict = _read_chains(chains.rows)
    return Draft(
        faults=faults,
        zones=_whole(zones, rows.unique(zones.rows, rows.zone, lambda z: z.code, "code")),
        departments=_whole(departments, rows.unique(departments.rows, rows.department, lambda d: d.code, "code")),
        matters=_whole(matters, rows.unique(matters.rows, rows.matter, lambda m: m.code, "code")),
        groups=_whole(groups, rows.unique(groups.rows, rows.group, lambda g: g.letter, "prefix")),
        windows=_whole(places, rows.unique(windows, rows.window, lambda w: w.no, "window")),
        points=_whole(places, rows.unique(points, rows.point, lambda p: p.code, "window")),
        chains=_whole(chains, chain_dict),
        steps=_whole(chains, step_dict),
        devices=_whole(devices, rows.unique(devices.rows, rows.device, lambda d: d.id, "id")),
        aliases=_whole(aliases, rows.unique(aliases.rows, rows.alias, lambda a: a.word, "alias")),
        settings=read_settings(folder, faults),
        profile=read_profile(folder, faults),
    )


def _whole(table: Table, found: T) -> T | None:
    """What was found, unless the table is incomplete."""
    return found if table.complete else None


def _read_chains(table: list[Row]) -> tuple[dict[str, Placed[Chain]], dict[str, list[Placed[ChainStep]]]]:
    """Chains by code with their steps in the order of the file; what every row of a chain repeats must agree."""
    chains: dict[str, Placed[Chain]] = {}
    steps: dict[str, list[Placed[ChainStep]]] = {}
    for row in table:
        chain, step = rows.chain(row, ()), rows.step(row)
        if chain.code not in chains:
            chains[chain.code] = Placed(chain, row)
        first = chains[chain.code].row
        for field in ("zone", "chain_zh", "chain_en", "chain_days_before", "chain_days_after"):
            if row.peek(field) != first.peek(field):
                row.fault(
                    field,
                    Words(
                        f"与第 {first.line} 行相同：{first.peek(field)}",
                        f"{first.peek(field)!r} as in line {first.line}",
                    ),
                )
        steps.setdefault(chain.code, []).append(Placed(step, row))
    return chains, steps


def refer(row: Row, field: str, codes: Iterable[str], known: Iterable[str] | None, file: str) -> tuple[str, ...]:
    """The codes that stand in another file; the others are noted. With `known` None nothing is noted."""
    if known is None:
        return ()
    known = set(known)
    for code in codes:
        if code and code not in known:
            row.fault(field, Words(f"{file} 中有的代号", f"one that stands in {file}"), code)
    return tuple(code for code in codes if code in known)
