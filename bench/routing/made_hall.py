"""Halls made in memory (虚构大厅): as much of a `Hall` as routing looks at, from a few lists."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from onewindow.zones.model import (
    ApplicantClass,
    Department,
    Group,
    Hall,
    Matter,
    NumberSettings,
    Profile,
    Purpose,
    Reason,
    RoutingSettings,
    Session,
    Settings,
    TimingSettings,
    VoiceSettings,
    Window,
    WindowKind,
    Zone,
)

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class MatterSpec(msgspec.Struct, frozen=True):
    """A matter: where it belongs and how many minutes it takes on average (not the median)."""

    code: str
    zone: str
    specialist: bool
    minutes: float
    unit: str = "D"
    weight: float = 1.0
    """Visits a day, in any unit."""


class WindowSpec(msgspec.Struct, frozen=True):
    """A window and the codes of what it takes."""

    no: str
    zone: str
    kind: WindowKind
    matters: frozenset[str]


def make_hall(
    matters: Sequence[MatterSpec],
    windows: Sequence[WindowSpec],
    credit_minutes: Mapping[str, float],
    routing: RoutingSettings,
    *,
    sigma: float = 0.0,
) -> Hall:
    """A hall with a zone and a group for each zone that the windows name.

    `credit_minutes`: C by applicant class, the standard class first. `sigma`: of the logarithm of service times; the
    matters' medians are set so that their means come out as asked.
    """
    zones = list(dict.fromkeys(w.zone for w in windows))
    letters = dict(zip(zones, LETTERS, strict=False))
    median = 2.718281828459045 ** (-(sigma**2) / 2)
    return Hall(
        settings=_settings(credit_minutes, routing),
        zones={z: _zone(z, letters[z], i, [w.no for w in windows if w.zone == z]) for i, z in enumerate(zones, 1)},
        groups={letters[z]: _group(z, letters[z], matters, windows) for z in zones},
        departments={
            m.unit: Department(code=m.unit, zh=m.unit, en=m.unit, zone=m.zone, kind="resident", also_zones=())
            for m in matters
        },
        matters={m.code: _matter(m, letters[m.zone], m.minutes * median) for m in matters},
        windows={w.no: _window(w) for w in windows},
        points={},
        chains={},
        devices={},
        profile=Profile(
            visits_per_day=0,
            half_hours={},
            matter_weights={m.code: m.weight for m in matters},
            collect_by_zone={},
            consult_visits=0,
            weekday_factor={},
            service_sigma=sigma,
            priority_share=0,
            missed_call_share=0,
        ),
        digest="0" * 64,
    )


def _zone(code: str, letter: str, hue: int, windows: list[str]) -> Zone:
    return Zone(
        code=code,
        zh=code,
        en=code,
        letter=letter,
        led_by="comprehensive",
        windows=tuple(windows),
        hue=hue,
        default_group=letter,
        short_zh=code,
    )


def _group(zone: str, letter: str, matters: Sequence[MatterSpec], windows: Sequence[WindowSpec]) -> Group:
    return Group(
        letter=letter,
        zone=zone,
        zh=zone,
        spoken_zh=zone,
        en=zone,
        windows=tuple(w.no for w in windows if w.zone == zone),
        matters=tuple(m.code for m in matters if m.zone == zone),
        daily_visits=0,
        public_zh=zone,
    )


def _matter(spec: MatterSpec, letter: str, median: float) -> Matter:
    return Matter(
        code=spec.code,
        zone=spec.zone,
        group=letter,
        department=spec.unit,
        zh=spec.code,
        en=spec.code,
        initials="",
        kind="specialist" if spec.specialist else "comprehensive",
        on_the_spot=spec.specialist,
        statutory_days=0,
        promised_days=0,
        previous_promised_days=0,
        typical_minutes=median,
        papers=(),
        chains=(),
        no_visit=False,
        daily_visits=spec.weight,
    )


def _window(spec: WindowSpec) -> Window:
    return Window(
        no=spec.no,
        zone=spec.zone,
        kind=spec.kind,
        zh=spec.no,
        en=spec.no,
        row=1,
        col=1,
        departments=("D",),
        matters=spec.matters,
        serves=(),
    )


def _settings(credit_minutes: Mapping[str, float], routing: RoutingSettings) -> Settings:
    return Settings(
        code="made",
        zh="虚构大厅",
        en="Made hall",
        short_zh="虚构",
        time_zone="Asia/Shanghai",
        rollover_minute=0,
        sessions=(Session(start_minute=510, end_minute=1020),),
        weekdays=frozenset(range(7)),
        use_public_holidays=False,
        holidays=frozenset(),
        workdays=frozenset(),
        public_url="",
        slip_zh="",
        slip_en="",
        numbers=NumberSettings(series="group", width=3, skip=frozenset()),
        routing=routing,
        timing=TimingSettings(
            no_show_after_seconds=0,
            no_show_after_recalls=0,
            recall_limit=3,
            reinstate_minutes=30,
            back_minutes=600,
            away_minutes=20,
            held_release_minutes=5,
            undo_minutes=5,
            undo_reason_after_seconds=30,
            copies_per_turn=3,
        ),
        voice=VoiceSettings(
            languages=("zh",),
            chime=True,
            repeats=1,
            rate=150,
            digit_one="一",
            call_zh="",
            recall_zh="",
            correction_zh="",
            call_en="",
            correction_en="",
            expire_seconds=60,
        ),
        applicants=tuple(
            ApplicantClass(code=code, zh=code, en=code, credit_minutes=minutes, key="")
            for code, minutes in credit_minutes.items()
        ),
        purposes=(Purpose(code="handle", zh="办理", en="Handle", minutes=None),),
        pause_reasons=(Reason(code="lunch", zh="午餐", en="Lunch"),),
        hold_reasons=(Reason(code="papers", zh="补材料", en="Missing papers"),),
        notices_zh=(),
    )
