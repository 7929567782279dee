"""What the search looks through (检索词条): names, everyday words, groups, departments, zones; with readings."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Literal

from onewindow.guide_desk.pinyin import Reader, Spot, Unit, fuzzy
from onewindow.guide_desk.readings import Readings, look_up_apart
from onewindow.zones.model import Hall

Field = Literal["code", "name", "alias", "group", "group_letter", "department", "zone"]
"""Which of a matter's texts was found."""

TIERS: dict[Field, float] = {
    "code": 80,
    "name": 60,
    "alias": 50,
    "group_letter": 75,
    "group": 40,
    "department": 30,
    "zone": 20,
}
WHOLE, BEGINNING = 20.0, 10.0
"""Added when the query is the whole text, and when it is its beginning."""


class Entry:
    """A text to be found, and the matters that it stands for."""

    __slots__ = ("bounds", "core", "field", "initials", "matters", "plain", "spoken", "text", "tier", "units")

    def __init__(
        self, field: Field, text: str, matters: tuple[str, ...], units: tuple[Unit, ...], core: int = 0
    ) -> None:
        self.field: Field = field
        self.text = text
        self.matters = matters
        """Codes, in the order of the files."""
        self.tier = TIERS[field]
        self.units = units
        self.core = core
        """Where the text proper begins: after 安丘市 in the name of a department."""
        self.plain = "".join(character for character, _ in units[core:])
        """The text proper in lower case."""
        self.initials = "".join(readings[0][0] if readings else character for character, readings in units[core:])
        """Its pinyin initials, one for each character."""
        syllables = [fuzzy(readings[0]) if readings else character for character, readings in units]
        self.spoken = "".join(syllables)
        """The text in pinyin as many speak it."""
        self.bounds = (0, *accumulate(len(syllable) for syllable in syllables))
        """Where each character's syllable begins in `spoken`, and its end."""

    def score(self, spot: Spot) -> float:
        """How well a query fits that lies at `spot`."""
        begins = spot.start in (0, self.core)
        return self.tier + (WHOLE if begins and spot.end == len(self.text) else BEGINNING if begins else 0)

    def spoken_spot(self, loose: str) -> Spot | None:
        """Where pinyin as it is spoken stands, from the beginning of a character; None if it doesn't."""
        place = self.spoken.find(loose)
        while place >= 0:
            if place in self.bounds:
                end = next(n for n, bound in enumerate(self.bounds) if bound >= place + len(loose))
                return Spot(self.bounds.index(place), end, False)
            place = self.spoken.find(loose, place + 1)
        return None


def entries_of(hall: Hall) -> tuple[Entry, ...]:
    """All entries of a hall."""
    return tuple(_entries(hall, Reader(look_ahead(hall))))


def look_ahead(hall: Hall) -> Readings:
    """The readings of a hall's texts; half a second the first time, of another process."""
    texts = _Texts()
    for _ in _entries(hall, texts):
        pass
    return look_up_apart(texts.found)


class _Texts:
    """In a reader's place: notes what is to be read."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def units(self, text: str, initials: str = "") -> tuple[Unit, ...]:
        self.found.append(text)
        return ()


def _entries(hall: Hall, reader: Reader | _Texts) -> Iterator[Entry]:
    for matter in hall.matters.values():
        yield Entry("name", matter.zh, (matter.code,), reader.units(matter.zh, matter.initials))
    for alias in hall.aliases:
        members = tuple(code for letter in alias.groups for code in hall.groups[letter].matters)
        codes = tuple(dict.fromkeys((*alias.matters, *(() if alias.matters else members))))
        yield Entry("alias", alias.word, codes, reader.units(alias.word))
    for group in hall.groups.values():
        for text in dict.fromkeys((group.zh, group.spoken_zh)):
            yield Entry("group", text, group.matters, reader.units(text))
        yield Entry("group_letter", group.letter, group.matters, ())
    place = _place(tuple(department.zh for department in hall.departments.values()))
    for department in hall.departments.values():
        codes = tuple(matter.code for matter in hall.matters.values() if matter.department == department.code)
        core = department.zh.find(place) + len(place) if place and place in department.zh[:-1] else 0
        core = core if core < len(department.zh) - 1 else 0
        yield Entry("department", department.zh, codes, reader.units(department.zh), core)
    for zone in hall.zones.values():
        codes = tuple(matter.code for matter in hall.matters.values() if matter.zone == zone.code)
        for text in dict.fromkeys((zone.short_zh, zone.zh)):
            yield Entry("zone", text, codes, reader.units(text))


def _place(names: tuple[str, ...]) -> str:
    """The place that most units' names begin with, for example 安丘市; empty if there is none."""
    best = ""
    for size in range(2, 7):
        for start in dict.fromkeys(name[:size] for name in names if len(name) > size + 1):
            if sum(name.startswith(start) for name in names) * 2 > len(names):
                best = start
    return best
