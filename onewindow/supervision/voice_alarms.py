"""Alarms of the voice (播报告警): an engine that has failed, what speaks instead, clips that are missing. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from onewindow.supervision.alarm import Alarm, Urgency

MOST_NAMED: Final = 12
PAGE: Final = "/supervisor/voice"


class Trouble(Protocol):
    """What is wrong with the voice (播报故障)."""

    @property
    def code(self) -> str:
        """`engine`, `fallback`, `player` or `clips`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The loudspeakers, or the lines that are missing."""

    @property
    def detail(self) -> str:
        """Why, as the program has it."""

    @property
    def since(self) -> int | None:
        """Ms."""


def of_voices(troubles: Iterable[Trouble]) -> Iterator[Alarm]:
    """What is wrong with the voice."""
    for trouble in troubles:
        yield _alarm(trouble)


def _alarm(trouble: Trouble) -> Alarm:
    if trouble.code == "engine":
        return Alarm(
            code="voice_engine",
            urgency=Urgency.SOON,
            zh=f"语音合成不出声，{_zh(trouble)}改用浏览器语音或只响铃",
            en=f"Nothing can be rendered ({trouble.detail}); browsers speak for themselves or only chime",
            todo_zh="请窗口口头叫号；请维护人员运行 run.py doctor，看“voice”一项。",
            todo_en="Windows call by voice; have run.py doctor look at its item “voice”.",
            since=trouble.since,
        )
    if trouble.code == "fallback":
        return Alarm(
            code="voice_fallback",
            urgency=Urgency.LATER,
            zh=f"录音拼不出来，{_zh(trouble)}改用合成语音",
            en=f"The recorded clips can't be put together ({trouble.detail}); the synthesised voice speaks",
            todo_zh=f"叫号照常。请在 {PAGE} 试听，看录音文件是否还在。",
            todo_en=f"Calls go on. Try it at {PAGE}; look whether the recordings are still there.",
            since=trouble.since,
        )
    if trouble.code == "player":
        return Alarm(
            code="voice_player",
            urgency=Urgency.SOON,
            zh=f"{_zh(trouble)}取不到或放不出声音，只响铃或用浏览器语音",
            en=f"{', '.join(trouble.names)} can't play the sounds ({trouble.detail})",
            todo_zh="请看它的网络，刷新它的页面；在此之前请窗口口头叫号。",
            todo_en="Look at its network and reload its page; until then windows call by voice.",
            since=trouble.since,
        )
    return _of_clips(trouble)


def _of_clips(trouble: Trouble) -> Alarm:
    count = len(trouble.names)
    named = "、".join(f"“{name}”" for name in trouble.names[:MOST_NAMED])
    more = f"等 {count} 条" if count > MOST_NAMED else ""
    broken = f"；{trouble.detail}" if trouble.detail else ""
    return Alarm(
        code="voice_clips",
        urgency=Urgency.LATER,
        zh=f"录音缺 {count} 条：{named}{more}{broken}" if count else f"录音文件有问题{broken}",
        en=f"{count} recorded lines are missing or broken{f': {trouble.detail}' if trouble.detail else ''}",
        todo_zh=f"用到它们的叫号改用合成语音。请在 {PAGE} 补录。",
        todo_en=f"Calls that need them are synthesised. Record them at {PAGE}.",
        since=trouble.since,
    )


def _zh(trouble: Trouble) -> str:
    return "、".join(trouble.names[:MOST_NAMED])
