"""Breaking a copy of the sample hall, one fault at a time, and saying exactly what the loader must report."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from onewindow.zones.load import FILES

ROOT = Path(__file__).resolve().parents[2]
ANQIU = ROOT / "halls" / "anqiu"
SMALL = ROOT / "halls" / "small"


class Report(NamedTuple):
    """A fault without its words."""

    file: str
    line: int
    field: str
    found: str


Break = Callable[[Path], set[Report]]
"""Damages the hall in a folder and returns what must be reported."""


def copy_hall(source: Path, target: Path) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if (source / name).exists():
            shutil.copyfile(source / name, target / name)
    return target


def line_of(file: str, key: str, source: Path = ANQIU) -> int:
    """The line of the row that begins with `key`, counted in the untouched hall."""
    lines = (source / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(key + ","))


def cell(
    file: str, key: str, column: str, value: str | Callable[[str], str], *more: Report, found: str | None = None
) -> Break:
    """Put `value` into a cell of the row that begins with `key`; found is the value unless it is given."""

    def damage(folder: Path) -> set[Report]:
        path, line = folder / file, line_of(file, key)
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        place = rows[0].index(column)
        rows[line - 1][place] = value(rows[line - 1][place]) if callable(value) else value
        _write(path, rows)
        return {Report(file, line, column, str(rows[line - 1][place]) if found is None else found), *more}

    return damage


def also(file: str, key: str, column: str, value: str | Callable[[str], str]) -> Break:
    """Change a cell without a fault of its own, to make room for another one."""
    change = cell(file, key, column, value)

    def damage(folder: Path) -> set[Report]:
        change(folder)
        return set()

    return damage


def says(file: str, line: int, field: str, found: str) -> Break:
    """Changes nothing: what another change makes the loader say."""
    return lambda folder: {Report(file, line, field, found)}


def added(extra: str) -> Callable[[str], str]:
    """A list with one more entry."""
    return lambda value: f"{value}；{extra}" if value else extra


def without(entry: str) -> Callable[[str], str]:
    """A list without one entry."""
    return lambda value: "；".join(part for part in value.split("；") if part != entry)


def text(file: str, old: str, new: str, field: str, found: str, *, at: str | None = None, down: int = 0) -> Break:
    """Replace the first `old` in a file. The fault is on the line of `at` (else of `old`), `down` lines further."""

    def damage(folder: Path) -> set[Report]:
        path = folder / file
        content = path.read_text(encoding="utf-8")
        untouched = (ANQIU / file).read_text(encoding="utf-8")
        assert old in content, old
        line = untouched[: untouched.index(at or old)].count("\n") + 1 + down
        path.write_text(content.replace(old, new, 1), encoding="utf-8")
        return {Report(file, line, field, found)}

    return damage


def appended(file: str, row: str, *reports: tuple[str, str]) -> Break:
    """Add a row at the end of a table; `reports` are field and found on that row."""

    def damage(folder: Path) -> set[Report]:
        path = folder / file
        content = path.read_text(encoding="utf-8")
        path.write_text(content + row + "\n", encoding="utf-8")
        return {Report(file, content.count("\n") + 1, field, found) for field, found in reports}

    return damage


def all_of(*breaks: Break) -> Break:
    """Several at once."""

    def damage(folder: Path) -> set[Report]:
        return set().union(*(one(folder) for one in breaks))

    return damage


def first_row(file: str, key: str) -> str:
    """The row of the untouched hall that begins with `key`."""
    return (ANQIU / file).read_text(encoding="utf-8").split("\n")[line_of(file, key) - 1]


def _write(path: Path, rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
