"""How a hall's visitors behave (来客习惯): what its profile says, and what had to be invented beside it.

Every number here that no hall's file gives is an assumption, named as such, printed with each result, and none of
them was measured anywhere. They follow the routing study, section 1, unless said otherwise.
"""

import msgspec

from onewindow.zones.model import Hall


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of the draw. Shares are of 0 to 1; lengths are minutes."""

    load: float = 1.0
    """Factor on the number of visitors."""
    appointments: float
    """Share of the visitors with a matter who have an appointment."""
    priority: float
    absent: float
    """Not there when first called."""
    incomplete: float
    """Lack a paper and come back."""
    second: float
    """Have a second matter of the same zone."""
    patience_median: float | None
    """Of a lognormal: hardly anybody leaves in the first minutes."""
    service_sigma: float
    appointment_no_show: float
    early_median: float
    early_spread: float = 8.0
    """Standard deviation of the arrival around the appointed time less `early_median`."""
    patience_sigma: float = 0.5
    slot_minutes: int = 15
    day_spread: float = 0.10
    """Standard deviation of a day's and zone's number of visitors around the expected one, beside chance itself."""
    chain: float = 0.15
    """Share of the visitors of a zone with same-day chains who go through two or three steps of one."""
    lag_mean: float = 6.0
    """Minutes of the back office between two steps of a chain."""
    silent: float = 0.6
    """Of those who leave, how many say nothing: their number is still called."""
    absent_minutes: float = 6.0
    """Until somebody who was called in vain is back."""
    first_part: float = 0.4
    """How much of the service is over when a missing paper is noticed …"""
    second_part: float = 0.8
    """… and how long the service takes once it is there, both of the whole service."""
    away_least: float = 10.0
    away_more: float = 20.0
    """To fetch a paper takes the one and, on average, the other beside it."""
    vulnerable_patience: float = 0.8
    """Patience of visitors with priority against that of the others."""


def habits_of(hall: Hall, *, load: float = 1.0, appointments: float | None = None) -> Habits:
    """The habits that a hall's profile tells; `appointments` overrides the share of appointments."""
    profile = hall.profile
    handled = max(1.0, profile.visits_per_day - sum(profile.collect_by_zone.values()) - profile.consult_visits)
    share = profile.appointments_per_day / handled if appointments is None else appointments
    return Habits(
        load=load,
        appointments=min(1.0, share),
        priority=profile.priority_share,
        absent=profile.missed_call_share,
        incomplete=profile.incomplete_share,
        second=profile.second_matter_share,
        patience_median=profile.abandon_minutes,
        service_sigma=profile.service_sigma,
        appointment_no_show=profile.appointment_no_show_share,
        early_median=profile.appointment_early_minutes,
    )
