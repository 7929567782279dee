"""The base of all commands (命令), and what several of them hold."""

import msgspec


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """What is asked of the hall; time, principal and key travel beside it."""


class Wait(msgspec.Struct, frozen=True, omit_defaults=True):
    """An expected wait (预计等候): seconds; `low` and `high` bound 80 % of cases, rounded outward to five minutes."""

    low: int
    expected: int
    high: int
    raw: tuple[int, int] | None = None
    """The forecast's 10 % and 90 % quantiles before calibration; None: there were none (see `path`)."""
    range: tuple[int, int] | None = None
    """The calibrated range before rounding: what the forecast is scored by."""
    path: bool = False
    """Without quantiles: from one path of means, which has a range; else from the work ahead, which has none."""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ticket that a visitor asks for: a matter, or a group, or a zone."""

    matter: str | None = None
    group: str | None = None
    zone: str | None = None
    after: tuple[int, ...] = ()
    """Places (from 0) of the items of the same command that must be done before this one is called (一链办理)."""
