"""An alarm (告警): something that the supervisor should act on."""

from enum import IntEnum

import msgspec


class Urgency(IntEnum):
    """How soon somebody must act: now, within minutes, when there is time."""

    NOW = 1
    SOON = 2
    LATER = 3


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the supervisor should act on: what, where, since when, and what to do."""

    code: str
    """Stable: `help`, `nobody_open`, `long_wait`, `paused_long`, `called_long`, `suspended`, `numbers_lost`,
    `uncallable`, `deaf_called`, `accompany`, `group_stopped`, `speaker_muted`, `screen_silent`,
    `paper_out`, `paper_low`, `printer_failed`, `forecast_withheld`,
    `voice_engine`, `voice_fallback`, `voice_player`, `voice_clips`."""
    urgency: Urgency
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    since: int | None = None
    """When it began, ms; None when that isn't recorded."""
    zone: str | None = None
    window: str | None = None
    group: str | None = None
    tickets: tuple[str, ...] = ()
    """Printed numbers that it concerns, the most senior first."""
    open_windows: tuple[str, ...] = ()
    """Windows that would help if they were opened."""
