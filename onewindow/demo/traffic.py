"""The day's traffic (客流): who comes when, for what, and how long it takes. Pure; chance comes from the seed alone.

Arrivals follow the hall's profile: a Poisson process whose rate is constant within each half-hour. Service times
are lognormal around the median of the matter or of the purpose. The same seed gives the same day.
"""

import math
import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, Final, Generic, TypeVar

import msgspec

from onewindow.zones.hours import WEEKDAYS
from onewindow.zones.model import Hall, Profile

T = TypeVar("T")

HALF_HOUR: Final = 1800
"""Seconds."""
WALK_MEDIAN: Final = 20.0
"""Seconds from the seats to a window; an estimate."""
WALK_SIGMA: Final = 0.5
GROUP_SHARE: Final = 0.05
"""Of those with a matter, how many name only its group (业务组); an estimate."""
SECOND_SHARE: Final = 0.05
"""… and how many come with a second matter of their zone; an estimate."""
KIOSK_SHARE: Final = 0.3
"""How many take their number at a kiosk; an estimate."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A person who comes in (来宾)."""

    at: float
    """Seconds since midnight of the profile's day."""
    zone: str
    purpose: str
    """`handle`, `collect` or `consult`."""
    matters: tuple[str, ...] = ()
    group: str | None = None
    """Letter, for somebody who names a group and no matter."""
    applicant: str
    kiosk: bool = False

    @property
    def wants_ticket(self) -> bool:
        """Whether a number is wanted; a question (咨询) is answered at the desk."""
        return self.purpose != "consult"

    def issue(self) -> dict[str, Any]:
        """The body of `POST /api/tickets` that the person's wish becomes."""
        wish: dict[str, Any] = {"purpose": self.purpose, "applicant": self.applicant}
        if self.purpose == "collect":
            return wish | {"zone": self.zone}
        if self.group is not None:
            return wish | {"group": self.group}
        if len(self.matters) > 1:
            return wish | {"matters": list(self.matters)}
        return wish | {"matter": self.matters[0]}


class Traffic:
    """A hall's traffic by its profile. Every draw comes from one seeded generator, in the order of the calls."""

    def __init__(self, hall: Hall, seed: int, *, weekday: int | None = None) -> None:
        """`weekday`: Monday 0; its factor scales the arrivals. None: a day of factor 1."""
        profile = hall.profile
        self.hall = hall
        self.luck = random.Random(seed)  # noqa: S311 - made-up people, no secrets
        self._factor = 1.0 if weekday is None else profile.weekday_factor.get(WEEKDAYS[weekday], 1.0)
        collect = sum(profile.collect_by_zone.values())
        handle = max(0.0, profile.visits_per_day - collect - profile.consult_visits)
        self._purposes = _Wheel({"handle": handle, "collect": collect, "consult": profile.consult_visits})
        self._matters = _Wheel(profile.matter_weights)
        self._collect = _Wheel(profile.collect_by_zone)
        self._by_zone = {
            zone: _Wheel({c: w for c, w in profile.matter_weights.items() if hall.matters[c].zone == zone})
            for zone in hall.zones
        }

    def arrivals(self, start: float, end: float) -> Iterator[Arrival]:
        """Those who come in [start, end), seconds since midnight, in order of time."""
        at = start
        while at < end:
            half_hour = int(at // HALF_HOUR)
            until = min(end, (half_hour + 1) * HALF_HOUR)
            rate = self.rate(half_hour * HALF_HOUR)
            while rate and (at := at + self.luck.expovariate(rate)) < until:
                yield self.arrival(at)
            # Poisson arrivals have no memory: the wait begins anew with the next half-hour's rate.
            at = until

    def rate(self, at: float) -> float:
        """Arrivals a second at this time of the day."""
        minutes = int(at // HALF_HOUR) * 30
        visits = self.hall.profile.half_hours.get(f"{minutes // 60:02}:{minutes % 60:02}", 0.0)
        return visits * self._factor / HALF_HOUR

    def arrival(self, at: float) -> Arrival:
        """Somebody who comes at `at`."""
        luck, profile = self.luck, self.hall.profile
        purpose = self._purposes.spin(luck)
        priority = luck.random() < profile.priority_share
        classes = self.hall.settings.applicants
        applicant = luck.choice(classes[1:] or classes).code if priority else classes[0].code
        kiosk = luck.random() < KIOSK_SHARE and purpose != "consult"
        if purpose == "collect":
            zone = self._collect.spin(luck)
            return Arrival(at=at, zone=zone, purpose=purpose, applicant=applicant, kiosk=kiosk)
        first = self._matters.spin(luck)
        zone = self.hall.matters[first].zone
        if luck.random() < GROUP_SHARE:
            group = self.hall.matters[first].group
            if self.hall.groups[group].windows:
                return Arrival(at=at, zone=zone, purpose=purpose, group=group, applicant=applicant, kiosk=kiosk)
        matters: tuple[str, ...] = (first,)
        if luck.random() < SECOND_SHARE and (second := self._by_zone[zone].spin(luck)) != first:
            matters = (first, second)
        return Arrival(at=at, zone=zone, purpose=purpose, matters=matters, applicant=applicant, kiosk=kiosk)

    def service_minutes(
        self, *, matter: str | None = None, group: str | None = None, purpose: str = "handle"
    ) -> float:
        """Minutes at the window, drawn around the median of the purpose, the matter or the group's matters."""
        return self._lognormal(median_minutes(self.hall, matter, group, purpose), self.hall.profile.service_sigma)

    def walk_seconds(self) -> float:
        """Seconds from the call until the person stands at the window."""
        return self._lognormal(WALK_MEDIAN, WALK_SIGMA)

    def chance(self, share: float) -> bool:
        """Whether what happens with this share happens now."""
        return self.luck.random() < share

    def _lognormal(self, median: float, sigma: float) -> float:
        return self.luck.lognormvariate(math.log(median), sigma)


def median_minutes(hall: Hall, matter: str | None, group: str | None, purpose: str) -> float:
    """The median minutes at the window, as the hall's files say."""
    known = hall.purpose(purpose)
    if known is not None and known.minutes is not None:
        return known.minutes
    if matter is not None:
        return hall.matters[matter].typical_minutes
    codes = hall.groups[group].matters if group is not None else ()
    weights = [max(hall.profile.matter_weights.get(code, 0.0), 1e-9) for code in codes]
    if not codes:
        return 5.0
    return sum(w * hall.matters[c].typical_minutes for c, w in zip(codes, weights, strict=True)) / sum(weights)


def busiest_half_hour(profile: Profile) -> int:
    """When the half-hour with the most arrivals begins: seconds since midnight."""
    busiest = max(profile.half_hours, key=lambda key: profile.half_hours[key])
    return seconds_of(busiest)


def seconds_of(clock: str) -> int:
    """Seconds since midnight of "HH:MM". Raises ValueError."""
    hours, _, minutes = clock.partition(":")
    if not 0 <= int(hours) <= 24 or not 0 <= int(minutes) < 60:
        raise ValueError(clock)
    return int(hours) * 3600 + int(minutes) * 60


def busy_spans(profile: Profile) -> list[tuple[int, int]]:
    """The stretches of the day in which people come, [start, end) in seconds since midnight, in order."""
    spans: list[tuple[int, int]] = []
    for key in sorted(key for key, visits in profile.half_hours.items() if visits > 0):
        start = seconds_of(key)
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], start + HALF_HOUR)
        else:
            spans.append((start, start + HALF_HOUR))
    return spans


class _Wheel(Generic[T]):
    """Draws by weight."""

    def __init__(self, weights: dict[T, float]) -> None:
        self._things = [thing for thing, weight in weights.items() if weight > 0]
        self._sums = list(accumulate(weight for weight in weights.values() if weight > 0))

    def spin(self, luck: random.Random) -> T:
        """One of the things; raises IndexError when none has a weight."""
        return luck.choices(self._things, cum_weights=self._sums)[0]
