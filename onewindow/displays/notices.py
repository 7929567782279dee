"""The notices in the foot of the screens (底栏提示语): what is special today, then the hall's own sentences. Pure."""

from onewindow.displays.service import merged, moved_words, stopped_notices
from onewindow.queue.state import DayPhase, HallDay, WindowPhase
from onewindow.views.clock import hhmm, local
from onewindow.zones.calendar import opening_of
from onewindow.zones.model import Hall

DAY_WORDS = {
    DayPhase.BEFORE: ("今天尚未开始", "The day has not begun"),
    DayPhase.OPEN: ("", ""),
    DayPhase.CLOSING: ("今日已停止取号，已取号的来宾继续办理", "No more numbers today; those given out are served"),
    DayPhase.CLOSED: ("今日办理已结束", "Closed for today"),
}
"""What the foot of the screens says of the day's phase."""

PAUSED_WORDS = ("暂停", "Paused")
"""A pause for a reason that the hall's files don't have."""


def notices(state: HallDay, zone: str | None = None) -> list[tuple[str, str]]:
    """The sentences in Chinese and English, of one zone or of all; the English is empty where a hall has none."""
    said = [DAY_WORDS[state.phase]] if DAY_WORDS[state.phase][0] else []
    if state.phase is DayPhase.OPEN and all(w.since is None for w in state.windows.values()):
        # Until the first window opens a number can be taken all the same.
        at = hhmm(state.hall, opening_of(state.hall.settings, state.day))
        said.append((f"{at} 开窗叫号，现在可以先取号", f"Windows open at {at}; take a number now"))
    said += [moved_words([pair]) for pair in merged(state, zone)]
    return [*said, *stopped_notices(state, zone), *_paused(state, zone), *_own(state.hall)]


def _paused(state: HallDay, zone: str | None) -> list[tuple[str, str]]:
    """Windows that pause, of one zone or of all, together where the reason and the time they go on are the same."""
    paused: dict[tuple[str, str], list[str]] = {}
    for no, window in state.windows.items():
        if window.phase is WindowPhase.PAUSED and zone in (None, window.zone):
            until = resumes(state, window.reason, window.since)
            paused.setdefault((window.reason, until), []).append(no)
    said = []
    for (code, until), numbers in paused.items():
        zh, en = pause_words(state.hall, code)
        when_zh, when_en = (f"{until} ", f"on again at {until}") if until else ("稍后", "on again later")
        places = f"Window {numbers[0]}" if len(numbers) == 1 else f"Windows {', '.join(numbers)}"
        said.append((f"{'、'.join(numbers)} 号窗口{zh}，{when_zh}继续", f"{places}: {en}, {when_en}"))
    return said


def _own(hall: Hall) -> list[tuple[str, str]]:
    """The sentences of the hall's files."""
    zh, en = hall.settings.notices_zh, hall.settings.notices_en
    return list(zip(zh, en or ("",) * len(zh), strict=True))


def pause_words(hall: Hall, code: str) -> tuple[str, str]:
    """A pause's reason in Chinese and English; the plain word for one that the hall's files don't have."""
    found = next((r for r in hall.settings.pause_reasons if r.code == code), None)
    return (found.zh, found.en) if found is not None else PAUSED_WORDS


def resumes(state: HallDay, reason_code: str, since: int | None) -> str:
    """When a window at lunch goes on, "13:30": the start of the next session; empty for other pauses."""
    if reason_code != "lunch" or since is None:
        return ""
    began = local(state.hall, since)
    minute = began.hour * 60 + began.minute
    starts = (s.start_minute for s in state.hall.settings.sessions)
    start = next((s for s in starts if s > minute), None)
    return "" if start is None else f"{start // 60:02}:{start % 60:02}"
