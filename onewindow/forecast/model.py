"""What is known of a hall's habits (预测参数): how long things take, who comes when, how windows keep lunch.

At first from the hall's files; then learned from its own past days (`onewindow.forecast.learning`). The estimates of
few observations are drawn towards the coarser ones, so that a matter that was seen twice doesn't run wild.
"""

from typing import Final, NamedTuple

import msgspec

from onewindow.forecast.areas import Aim, Area
from onewindow.queue.capability import COLLECT
from onewindow.queue.state import HallDay
from onewindow.zones.calendar import at_ms_of
from onewindow.zones.hours import WEEKDAYS
from onewindow.zones.model import Hall

TODAY_PRIOR: Final = 60.0
"""Visitors' worth of trust in the usual day, before today's own arrivals count (Gamma-Poisson; study §5)."""
DAYS_PRIOR: Final = 2.0
"""Days' worth of trust in the profile, before the hall's own days count."""
HALF_HOUR: Final = 30
AHEAD: Final = 10
"""Half-hours that a forecast looks ahead at most."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What conformal calibration adds to a class's quantiles, ms: see `onewindow.forecast.calibration`."""

    low: tuple[float, ...]
    high: tuple[float, ...]


class Lunch(msgspec.Struct, frozen=True, kw_only=True):
    """When a window usually eats (错峰午休): minutes since midnight, and how long, minutes."""

    minute: int
    minutes: int


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """The habits. The defaults are those of a hall that has no past."""

    days: float = 0.0
    """How many usual days it was learned from."""
    sigma: float = 0.6
    """Of the logarithm of a service time, within a matter."""
    ratio: dict[str, float] = {}
    """How many times as long as the hall's files say: by matter, `group:letter`, `zone:code`, `collect@zone`."""
    walk_ms: float = 25_000.0
    """From the call until the service begins."""
    gap_ms: float = 5_000.0
    """From the end of a service until the next call, while people wait."""
    miss_share: float = 0.03
    """Of the calls, how many find nobody who then comes back."""
    patience_ms: float = 0.0
    """Median of how long people wait before they give up (a lognormal); 0: they never do."""
    patience_sigma: float = 0.5
    silent_share: float = 0.5
    """Of those who give up, how many say nothing: their number is called in vain."""
    slow: float = 1.0
    """How many times as long a comprehensive window takes over a matter that specialist windows serve too."""
    clears: bool = True
    """Before the common lunch windows go on until nobody waits whom they serve (清队午休)."""
    second: float = 0.8
    """How long a service after a hold takes, against a whole one."""
    held_ms: float = 25 * 60_000.0
    """From a hold until the ticket is called again."""
    follows: dict[str, tuple[float, float]] = {}
    """By zone: the share of its tickets that go on from another and keep its place, and by how much (ms)."""
    early: dict[str, tuple[float, float]] = {}
    """By class: the share of its tickets that count from an appointment still to come, and how long before (ms)."""
    tickets: dict[str, float] = {}
    """Tickets of all learned days, by aim."""
    half_hours: dict[str, dict[str, float]] = {}
    """Tickets of all learned days, by zone and half-hour "HH:MM"."""
    classes: dict[str, float] = {}
    """Tickets of all learned days, by class."""
    lunches: dict[str, Lunch] = {}
    """By window."""
    shifts: dict[str, Shift] = {}
    """By class; `` for all together."""


def first_model(hall: Hall) -> Model:
    """What the hall's files alone let expect."""
    profile = hall.profile
    return Model(
        sigma=max(0.05, profile.service_sigma),
        miss_share=min(0.5, profile.missed_call_share),
        patience_ms=(profile.abandon_minutes or 0.0) * 60_000,
    )


def aim_name(aim: Aim) -> str:
    """How an aim is called in `Model.tickets`."""
    return f"{aim.zone}:{aim.group}:{aim.matter or ''}:{aim.purpose}"


def ratio_of(model: Model, aim: Aim) -> float:
    """How many times as long as the files say this takes, by the finest that is known."""
    if aim.purpose == COLLECT:
        names: tuple[str, ...] = (f"{aim.purpose}@{aim.zone}",)
    elif aim.matter is not None:
        names = (aim.matter, f"group:{aim.group}", f"zone:{aim.zone}")
    else:
        names = (f"group:{aim.group}", f"zone:{aim.zone}", "")
    return next((model.ratio[name] for name in names if name in model.ratio), 1.0)


class Coming(NamedTuple):
    """Who will come to an area on a usual day: what doesn't change while the model stays."""

    shares: dict[Aim, float]
    """Of the area's arrivals; sums to 1, or is empty when nobody comes."""
    half_hours: tuple[float, ...]
    """Arrivals of a usual day by half-hour from midnight."""
    credits: dict[int, float]
    """Share of each credit (ms)."""
    early: dict[int, tuple[float, float]]
    """By credit: as `Model.early`."""


def coming(hall: Hall, area: Area, model: Model) -> Coming:
    """The usual arrivals of an area: the profile, drawn towards the learned days."""
    trust = model.days + DAYS_PRIOR
    usual = _usual(hall, area)
    weights = {
        aim: (model.tickets.get(aim_name(aim), 0.0) + DAYS_PRIOR * usual.get(aim, 0.0)) / trust for aim in area.aims
    }
    total = sum(weights.values())
    by_profile = {zone: sum(w for aim, w in usual.items() if aim.zone == zone) for zone in hall.zones}
    visits = sum(hall.profile.half_hours.values()) or 1.0
    slots = []
    zones = {aim.zone for aim, weight in weights.items() if weight > 0}
    for slot in range(48):
        key = f"{slot // 2:02}:{slot % 2 * 30:02}"
        expected = 0.0
        for zone in zones:
            part = sum(w for aim, w in weights.items() if aim.zone == zone)
            whole = sum(model.half_hours.get(zone, {}).values()) + DAYS_PRIOR * max(by_profile[zone], 1e-9)
            seen = model.half_hours.get(zone, {}).get(key, 0.0)
            prior = DAYS_PRIOR * max(by_profile[zone], 1e-9) * hall.profile.half_hours.get(key, 0.0) / visits
            expected += part * (seen + prior) / whole
        slots.append(expected)
    shares = {aim: weight / total for aim, weight in weights.items() if weight > 0} if total > 0 else {}
    return Coming(shares, tuple(slots), _credits(hall, model), _early(hall, model))


def _usual(hall: Hall, area: Area) -> dict[Aim, float]:
    """Tickets a day by the profile, for the aims of the area."""
    profile = hall.profile
    collect = sum(profile.collect_by_zone.values())
    handle = max(0.0, profile.visits_per_day - collect - profile.consult_visits)
    whole = sum(profile.matter_weights.values()) or 1.0
    found = {}
    for aim in area.aims:
        if aim.purpose == "handle" and aim.matter is not None:
            found[aim] = handle * profile.matter_weights.get(aim.matter, 0.0) / whole
        elif aim.purpose == COLLECT and aim.matter is None and aim.group == hall.zones[aim.zone].default_group:
            found[aim] = profile.collect_by_zone.get(aim.zone, 0.0)
    return found


def _credits(hall: Hall, model: Model) -> dict[int, float]:
    """Share of the tickets that have each credit."""
    classes = hall.settings.applicants
    others = max(1, len(classes) - 1)
    found: dict[int, float] = {}
    prior = 200.0
    total = sum(model.classes.values()) + prior
    for place, one in enumerate(classes):
        share = 1 - hall.profile.priority_share if place == 0 else hall.profile.priority_share / others
        credit = round(one.credit_minutes * 60_000)
        found[credit] = found.get(credit, 0.0) + (model.classes.get(one.code, 0.0) + prior * share) / total
    return found


def _early(hall: Hall, model: Model) -> dict[int, tuple[float, float]]:
    """By credit, over the classes that have it: who comes before the appointment, and how long before on average."""
    found: dict[int, tuple[float, float]] = {}
    for credit in {round(one.credit_minutes * 60_000) for one in hall.settings.applicants}:
        own = [one.code for one in hall.settings.applicants if round(one.credit_minutes * 60_000) == credit]
        early = {code: model.classes.get(code, 0.0) * model.early.get(code, (0.0, 0.0))[0] for code in own}
        total = sum(early.values())
        if total > 0:
            mean_ms = sum(count * model.early[code][1] for code, count in early.items() if count) / total
            found[credit] = (total / sum(model.classes.get(code, 0.0) for code in own), mean_ms)
    return found


def rates(state: HallDay, usual: Coming, seen: int, at: int) -> tuple[tuple[int, float], ...]:
    """(until, arrivals a ms) from `at` on: the usual day times how today compares with it so far.

    `seen`: the area's tickets of today. The ratio is drawn towards 1 while few were expected.
    """
    hall = state.hall
    midnight = at_ms_of(hall.settings, state.day, 12 * 60) - 12 * 3_600_000
    factor = _weekday(hall, state.day)
    minute = (at - midnight) / 60_000
    so_far = sum(
        arrivals * min(1.0, max(0.0, minute / HALF_HOUR - slot)) for slot, arrivals in enumerate(usual.half_hours)
    )
    ratio = (TODAY_PRIOR + seen) / (TODAY_PRIOR + so_far * factor)
    first = max(0, int(minute // HALF_HOUR))
    return tuple(
        (midnight + (slot + 1) * HALF_HOUR * 60_000, usual.half_hours[slot] * factor * ratio / (HALF_HOUR * 60_000))
        for slot in range(first, min(48, first + AHEAD))
    )


def _weekday(hall: Hall, day: str) -> float:
    """How busy this day of the week is, against a usual day."""
    return hall.profile.weekday_factor.get(WEEKDAYS[weekday_of(day)], 1.0)


def weekday_of(day: str) -> int:
    """Monday 0, of an ISO date (Zeller's congruence)."""
    year, month, date = (int(part) for part in day.split("-"))
    if month < 3:
        year, month = year - 1, month + 12
    return (date + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400 + 5) % 7
