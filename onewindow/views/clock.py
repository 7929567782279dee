"""Times as the hall's people read them."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from onewindow.zones.model import Hall


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def _second(zone: str, second: int) -> tuple[str, str]:
    """("2026-11-24T09:41:07", "+08:00"). A ticket's times are written again with each look at it."""
    text = datetime.fromtimestamp(second, UTC).astimezone(_zone(zone)).isoformat()
    return text[:19], text[19:]


def local(hall: Hall, at_ms: int) -> datetime:
    """The hall's local time of `at_ms`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(_zone(hall.settings.time_zone))


def hhmm(hall: Hall, at_ms: int) -> str:
    """Local time of day, "09:41"."""
    return _second(hall.settings.time_zone, at_ms // 1000)[0][11:16]


def rfc3339(hall: Hall, at_ms: int) -> str:
    """Local time with its offset, to the millisecond: "2026-11-24T09:41:07.120+08:00"."""
    second, offset = _second(hall.settings.time_zone, at_ms // 1000)
    return f"{second}.{at_ms % 1000:03}{offset}"
