"""An installed hall (已装的大厅): a copy of it to load, and whether a running one serves real visitors.

A copy has the hall's files without its printers' addresses, its accounts, settings and recorded voice, and none of
its days: no visitor's record is copied, nothing is printed, and the hall itself is only read.
"""

import csv
import io
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from onewindow.queue.journal import StoredCommit
from onewindow.queue.upcast import Chain

LEFT_OUT: Final = (".journal", ".journal-wal", ".journal-shm", ".journal.lock", ".alive", ".lock", ".log")
"""What a hall's days and its running server leave in the data folder."""
NOT_COPIED: Final = ("voice", "outlook")
"""Folders that are made anew: rendered sounds, what was learnt from the hall's days."""
STORE: Final = "store.sqlite"
OURS: Final = ("load-", "system")
"""How those are named who act for a load test, or for nobody."""


def copied_hall(hall: Path, to: Path) -> Path:
    """Copy the hall's files; its printers are no device of the copy's server any more."""
    shutil.copytree(hall, to)
    devices = to / "devices.csv"
    if devices.exists():
        # As the hall's files are read: UTF-8, with or without a mark, and any line ends.
        rows = list(csv.reader(io.StringIO(devices.read_text(encoding="utf-8-sig"), newline="")))
        kind, address = (rows[0].index(name) if name in rows[0] else -1 for name in ("kind", "address"))
        for row in rows[1:]:
            if 0 <= max(kind, address) < len(row) and min(kind, address) >= 0 and row[kind].strip() == "printer":
                row[address] = ""
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(rows)
        devices.write_text(out.getvalue(), encoding="utf-8")
    return to


def taking_numbers(files: Path) -> None:
    """Let no group of the copied hall stop by itself because its queue would pass closing time.

    Its forecast reckons with minutes of service, of which a compressed hour has seconds: it would stop groups whose
    queue is served in time, sooner or later by the time of day and the pace.
    """
    settings = files / "hall.toml"
    text, line = settings.read_text(encoding="utf-8-sig"), "stop_intake_by_forecast = false"
    text, found = re.subn(r"^\s*stop_intake_by_forecast\s*=.*$", line, text, flags=re.MULTILINE)
    if not found:
        text, found = re.subn(r"^\s*\[timing\].*$", f"[timing]\n{line}", text, flags=re.MULTILINE)
    if not found:
        text += f"\n[timing]\n{line}\n"
    settings.write_text(text, encoding="utf-8")


def copied_data(data: Path, to: Path) -> None:
    """Copy the data folder without the hall's days; the hall may be running. Raises OSError, sqlite3.Error."""
    to.mkdir(parents=True, mode=0o700)
    for path in sorted(data.iterdir()):
        if path.name.startswith(STORE) or path.name.endswith(LEFT_OUT) or path.name in NOT_COPIED:
            continue
        if path.is_dir():
            shutil.copytree(path, to / path.name)
        elif path.is_file():
            shutil.copy2(path, to / path.name)
    if (data / STORE).exists():
        (to / STORE).touch(mode=0o600)
        source = sqlite3.connect(f"{(data / STORE).resolve().as_uri()}?mode=ro", uri=True)
        target = sqlite3.connect(to / STORE)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()


def who_was_here(day: str, code: str, stored: list[StoredCommit]) -> set[str]:
    """Who has done anything on the hall's day besides load tests: a hall with anybody in it is serving."""
    chain = Chain(day, hall=code)
    commits = [chain.follow(one) for one in stored]
    return {entry.by for commit in commits for entry in commit.entries if not entry.by.startswith(OURS)}
