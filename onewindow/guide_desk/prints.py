"""What was printed, and the paper that is left (打印记录和纸量): one JSON object a line in `prints.ndjson`.

A line is a slip that was handed to a printer, or a new roll. Who printed a slip again, and when, is on record; the
paper left is counted from the roll's length and each slip's own. Both outlive a restart and the day.
"""

import threading
from pathlib import Path
from typing import Final

import msgspec

from onewindow.guide_desk.line_file import ROTATE_BYTES, LineFile

USUAL_MM: Final = 175
"""Length of a slip with its feed before the cut, mm, until a roll has printed some of its own."""
ENOUGH: Final = 5
"""So many slips of a roll tell how long its slips are."""


class PrintLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the record (打印记录)."""

    at: int
    """ms."""
    printer: str
    by: str
    """The principal: "guide:li"."""
    ticket: str = ""
    """Empty: a new roll."""
    outcome: str = ""
    """`printed`, `failed`, or `page`: a page printed it itself."""
    code: str = ""
    """Why it failed, or `paper_low`."""
    mm: int = 0
    """Paper that it took."""
    nth: int = 0
    """The how-manieth printing of this ticket; from 2 on a reprint (重打)."""
    roll_mm: int = 0
    """Length of a new roll."""


class Roll(msgspec.Struct):
    """The paper of one printer (纸卷)."""

    at: int | None = None
    """When it was put in, ms; None: nobody has said so yet."""
    length_mm: int = 0
    used_mm: int = 0
    slips: int = 0
    trouble: str = ""
    """Why the last slip failed; empty when it didn't."""
    trouble_at: int = 0
    says_low: bool = False
    """The printer's own sensor."""

    @property
    def left(self) -> int | None:
        """Slips for which there is paper; None when no roll was noted."""
        if self.at is None:
            return None
        usual = self.used_mm / self.slips if self.slips >= ENOUGH else USUAL_MM
        return max(0, int((self.length_mm - self.used_mm) / usual))

    def fold(self, line: PrintLine) -> None:
        """Take a line in."""
        if line.roll_mm:
            self.at, self.length_mm, self.used_mm, self.slips = line.at, line.roll_mm, 0, 0
            self.trouble, self.says_low = "", False
        elif line.outcome == "failed":
            if not self.trouble:
                self.trouble_at = line.at
            self.trouble = line.code or "failed"
        else:
            self.used_mm += line.mm
            self.slips += 1
            self.trouble, self.says_low = "", line.code == "paper_low"


class PrintLog:
    """The record in a data directory; append-only, each line synced. Its methods block; any thread may call them."""

    def __init__(self, folder: Path, rotate_bytes: int = ROTATE_BYTES) -> None:
        """Read what is there. Raises OSError."""
        self._lines = LineFile(folder, "prints", PrintLine, synced=True, rotate_bytes=rotate_bytes)
        self._lock = threading.Lock()
        self._rolls: dict[str, Roll] = {}
        self._times: dict[str, int] = {}
        for line in self._lines:
            self._fold(line)

    def printed(
        self, at: int, printer: str, ticket: str, by: str, outcome: str, *, code: str = "", mm: int = 0
    ) -> PrintLine:
        """Note that a slip was handed to a printer. Raises OSError."""
        with self._lock:
            nth = self._times.get(ticket, 0) + 1
            line = PrintLine(at=at, printer=printer, by=by, ticket=ticket, outcome=outcome, code=code, mm=mm, nth=nth)
            self._write(line)
            return line

    def new_roll(self, at: int, printer: str, by: str, mm: int) -> None:
        """Note a new roll of this length. Raises OSError."""
        with self._lock:
            self._write(PrintLine(at=at, printer=printer, by=by, roll_mm=mm))

    def roll(self, printer: str) -> Roll:
        """The paper of a printer, a copy."""
        with self._lock:
            return msgspec.structs.replace(self._rolls.get(printer, Roll()))

    def of_ticket(self, ticket: str) -> list[PrintLine]:
        """Each printing of a ticket, the oldest first. Raises OSError."""
        with self._lock:
            return [line for line in self._lines if line.ticket == ticket]

    def _fold(self, line: PrintLine) -> None:
        self._rolls.setdefault(line.printer, Roll()).fold(line)
        if line.ticket:
            self._times[line.ticket] = line.nth

    def _write(self, line: PrintLine) -> None:
        if self._lines.full:
            self._rotate(line.at)
        self._lines.append(line)
        self._fold(line)

    def _rotate(self, at: int) -> None:
        """Begin a new file with what is left of each roll, so that it can be understood without the old ones."""
        self._lines.begin_anew()
        for printer, roll in self._rolls.items():
            if roll.at is not None and (left := roll.length_mm - roll.used_mm) > 0:
                carried = PrintLine(at=at, printer=printer, by="", roll_mm=left)
                self._lines.append(carried)
                roll.fold(carried)
