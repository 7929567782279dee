"""The `[voice]` section of `hall.toml` (播报设置), as data."""

from onewindow.zones.frozen import Frozen


class Session(Frozen, frozen=True, kw_only=True):
    """A stretch of opening time, in minutes since midnight, [start, end)."""

    start_minute: int
    end_minute: int


class VoiceSettings(Frozen, frozen=True, kw_only=True):
    """How calls are spoken; placeholders {group}, {digits}, {window}, and {into} for a merged window's heir."""

    languages: tuple[str, ...]
    chime: bool
    repeats: int
    rate: int
    digit_one: str
    call_zh: str
    recall_zh: str
    correction_zh: str
    call_en: str
    correction_en: str
    expire_seconds: int
    merged_zh: str = "{window}的业务请到{into}办理"
    merged_en: str = "For {window}, please go to {into}."
    resumed_zh: str = "恢复叫号，次序不变"
    resumed_en: str = "Calling resumes, in the same order."
    volume: int = 100
    quiet: tuple[Session, ...] = ()
    """Quiet hours (静音时段): no louder than `quiet_volume`, per cent; at 0 nothing is said, and clerks are told."""
    quiet_volume: int = 0
