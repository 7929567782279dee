"""Searches that ended in no ticket (未果查找): what people called a thing that the hall's files don't know yet.

One JSON object a line in `searches.ndjson`: the business day and what was typed. Nobody's name, no time of day, no
device; what could be somebody's number, card or address never gets in.
"""

import re
import threading
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec

from onewindow.guide_desk.line_file import ROTATE_BYTES, LineFile

LONGEST: Final = 80
"""Characters of a search that are taken at all."""
DAYS: Final = 30
MOST_SHOWN: Final = 200
_PERSONAL: Final = re.compile(r"\d{5}|@|://|\d{4}-\w\d")
"""Numbers of cards and telephones, addresses, tickets."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log (未果查找)."""

    day: str
    query: str


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A search and how often it ended in no ticket (未果次数)."""

    query: str
    count: int
    last_day: str


def stored_form(query: str) -> str:
    """The search as it is kept: in lower case, single spaces; empty if it may be about a person or says nothing."""
    plain = " ".join(query.lower().split())
    return "" if len(plain) < 2 or _PERSONAL.search(plain) else plain


class SearchLog:
    """The log in a data directory; append-only. Its methods block and may be called from any thread."""

    def __init__(self, folder: Path, rotate_bytes: int = ROTATE_BYTES) -> None:
        self._lines = LineFile(folder, "searches", Search, synced=False, rotate_bytes=rotate_bytes)
        self._lock = threading.Lock()

    def add(self, day: str, query: str) -> bool:
        """Append a search of this business day; False when it must not be kept. Raises OSError."""
        plain = stored_form(query)
        if not plain:
            return False
        with self._lock:
            if self._lines.full:
                self._lines.begin_anew()
            self._lines.append(Search(day=day, query=plain))
        return True

    def missed(self, today: str) -> list[Missed]:
        """The searches of the last 30 days up to `today`, the most frequent first. Raises OSError."""
        since = (date.fromisoformat(today) - timedelta(days=DAYS - 1)).isoformat()
        with self._lock:
            lines = list(self._lines)
        return counted(search for search in lines if since <= search.day <= today)[:MOST_SHOWN]


def counted(searches: Iterable[Search]) -> list[Missed]:
    """How often each was looked for, the most frequent first, then the most recent."""
    found: dict[str, Missed] = {}
    for search in searches:
        old = found.get(search.query)
        last = max(old.last_day, search.day) if old else search.day
        found[search.query] = Missed(query=search.query, count=old.count + 1 if old else 1, last_day=last)
    by_name = sorted(found.values(), key=lambda one: one.query)
    return sorted(by_name, key=lambda one: (one.count, one.last_day), reverse=True)
