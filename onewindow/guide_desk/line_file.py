"""A file of lines (逐行文件): one JSON object a line, only appended; begun anew when it has grown, the last one kept.

What a power failure or a full disk has cut off is passed over, and swallows no other line.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

ROTATE_BYTES = 5 * 1024 * 1024
"""A file that has grown to this size becomes `<name>.1.ndjson`; the one of before is given up."""


class LineFile(Generic[T]):
    """`<folder>/<name>.ndjson`. Its methods block and raise OSError; whoever has several threads takes a lock."""

    def __init__(
        self, folder: Path, name: str, kind: type[T], *, synced: bool, rotate_bytes: int = ROTATE_BYTES
    ) -> None:
        """`synced`: a line is on the disk when `append` returns."""
        self._file = folder / f"{name}.ndjson"
        self._older = folder / f"{name}.1.ndjson"
        self._decoder = msgspec.json.Decoder(kind)
        self._synced = synced
        self._rotate_bytes = rotate_bytes
        self._whole = not self._file.exists() or self._file.read_bytes().endswith(b"\n")

    def __iter__(self) -> Iterator[T]:
        """The whole lines of both files, in their order."""
        for file in (self._older, self._file):
            if file.exists():
                yield from self._lines(file)

    @property
    def full(self) -> bool:
        """Whether it is time for a new file."""
        return self._file.exists() and self._file.stat().st_size >= self._rotate_bytes

    def begin_anew(self) -> None:
        """Put the file away, in the place of the one before."""
        self._file.replace(self._older)
        self._whole = True

    def append(self, line: T) -> None:
        """Add a line."""
        whole, self._whole = self._whole, False
        with self._file.open("ab") as file:
            file.write((b"" if whole else b"\n") + msgspec.json.encode(line) + b"\n")
            if self._synced:
                file.flush()
                os.fsync(file.fileno())
        self._whole = True

    def _lines(self, file: Path) -> Iterator[T]:
        with file.open("rb") as lines:
            for line in lines:
                try:
                    yield self._decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
