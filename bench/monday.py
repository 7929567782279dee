"""The worst half-hour of the profile's Monday (周一高峰) as a guide meets it: who comes, and which keys that takes.

A matter among the hall's twenty most frequent is asked for by the first letters of what people call it; every other
by the letter of its group, as the desk does it in a rush. Chance comes from the seed alone.
"""

import random
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from onewindow.demo.traffic import HALF_HOUR, Arrival, Traffic
from onewindow.guide_desk.entries import Entry
from onewindow.guide_desk.pinyin import Reader
from onewindow.guide_desk.search import MatterIndex
from onewindow.zones.model import Hall

MONDAY: Final = 0
FREQUENT: Final = 20
"""So many matters a guide knows by heart."""
CORRECTED: Final = 5
"""Every fifth slip was wrong."""
LEAST_LETTERS: Final = 3
"""Two letters find too much to be a habit."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the guide does with the keys, the last of which asks the server."""

    kind: Literal["issue", "move", "void", "consult"]
    keys: tuple[str, ...]
    """As Playwright names them."""
    group: str = ""
    matter: str | None = None
    purpose: str = "handle"
    applicant: str = ""
    same: bool = False
    """For the person of the slip before: one visit."""
    person: bool = False
    """A slip that somebody came for, rather than the second try after a voided one."""


def worst_half_hour(hall: Hall) -> int:
    """The half-hour with the most arrivals: seconds since midnight."""
    label = max(hall.profile.half_hours, key=lambda name: hall.profile.half_hours[name])
    return int(label[:2]) * 3600 + int(label[3:]) * 60


def slips_of(hall: Hall) -> int:
    """How many people come in that half-hour of a Monday, on average."""
    return round(Traffic(hall, 0, weekday=MONDAY).rate(worst_half_hour(hall)) * HALF_HOUR)


class Monday:
    """The acts of the half-hour."""

    def __init__(self, hall: Hall, seed: int) -> None:
        self._hall = hall
        self._traffic = Traffic(hall, seed, weekday=MONDAY)
        self._luck = random.Random(seed)
        self._keys = {one.code: one.key for one in hall.settings.applicants}
        weights = hall.profile.matter_weights
        frequent = sorted(weights, key=lambda code: weights[code], reverse=True)[:FREQUENT]
        index = MatterIndex(hall)
        self._words = {code: word for code in frequent if (word := _word(hall, index, code))}
        self._letters = [letter for letter, group in hall.groups.items() if group.windows]

    def acts(self, slips: int) -> Iterator[Act]:
        """Acts until so many slips were asked for; questions that come between are answered, too."""
        asked = 0
        begin = worst_half_hour(self._hall)
        while asked < slips:
            arrival = self._traffic.arrival(begin)
            if not arrival.wants_ticket:
                yield Act(kind="consult", keys=("F8",))
                continue
            for act in self._slips(arrival)[: slips - asked]:
                asked += 1
                yield act
                if asked % CORRECTED == 0:
                    yield from self._correction(act, asked)

    def _slips(self, arrival: Arrival) -> list[Act]:
        matters = arrival.matters or (None,)
        return [self._slip(arrival, matter, second) for second, matter in enumerate(matters)]

    def _slip(self, arrival: Arrival, matter: str | None, second: int) -> Act:
        hall = self._hall
        group = hall.matters[matter].group if matter else arrival.group or hall.zones[arrival.zone].default_group
        word = self._words.get(matter or "")
        typed = (word or group).lower()
        collect = arrival.purpose == "collect"
        standard = arrival.applicant == hall.settings.applicants[0].code
        key = () if standard else (self._keys[arrival.applicant],)
        return Act(
            kind="issue",
            keys=(*(("F3",) if second else ()), *key, *typed, "F9" if collect else "Enter"),
            group=group,
            matter=matter if word else None,
            purpose=arrival.purpose,
            applicant=arrival.applicant,
            same=second > 0,
            person=True,
        )

    def _correction(self, act: Act, asked: int) -> Iterator[Act]:
        """By turns: moved to another group, and voided and asked for anew."""
        if asked % (2 * CORRECTED):
            letter = self._luck.choice([one for one in self._letters if one != act.group])
            yield Act(kind="move", keys=("F6", letter.lower(), "Enter"), group=letter)
        else:
            yield Act(kind="void", keys=("Control+z",))
            keys = tuple(key for key in act.keys if key != "F3")
            yield msgspec.structs.replace(act, keys=keys, same=False, person=False)


def _word(hall: Hall, index: MatterIndex, code: str) -> str:
    """The fewest letters that find this matter first; empty when none do."""
    matter = hall.matters[code]
    words = [matter.initials[:size] for size in range(LEAST_LETTERS, 9)]
    reader = Reader()
    known = (alias.word for alias in hall.aliases if code in alias.matters)
    words += [Entry("alias", word, (), reader.units(word)).initials for word in known]
    for word in sorted((w for w in words if w.isascii() and w.isalpha()), key=len):
        found = index.search(word, 1)
        if len(word) >= LEAST_LETTERS and found and found[0].matter == code and _by_its_own(found[0].hits[0].field):
            return word.lower()
    return ""


def _by_its_own(field: str) -> bool:
    """Not by its group's or zone's name, which the page puts above the matters."""
    return field not in ("group", "zone")
