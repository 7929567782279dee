"""Sections of a keyed file (设置文件的小节): typed, checked reading of `hall.toml` and `profile.json`.

Like a table's row, a section yields a neutral value for one that cannot be used and notes the fault, with the line of
the key. Keys that nobody asked for are faults too: a misspelt setting must not be passed over in silence.
"""

import math
import re
from collections.abc import Iterator, Mapping

from onewindow.zones.faults import Faults, Words, one_of
from onewindow.zones.key_lines import Path
from onewindow.zones.tables import CODE, known_name

Number = int | float


class Document:
    """A file that has been parsed: its name, the lines of its keys, the faults, and which keys were asked for."""

    def __init__(self, file: str, lines: Mapping[Path, int], faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self.asked: set[str] = set()
        """Every key that the program knows, dotted, without the index of a list."""
        self._lines = lines

    def fault(self, path: Path, expected: Words, found: object) -> None:
        """Note a fault at a key; the line is the key's, or that of the nearest section around it."""
        near = next((self._lines[path[:size]] for size in range(len(path), 0, -1) if path[:size] in self._lines), 0)
        self.faults.add(self.file, near, dotted(path), found, expected)


def dotted(path: Path) -> str:
    """The path as people write it: `applicants[2].code`."""
    return re.sub(r"\.\[", "[", ".".join(f"[{part + 1}]" if isinstance(part, int) else part for part in path))


class Section:
    """One table of the file; read each key once, then `close`."""

    def __init__(self, document: Document, path: Path, values: Mapping[str, object]) -> None:
        self._document = document
        self._path = path
        self._values = values
        self._known: list[str] = []

    def fault(self, key: str, expected: Words, found: object = None) -> None:
        """Note a fault at `key`; `found` is its value unless it is given."""
        value = self._values.get(key, "") if found is None else found
        self._document.fault((*self._path, key), expected, _shown(value))

    def close(self, *unread: str) -> None:
        """Note every key that was not asked for and is not among the `unread` ones that may stand there."""
        known = (*self._known, *unread)
        for key in self._values:
            if key not in known:
                self.fault(key, known_name(key, known), key)

    def text(self, key: str, default: str | None = None, *, blank: bool = False) -> str:
        """A text; empty only if `blank`."""
        value = self._get(key, default, Words("文字（加引号）", "a text in quotes"))
        if not isinstance(value, str) or (not value.strip() and not blank):
            if value is not None:
                self.fault(key, Words("文字（加引号）", "a text in quotes"))
            return default or ""
        return value

    def code(self, key: str) -> str:
        """A code: Latin letters, digits, `_ . -`, at most 40."""
        value = self.text(key)
        if value and not CODE.fullmatch(value):
            self.fault(key, Words("由字母、数字和 _ . - 组成的代号", "a code of letters, digits and _ . -"))
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of `choices`."""
        value = self._get(key, default, one_of(choices))
        if value not in choices:
            self.fault(key, one_of(choices))
            return default
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default, one_of(("true", "false")))
        if not isinstance(value, bool):
            self.fault(key, one_of(("true", "false")))
            return default
        return value

    def number(self, key: str, default: float | None = None, *, low: float = 0, high: float = 1e9) -> float:
        """A number in [low, high]."""
        words = _range(Words("数字", "a number"), low, high)
        value = self._get(key, default, words)
        if isinstance(value, bool) or not isinstance(value, Number) or not low <= value <= high:
            if value is not None:
                self.fault(key, words)
            return math.nan
        return float(value)

    def optional_number(self, key: str, *, low: float = 0) -> float | None:
        """A number of at least `low`, or None when the key is absent."""
        self._ask(key)
        return self.number(key, low=low) if key in self._values else None

    def whole(self, key: str, default: int | None = None, *, low: int = 0, high: int = 10**9) -> int:
        """A whole number in [low, high]."""
        words = _range(Words("整数", "a whole number"), low, high)
        value = self._get(key, default, words)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            if value is not None:
                self.fault(key, words)
            return low
        return value

    def optional_whole(self, key: str, *, low: int = 0, high: int = 10**9) -> int | None:
        """A whole number in [low, high], or None when the key is absent."""
        self._ask(key)
        return self.whole(key, low=low, high=high) if key in self._values else None

    def entries(
        self, key: str, default: tuple[object, ...] | None = None, *, filled: bool = False
    ) -> tuple[object, ...]:
        """A list of any values, none twice; with `filled` at least one."""
        words = (
            Words("至少有一项的列表 […]", "a list […] with at least one entry")
            if filled
            else Words("列表 […]", "a list […]")
        )
        value = self._get(key, default, words)
        if not isinstance(value, list | tuple) or (filled and not value):
            if value is not None:
                self.fault(key, words)
            return ()
        for entry in value:
            if list(value).count(entry) > 1:
                self.fault(key, Words("每项只出现一次", "each entry once"), entry)
        return tuple(value)

    def pair(self, key: str) -> tuple[int, int] | None:
        """Two whole numbers from 1, equal ones too; None for `[]`, which is the default."""
        words = Words("[行, 列]，都从 1 起；没有就写 []", "[row, column], both from 1; [] for none")
        value = self._get(key, (), words)
        if isinstance(value, list | tuple) and not value:
            return None
        whole = isinstance(value, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in value)
        if not whole or not isinstance(value, list) or len(value) != 2 or min(value) < 1:
            self.fault(key, words)
            return None
        return value[0], value[1]

    def texts(self, key: str, default: tuple[str, ...] | None = None, *, filled: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        values = self.entries(key, default, filled=filled)
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.fault(key, Words("文字的列表", "a list of texts"), value)
        return tuple(value for value in values if isinstance(value, str))

    def section(self, key: str, *, optional: bool = False) -> "Section":
        """A section within this one; empty, with a fault unless `optional`, when it is absent or no section."""
        value = self._get(key, {} if optional else None, Words("一个小节", "a section"))
        if value is not None and not isinstance(value, dict):
            self.fault(key, Words("一个小节", "a section"))
        return Section(self._document, (*self._path, key), value if isinstance(value, dict) else _Missing())

    def sections(self, key: str) -> "Iterator[Section]":
        """The sections of an array of tables, at least one."""
        words = Words(f"至少一个 [[{key}]]", f"at least one [[{key}]]")
        value = self._get(key, None, words)
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            if value is not None:
                self.fault(key, words)
            return
        for index, entry in enumerate(value):
            yield Section(self._document, (*self._path, key, index), entry)

    def numbers(self, key: str, *, low: float = 0) -> dict[str, float]:
        """A section whose keys are data (codes, hours): each with a number of at least `low`."""
        inner = self.section(key)
        return {name: inner.number(name, low=low) for name in inner.keys()}  # noqa: SIM118 (a section is no mapping)

    def keys(self) -> tuple[str, ...]:
        """The keys that stand in the file."""
        return tuple(self._values)

    def _ask(self, key: str) -> None:
        self._known.append(key)
        self._document.asked.add(".".join(part for part in (*self._path, key) if isinstance(part, str)))

    def _get(self, key: str, default: object, expected: Words) -> object:
        """The value, or the default; None, noted, when there is neither. In a missing section nothing is noted."""
        self._ask(key)
        if key in self._values:
            return self._values[key]
        if default is None and not isinstance(self._values, _Missing):
            self.fault(key, expected, "")
        return default


class _Missing(dict[str, object]):
    """The values of a section that is absent: its absence is one fault, not one for each key."""


def _range(kind: Words, low: float, high: float) -> Words:
    """The words for a number in a range."""
    if high >= 10**9:
        return Words(f"不小于 {low:g} 的{kind.zh}", f"{kind.en} of at least {low:g}")
    return Words(f"{low:g} 到 {high:g} 的{kind.zh}", f"{kind.en} from {low:g} to {high:g}")


def _shown(value: object) -> object:
    """A value as the file writes it."""
    return str(value).lower() if isinstance(value, bool) else value
