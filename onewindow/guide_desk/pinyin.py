"""Readings of Chinese text (拼音), computed once, and how a typed query lies over them.

A person types characters, whole syllables or initials, mixed as it comes: 营业执照, yingyezhizhao, yyzz, 营yezz.
One character of the text takes the character itself, one of its syllables, or a syllable's initial from the query;
the query's last syllable may be unfinished.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from onewindow.guide_desk.readings import Readings, look_up

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")

Unit = tuple[str, tuple[str, ...]]
"""A character in lower case, and its syllables: the one that fits the context first."""


class Spot(NamedTuple):
    """Where a query lies in a text: [start, end) in characters; `rare` if it needed a reading out of context."""

    start: int
    end: int
    rare: bool


class Reader:
    """Readings of texts; each character's heteronyms (多音字) are looked up once."""

    def __init__(self, known: Readings | None = None) -> None:
        """`known`: readings that were looked up before; others are looked up when asked for."""
        self._known = known or Readings()
        self._syllables: dict[str, tuple[str, ...]] = {}

    def units(self, text: str, initials: str = "") -> tuple[Unit, ...]:
        """The text's characters with their readings.

        `initials`, one letter for each letter or character of the text, decide between heteronyms where they are
        given: the hall's files know that 种畜禽 begins with zh, c, q.
        """
        wanted = iter(initials)
        units: list[Unit] = []
        for run in _RUNS.findall(text.lower()):
            context = self._in_context(run) if _CHINESE.match(run) else []
            for place, character in enumerate(run):
                known = self._of(character)
                first = next(wanted, "") if character.isalnum() else ""
                fitting = context[place : place + 1] if len(context) == len(run) else []
                if not all(reading.startswith(first) for reading in fitting):
                    fitting = [syllable for syllable in known if syllable.startswith(first)][:1] or fitting
                units.append((character, tuple(dict.fromkeys((*fitting, *known)))))
        return tuple(units)

    def _in_context(self, run: str) -> list[str]:
        found = self._known.runs.get(run)
        return look_up([run]).runs.get(run, []) if found is None else found

    def _of(self, character: str) -> tuple[str, ...]:
        """All syllables of a Chinese character; none for anything else. 旅 is typed lv or lu."""
        if character not in self._syllables:
            found = self._known.characters.get(character)
            if found is None and _CHINESE.match(character):
                found = look_up([character]).characters.get(character)
            plain = found or []
            self._syllables[character] = (*plain, *(s.replace("v", "u") for s in plain if s in ("lv", "nv")))
        return self._syllables[character]


def normal(query: str) -> list[str]:
    """The words of a query: full-width forms narrowed, lower case, without the marks that an IME puts in."""
    text = unicodedata.normalize("NFKC", query).lower().replace("ü", "v")
    kept = (character if character.isalnum() else " " if character not in "'’`-_·" else "" for character in text)
    return "".join(kept).split()


def fuzzy(text: str) -> str:
    """Pinyin as many speak it: no difference between zh and z, ch and c, sh and s, -ng and -n."""
    for strict, loose in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in")):
        text = text.replace(strict, loose)
    return text


def lie(units: tuple[Unit, ...], start: int, query: str) -> Spot | None:
    """The query laid over the units from `start` on without a gap; None if it doesn't fit.

    Readings in context are preferred. Every (character, letter) is tried once, so the work grows with the product of
    the two lengths whatever is typed.
    """
    lay = _lay(units, start, query, 0, {})
    return None if lay is None else Spot(start, lay[0], lay[1])


_Lay = tuple[int, bool]
"""Where a part of the query ends, and whether it needed a reading out of context."""


def _lay(
    units: tuple[Unit, ...], position: int, query: str, at: int, tried: dict[tuple[int, int], _Lay | None]
) -> _Lay | None:
    """The rest of the query from the letter `at` on, over the units from `position` on."""
    while position < len(units) and not units[position][0].isalnum():
        position += 1
    if position == len(units):
        return None
    if (position, at) in tried:
        return tried[position, at]
    best: _Lay | None = None
    for taken, odd in _takes(*units[position], query, at):
        rest = (
            (position + 1, False) if at + taken == len(query) else _lay(units, position + 1, query, at + taken, tried)
        )
        if rest is not None and (best is None or best[1]):
            best = (rest[0], rest[1] or odd)
            if not best[1]:
                break
    tried[position, at] = best
    return best


def _takes(character: str, syllables: tuple[str, ...], query: str, at: int) -> Iterable[tuple[int, bool]]:
    """How many letters of the query one character may take, and whether by a reading out of context."""
    if query[at] == character:
        yield 1, False
    left = len(query) - at
    for index, syllable in enumerate(syllables):
        if query[at] != syllable[0]:
            continue
        if query.startswith(syllable, at):
            yield len(syllable), index > 0
        elif left < len(syllable) and syllable.startswith(query[at:]):
            yield left, index > 0
        if syllable[1:2] == "h" and query.startswith(syllable[:2], at) and len(syllable) > 2:
            yield 2, index > 0
        if len(syllable) > 1:
            yield 1, index > 0


def in_pieces(text: str, query: str, gaps: int, least: int) -> tuple[Spot, ...] | None:
    """The query in pieces of at least `least` letters that stand in `text` in this order, at most `gaps` between.

    Letter for letter, the longest first piece first; None if it doesn't fit. 食品许可 stands in 食品经营许可证核发
    with one gap, and so do their initials.
    """
    if query[:least] not in text:
        return None
    for size in range(len(query), least - 1, -1):
        if size < len(query) and (not gaps or len(query) - size < least):
            continue
        place = text.find(query[:size])
        if place < 0:
            continue
        end = place + size
        rest = in_pieces(text[end:], query[size:], gaps - 1, least) if size < len(query) else ()
        if rest is not None:
            return (Spot(place, end, False), *(Spot(s.start + end, s.end + end, s.rare) for s in rest))
    return None
