"""Drawing a day's trace from a hall's profile (抽取一天的来客). The same seed, day and zone give the same visitors.

Arrivals are a Poisson process with the profile's half-hour rates, the weekday's factor, and a factor of the day and
zone. Each day and zone has its own stream of chance, hashed from the seed, so that days are independent of each other
and of how many are drawn. Nothing depends on the rule or on the windows: these are the people.
"""

import datetime
import math
from collections.abc import Iterator
from random import Random

from onewindow.forecast.trace import Back, Step, Visit
from onewindow.queue.capability import COLLECT
from onewindow.study.errands import Errands, Wanted
from onewindow.study.habits import Habits
from onewindow.zones.hours import WEEKDAYS, minute_of
from onewindow.zones.model import Hall

MINUTE = 60_000
HALF_HOUR = 30 * MINUTE
APPOINTMENT = "appointment"


class Drawer:
    """Draws days of a hall."""

    def __init__(self, hall: Hall, habits: Habits, seed: int) -> None:
        self.hall, self.habits, self.seed = hall, habits, seed
        profile = hall.profile
        self.errands = {zone: Errands(hall, zone, habits) for zone in hall.zones}
        self.rates = [((minute_of(key) or 0) * MINUTE, visits) for key, visits in sorted(profile.half_hours.items())]
        self.arrivals = sum(visits for _, visits in self.rates) or 1.0
        classes = hall.settings.applicants
        self.standard = classes[0].code
        self.priority = [a.code for a in classes[1:] if a.credit_minutes > 0 and a.code != APPOINTMENT]
        self.appointments = habits.appointments if any(a.code == APPOINTMENT for a in classes) else 0.0
        purpose = hall.purpose(COLLECT)
        self.collect_median = purpose.minutes if purpose is not None and purpose.minutes is not None else 2.5

    def day(self, day: str) -> list[Visit]:
        """Everybody who comes on that day (ISO date) and wants a number, in the order of arrival."""
        weekday = datetime.date.fromisoformat(day).weekday()
        factor = self.hall.profile.weekday_factor.get(WEEKDAYS[weekday], 1.0) * self.habits.load
        visits: list[Visit] = []
        for zone in self.hall.zones:
            # A text is hashed by SHA-512 when it seeds, so that neighbouring days have nothing in common.
            luck = Random(f"{self.seed}/{day}/{zone}")  # noqa: S311 - made-up people, no secrets
            today = factor * max(0.0, luck.gauss(1.0, self.habits.day_spread))
            people = self.errands[zone].people * today
            visits += [self._person(luck, zone, at) for at in self._times(luck, people)]
            collects = self.hall.profile.collect_by_zone.get(zone, 0.0) * today
            visits += [self._collect(luck, zone, at) for at in self._times(luck, collects)]
        return sorted(visits, key=lambda visit: visit.at_ms)

    def _times(self, luck: Random, people: float) -> Iterator[int]:
        """Arrival times of so many expected people, ms since midnight."""
        for start, visits in self.rates:
            rate = people * visits / self.arrivals / HALF_HOUR
            at = start + luck.expovariate(rate) if rate > 0 else math.inf
            while at < start + HALF_HOUR:
                yield round(at)
                at += luck.expovariate(rate)

    def _person(self, luck: Random, zone: str, at: int) -> Visit:
        habits = self.habits
        wanted = self.errands[zone].draw(luck)
        applicant, vulnerable = self.standard, False
        chance, which = luck.random(), luck.random()
        if chance < habits.priority and self.priority:
            applicant, vulnerable = self.priority[int(which * len(self.priority))], True
        slot: int | None = None
        if luck.random() < self.appointments:
            slot = at - at % (habits.slot_minutes * MINUTE)
            at = max(self.rates[0][0], round(slot + luck.gauss(-habits.early_median, habits.early_spread) * MINUTE))
            late = at > slot + self.hall.settings.timing.appointment_late_minutes * MINUTE
            if not late and not vulnerable:
                applicant = APPOINTMENT
        steps = tuple(self._step(luck, wanted, index, vulnerable) for index in range(len(wanted.matters)))
        return Visit(
            at_ms=at,
            applicant=applicant,
            steps=steps,
            slot_ms=slot,
            silent=luck.random() < habits.silent,
            absent_ms=round(habits.absent_minutes * MINUTE),
        )

    def _step(self, luck: Random, wanted: Wanted, index: int, vulnerable: bool) -> Step:
        habits = self.habits
        matter = self.hall.matters[wanted.matters[index]]
        service = luck.lognormvariate(math.log(matter.typical_minutes), habits.service_sigma)
        lag = luck.expovariate(1 / habits.lag_mean)
        patience = self._patience(luck, habits.vulnerable_patience if vulnerable else 1.0)
        absent, incomplete = luck.random() < habits.absent, luck.random() < habits.incomplete
        away = habits.away_least + luck.expovariate(1 / habits.away_more)
        return Step(
            matter=matter.code,
            service_ms=round(service * (habits.first_part if incomplete else 1.0) * MINUTE),
            after=wanted.after[index],
            lag_ms=round(lag * MINUTE) if wanted.after[index] else 0,
            patience_ms=patience,
            absent=absent,
            back=Back(away_ms=round(away * MINUTE), service_ms=round(service * habits.second_part * MINUTE))
            if incomplete
            else None,
        )

    def _patience(self, luck: Random, factor: float) -> int | None:
        stretch = luck.lognormvariate(0.0, self.habits.patience_sigma)
        median = self.habits.patience_median
        return None if median is None else round(stretch * median * factor * MINUTE)

    def _collect(self, luck: Random, zone: str, at: int) -> Visit:
        minutes = luck.lognormvariate(math.log(self.collect_median), self.habits.service_sigma)
        patience = self._patience(luck, 1.0)
        step = Step(zone=zone, purpose=COLLECT, service_ms=round(minutes * MINUTE), patience_ms=patience)
        return Visit(at_ms=at, applicant=self.standard, steps=(step,), silent=luck.random() < self.habits.silent)
