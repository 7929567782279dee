"""CSV tables with line numbers (表格文件): strict cells, every wrong one noted, neutral values in its place.

A cell that cannot be used yields a neutral value ("", 0, NaN or the first choice), so that reading goes on and the
report is complete; `Faults.raise_any` ends the loading afterwards, no neutral value ever leaves the loader.
"""

import csv
import difflib
import io
import math
import re
from pathlib import Path
from typing import NamedTuple

from onewindow.zones.faults import Faults, Words, one_of, read_utf8

SEPARATOR = "；"
"""Separates the entries of a list inside a cell."""

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
"""What codes look like: they travel in addresses, journals and file names."""


class Layout(NamedTuple):
    """The columns of a table: needed ones, optional ones, and remarks that people may keep there, not read."""

    file: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    optional_file: bool = False
    """The file may be absent: the table is then empty."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the file may have."""
        return self.needed + self.optional + self.remarks


class Row:
    """One row of a table; its getters check a cell and note what is wrong with it."""

    def __init__(self, file: str, line: int, cells: dict[str, str], faults: Faults) -> None:
        self.file = file
        self.line = line
        self._cells = cells
        self._faults = faults

    def fault(self, field: str, expected: Words, found: object = None) -> None:
        """Note a fault of this row; `found` is the cell unless it is given."""
        self._faults.add(
            self.file, self.line, field, self._cells.get(field, "") if found is None else found, expected
        )

    def peek(self, field: str) -> str:
        """The cell as it stands, unchecked; empty when its column is absent."""
        return self._cells.get(field, "")

    def text(self, field: str, *, default: str | None = None) -> str:
        """A cell that must hold text; with a `default` it may be empty or its column absent."""
        value = self._cells.get(field)
        if not value and default is not None:
            return default
        if value == "":
            self.fault(field, Words("文字", "some text"))
        return value or ""

    def code(self, field: str) -> str:
        """A code: Latin letters, digits, `_ . -`, at most 40."""
        value = self.text(field)
        if value and not CODE.fullmatch(value):
            self.fault(field, Words("由字母、数字和 _ . - 组成的代号", "a code of letters, digits and _ . -"))
        return value

    def choice(self, field: str, choices: tuple[str, ...], *, default: str | None = None) -> str:
        """One of `choices`."""
        value = self._cells.get(field)
        if not value and default is not None:
            return default
        if value is not None and value not in choices:
            self.fault(field, one_of(choices))
        return value if value in choices else choices[0]

    def flag(self, field: str, *, default: bool | None = None) -> bool:
        """`true` or `false`."""
        return (
            self.choice(field, ("false", "true"), default=None if default is None else str(default).lower()) == "true"
        )

    def number(self, field: str, *, low: float = 0, above: bool = False, default: float | None = None) -> float:
        """A finite decimal number of at least `low` (more than `low` if `above`); without a unit, without a comma."""
        text = self._cells.get(field)
        if not text and default is not None:
            return default
        if text is None:
            return math.nan
        try:
            value = float(text) if re.fullmatch(r"[+-]?[0-9.eE+-]+", text) else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < low or (above and value == low):
            bound = Words(
                f"{'大于' if above else '不小于'} {low:g} 的数字",
                f"a number {'above' if above else 'of at least'} {low:g}",
            )
            self.fault(field, bound)
            return math.nan
        return value

    def whole(self, field: str, *, low: int = 0, default: int | None = None) -> int:
        """A whole number of at least `low`."""
        text = self._cells.get(field)
        if not text and default is not None:
            return default
        if text is not None and (not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < low):
            self.fault(field, Words(f"不小于 {low} 的整数", f"a whole number of at least {low}"))
            return 0
        return 0 if text is None else int(text)

    def items(self, field: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list, separated by `；`; no empty entry, none twice."""
        text = self._cells.get(field, "")
        items = tuple(part.strip() for part in text.split(SEPARATOR)) if text else ()
        if needed and not items and field in self._cells:
            self.fault(
                field,
                Words(
                    f"至少一项（多项用{SEPARATOR}分隔）", f"at least one entry (several are separated by {SEPARATOR})"
                ),
            )
        if "" in items:
            self.fault(
                field,
                Words(
                    f"没有空项的列表（用{SEPARATOR}分隔）", f"a list without empty entries (separated by {SEPARATOR})"
                ),
            )
        for item in sorted({item for item in items if item and items.count(item) > 1}):
            self.fault(field, Words("每项只出现一次", "each entry once"), item)
        return tuple(dict.fromkeys(item for item in items if item))


class Table(NamedTuple):
    """The rows of a table, and whether file and needed columns are all there: if not, nothing can be concluded."""

    rows: list[Row]
    complete: bool


def read_table(folder: Path, layout: Layout, faults: Faults) -> Table:
    """Read a table; missing files and columns, and rows of the wrong length, are noted.

    Empty lines are passed over; cells are trimmed; a quoted cell may hold line breaks, the row's line is its first.
    """
    path = folder / layout.file
    if layout.optional_file and not path.exists():
        return Table([], complete=True)
    text = read_utf8(path, faults)
    if text is None:
        return Table([], complete=False)
    rows, complete = _records(text, layout.file, faults)
    if not rows:
        header = ",".join(layout.needed)
        faults.add(layout.file, 1, "", "", Words(f"表头：{header}", f"a header: {header}"))
        return Table([], complete=False)
    (_, header_cells), *body = rows
    complete &= _check_header(layout, header_cells, faults)
    if len(set(header_cells)) < len(header_cells):
        return Table([], complete=False)
    table = []
    for line, cells in body:
        if len(cells) == len(header_cells):
            table.append(Row(layout.file, line, dict(zip(header_cells, cells, strict=True)), faults))
        else:  # which cell is whose cannot be told, nor what the table would have said
            size = len(header_cells)
            words = Words(f"{size} 列（与表头相同）", f"{size} cells, as in the header")
            faults.add(layout.file, line, "", f"{len(cells)}", words)
            complete = False
    return Table(table, complete)


def _records(text: str, file: str, faults: Faults) -> tuple[list[tuple[int, list[str]]], bool]:
    """Non-empty records with the line on which each begins, and whether the text could be read to its end."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return records, True
        except csv.Error as error:
            faults.add(file, line, "", error, Words("规范的 CSV（检查引号）", "well-formed CSV (look at the quotes)"))
            return records, False
        if any(cells):
            records.append((line, cells))


def _check_header(layout: Layout, header: list[str], faults: Faults) -> bool:
    """Note missing, unknown and doubled columns; whether every needed one is there."""
    for name in sorted(set(header)):
        if header.count(name) > 1:
            faults.add(
                layout.file, 1, name, f"{header.count(name)}", Words("只有一列叫这个名称", "one column of this name")
            )
        if name not in layout.columns:
            faults.add(layout.file, 1, name, name, known_name(name, layout.columns))
    missing = [name for name in layout.needed if name not in header]
    for name in missing:
        faults.add(layout.file, 1, name, "", Words(f"一列名为 {name}", f"a column named {name}"))
    return not missing


def known_name(name: str, known: tuple[str, ...]) -> Words:
    """What was expected instead of an unknown name: the likeliest known one, else all of them."""
    if near := difflib.get_close_matches(name, known, n=1, cutoff=0.6):
        return Words(f" {near[0]}（是不是想写它？）", f"{near[0]} (did you mean it?)")
    return one_of(known)
