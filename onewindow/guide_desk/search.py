"""Finding a matter (查找事项): by its name, an everyday word, its unit, group, zone or code, typed as it comes."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from onewindow.guide_desk.entries import BEGINNING, TIERS, WHOLE, Entry, Field, entries_of
from onewindow.guide_desk.pinyin import Spot, fuzzy, in_pieces, lie, normal
from onewindow.zones.model import Hall

LONGEST_QUERY = 40
LONGEST_WITH_GAPS = 12
MOST_WORDS = 6
LONG: tuple[Field, ...] = ("department", "zone")
"""Fields whose initials count only from the beginning: such names are long and would fit almost anything."""
RARE = 4.0
"""Taken off for a reading out of context, for example 银行 as yin-xing."""


class Hit(NamedTuple):
    """Where a query was found: the field, its text, and the [start, end) spans to highlight."""

    field: Field
    text: str
    spans: tuple[tuple[int, int], ...]


class Match(NamedTuple):
    """A matter that fits a query: its code, how well (higher is better), and where it was found."""

    matter: str
    score: float
    hits: tuple[Hit, ...]


class _Found(NamedTuple):
    """A matter's best hit for one word of the query."""

    score: float
    entry: Entry
    spots: tuple[Spot, ...]


_Way = Callable[[str], Iterator[_Found]]


class MatterIndex:
    """Search over a hall's matters (事项检索); built once, then pure and deterministic.

    Ranked by how well the query fits, in steps: code, whole name or everyday word, beginning of the name, inside the
    name, beginning of an everyday word, group, department, zone. Within a step the matters that people ask for most
    come first (the profile's weights), then the order of the files.
    """

    def __init__(self, hall: Hall) -> None:
        codes = tuple(hall.matters)
        self._order = {code: place for place, code in enumerate(codes)}
        heaviest = max(hall.profile.matter_weights.values(), default=0) or 1
        self._weight = {code: hall.profile.matter_weights.get(code, 0) / heaviest for code in codes}
        self._parsed = {_parsed(code): code for code in codes}
        self._plain = {code: "".join(normal(code)) for code in codes}
        self._code_entries = {code: Entry("code", code, (code,), ()) for code in codes}
        self._entries = entries_of(hall)
        self._letters = tuple(entry for entry in self._entries if entry.field == "group_letter")
        self._units = tuple(entry for entry in self._entries if entry.field == "department")
        self._starts: dict[str, list[tuple[Entry, int]]] = {}
        for entry in self._entries:
            for position, (character, syllables) in enumerate(entry.units):
                for key in {character, *(syllable[0] for syllable in syllables)}:
                    if key.isalnum():
                        self._starts.setdefault(key, []).append((entry, position))

    def search(self, query: str, limit: int = 12) -> list[Match]:
        """The matters that fit `query`, the best first, at most `limit`; none for an empty query.

        Every word of the query must fit. If nothing fits as typed, pinyin counts as it is spoken (zi for zhi, xin for
        xing), then gaps are allowed (食品许可), then names and everyday words inside a sentence (我要办护照).
        """
        words = normal(query[:LONGEST_QUERY])
        if not words:
            return []
        joined, words = "".join(words), list(dict.fromkeys(words))[:MOST_WORDS]
        found = self._all_words([joined], self._typed)
        spelled_out = bool(found) and all(word.isascii() for word in words)  # yi ge yi ge, as some input methods do
        if len(words) > 1 and not spelled_out:
            for code, hits in self._all_words(words, self._typed).items():
                if code not in found or _score(found[code]) < _score(hits):
                    found[code] = hits
        for way in (self._spoken, self._gapped, self._within):
            found = found or self._all_words(words, way) or self._all_words([joined], way)
        ranked = sorted(found, key=lambda c: (-_score(found[c]), -self._weight[c], self._order[c]))
        return [self._match(code, found[code]) for code in ranked[:limit]]

    def _match(self, code: str, founds: list[_Found]) -> Match:
        """The match that is shown; hits in the same text are put together."""
        spans: dict[tuple[Field, str], set[tuple[int, int]]] = {}
        for found in founds:
            spans.setdefault((found.entry.field, found.entry.text), set()).update(
                (s.start, s.end) for s in found.spots
            )
        hits = tuple(Hit(field, text, tuple(sorted(where))) for (field, text), where in spans.items())
        return Match(code, round(_score(founds) + self._weight[code], 6), hits)

    def _all_words(self, words: list[str], way: _Way) -> dict[str, list[_Found]]:
        """Matters in which every word was found, with the best hit for each word."""
        found: dict[str, list[_Found]] = {}
        for place, word in enumerate(words):
            best: dict[str, _Found] = {}
            for hit in way(word):
                for code in hit.entry.matters:
                    if code not in best or hit.score > best[code].score:
                        best[code] = hit
            found = {code: [*found.get(code, []), hit] for code, hit in best.items() if not place or code in found}
        return found

    def _typed(self, word: str) -> Iterator[_Found]:
        """Hits of a word as it was typed, without a gap; of a code, a group's letter, a unit's short name."""
        for entry, position in self._starts.get(word[0], ()):
            spot = lie(entry.units, position, word)
            if spot is not None and (not word.isascii() or entry.field not in LONG or position in (0, entry.core)):
                yield _Found(entry.score(spot) - RARE * spot.rare, entry, (spot,))
        if len(word) == 1:
            for entry in self._letters:
                if entry.text.lower() == word:
                    yield _Found(entry.tier + WHOLE, entry, (Spot(0, 1, False),))
        if word.isascii() and len(word) > 2:
            yield from self._codes_like(word)
        if len(word) > 2:
            yield from self._short_units(word)

    def _codes_like(self, word: str) -> Iterator[_Found]:
        """The matter with this code (BIZ-001, biz001 and biz1 are the same), and those whose codes begin with it."""
        exact = self._parsed.get(_parsed(word))
        for code, plain in self._plain.items():
            if code == exact:
                yield _Found(TIERS["code"] + WHOLE, self._code_entries[code], (Spot(0, len(code), False),))
            elif plain.startswith(word):
                end = next(n for n in range(len(code) + 1) if "".join(normal(code[:n])) == word)
                tier = TIERS["code"] + BEGINNING if any(map(str.isdecimal, word)) else TIERS["zone"]
                yield _Found(tier, self._code_entries[code], (Spot(0, end, False),))

    def _short_units(self, word: str) -> Iterator[_Found]:
        """A unit's short name, in characters or initials: 人社局, rsj. It begins and ends as the full name does."""
        for entry in self._units:
            text = entry.initials if word.isascii() else entry.plain
            if word[0] != text[0] or word[-1] != text[-1]:
                continue
            spots = in_pieces(text, word, 3, 1)
            if spots and len(spots) > 1 and not spots[0].start and spots[-1].end == len(text):
                yield _Found(entry.tier + 5 - len(spots), entry, _moved(spots, entry.core))

    def _gapped(self, word: str) -> Iterator[_Found]:
        """Hits of characters in up to three pieces; of initials in two, each of at least two."""
        gaps, least = (1, 2) if word.isascii() else (2, 1)
        for entry in self._entries if 2 <= len(word) <= LONGEST_WITH_GAPS else ():
            spots = in_pieces(entry.initials if word.isascii() else entry.plain, word, gaps, least)
            if spots is not None and (entry.field not in LONG or not spots[0].start):
                yield _Found(entry.tier - 10 - len(spots), entry, _moved(spots, entry.core))

    def _spoken(self, word: str) -> Iterator[_Found]:
        """Hits of full pinyin as it is spoken."""
        loose = fuzzy(word)
        for entry in self._entries if word.isascii() and len(word) > 2 else ():
            if (spot := entry.spoken_spot(loose)) is not None:
                yield _Found(entry.score(spot) - 40, entry, (spot,))

    def _within(self, word: str) -> Iterator[_Found]:
        """Names, everyday words and groups that stand inside a longer sentence; the longer the better."""
        for entry in self._entries:
            if entry.field not in LONG and len(entry.text) > 1 and entry.text.lower() in word:
                yield _Found(min(len(entry.text), 15), entry, (Spot(0, len(entry.text), False),))


def _moved(spots: tuple[Spot, ...], by: int) -> tuple[Spot, ...]:
    """Spots in the whole text instead of its core."""
    return tuple(Spot(spot.start + by, spot.end + by, spot.rare) for spot in spots)


def _score(founds: Iterable[_Found]) -> float:
    """A query fits as well as its weakest word."""
    return min(found.score for found in founds)


def _parsed(code: str) -> tuple[str, int] | str:
    """A code as people type it: letters, then a number whose noughts don't count."""
    match = re.fullmatch(r"([a-z]+)[-_. ]*([0-9]+)", code.lower())
    return (match[1], int(match[2])) if match else code.lower()
