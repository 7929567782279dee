"""Faults in a hall's files (大厅文件的错误): what is wrong, where, and what was expected, in Chinese and English."""

from pathlib import Path
from typing import NamedTuple


class Words(NamedTuple):
    """One phrase in both languages (双语)."""

    zh: str
    en: str


class Fault(NamedTuple):
    """One fault (一处错误) of one file.

    `line` is 1-based, the header of a table is line 1; 0 means the whole file. `field` is the column, or the dotted
    key of `hall.toml` and `profile.json`, or empty when the fault is the whole file's. `found` is what stands there,
    empty for nothing. `expected` completes the sentence in English, `expected_zh` in Chinese.
    """

    file: str
    line: int
    field: str
    found: str
    expected: str
    expected_zh: str

    def english(self) -> str:
        """The fault as an English sentence: "matters.csv:17: kind: found 'x', expected …"."""
        found = f"found {self.found!r}" if self.found else "found nothing"
        return f"{self._place()}{found}, expected {self.expected}"

    def chinese(self) -> str:
        """The fault as a Chinese sentence: 「matters.csv:17: kind: 现为“x”，应为……」."""
        found = f"现为“{self.found}”" if self.found else "现在没有内容"
        return f"{self._place()}{found}，应为{self.expected_zh}"

    def _place(self) -> str:
        """File, line and field, in the form that editors turn into a link."""
        return (
            ": ".join([f"{self.file}:{self.line}" if self.line else self.file, *([self.field] if self.field else [])])
            + ": "
        )


class HallFileError(Exception):
    """A hall's files cannot be used (大厅文件有误): `faults` holds every fault of all files, by file and line."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{fault.english()}\n    {fault.chinese()}" for fault in faults))


class Faults:
    """Gathers faults while the files are read, so that the operator sees all of them at once."""

    def __init__(self) -> None:
        self._found: set[Fault] = set()

    def add(self, file: str, line: int, field: str, found: object, expected: Words) -> None:
        """Note one fault; the same fault noted twice counts once."""
        self._found.add(Fault(file, line, field, shortened(str(found)), expected.en, expected.zh))

    def raise_any(self) -> None:
        """Raise `HallFileError` with all faults, in the order of files and lines, if there is one."""
        if self._found:
            raise HallFileError(tuple(sorted(self._found)))


def shortened(text: str, limit: int = 60) -> str:
    """`text`, cut at `limit` characters with an ellipsis: a pasted page must not flood the report."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_utf8(path: Path, faults: Faults) -> str | None:
    """The text of a file in UTF-8, with or without a byte-order mark; None with a fault if it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.add(path.name, 0, "", "" if isinstance(error, FileNotFoundError) else error.strerror, A_FILE)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(path.name, line, "", f"0x{data[error.start]:02x}", UTF8)
        return None


A_FILE = Words("可读的文件", "a readable file")
UTF8 = Words("UTF-8 编码（另存为 UTF-8）", "UTF-8 (save the file as UTF-8)")


def one_of(words: list[str] | tuple[str, ...]) -> Words:
    """The phrase "a, b or c" in both languages."""
    if len(words) < 2:
        return Words("".join(words), "".join(words))
    return Words("、".join(words[:-1]) + f" 或 {words[-1]}", ", ".join(words[:-1]) + f" or {words[-1]}")
