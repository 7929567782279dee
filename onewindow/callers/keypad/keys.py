"""What each key of the number pad means (按键), given the window as it is. Pure."""

from enum import StrEnum
from typing import Any, Final

import msgspec


class Key(StrEnum):
    """The seven keys, named as they are printed on the pad; `--stdin` reads these names."""

    NEXT = "enter"
    RECALL = "+"
    NO_SHOW = "-"
    FINISH = "*"
    PAUSE = "0"
    UNDO = "/"
    HELP = "."


CODES: Final = {
    96: Key.NEXT,  # KEY_KPENTER
    28: Key.NEXT,  # KEY_ENTER
    78: Key.RECALL,
    74: Key.NO_SHOW,
    55: Key.FINISH,
    82: Key.PAUSE,  # KEY_KP0
    11: Key.PAUSE,  # KEY_0
    98: Key.UNDO,  # KEY_KPSLASH
    53: Key.UNDO,  # KEY_SLASH
    83: Key.HELP,  # KEY_KPDOT
    52: Key.HELP,  # KEY_DOT
}
"""Linux key codes (input-event-codes.h). Num Lock doesn't change them: it is applied above the device."""

WORDS: Final = {"next": Key.NEXT, "return": Key.NEXT} | {key.name.lower().replace("_", "-"): key for key in Key}
"""Names by meaning, which a script may prefer."""

BOUNCE_MS: Final = 300
"""The same key again within this time is a worn contact, or a "00" key, which sends 0 twice."""


def key_named(name: str) -> Key | None:
    """The key of this name ("Enter", "+", "no-show"); None: there is none."""
    wanted = name.strip().lower()
    return next((key for key in Key if key.value == wanted), WORDS.get(wanted))


class Ticket(msgspec.Struct, frozen=True):
    """The ticket at the window, as far as keys care."""

    number: str
    state: str
    left: int = 0
    """An agent's folders of later turns."""


class Suspension(msgspec.Struct, frozen=True):
    """Why service is suspended (暂停服务)."""

    reason_zh: str
    reason_en: str


class Window(msgspec.Struct, frozen=True):
    """The window, as far as keys care: members of `GET /api/windows/{no}`."""

    phase: str
    current: Ticket | None
    help: bool
    pause_after: str | None = None
    suspended: Suspension | None = None
    merged_into: str | None = None


class Act(msgspec.Struct, frozen=True):
    """A command for the window: the call's last path segment, its body, and what it is in Chinese and English."""

    path: str
    body: dict[str, Any]
    zh: str
    en: str


class Unfit(msgspec.Struct, frozen=True):
    """Nothing to do: why, and what to press instead."""

    zh: str
    en: str


def act_for(key: Key, window: Window, pause_reason: str) -> Act | Unfit:
    """What the key does at this window now. Whether it may is for the server to say; this only chooses the command.

    `pause_reason` is one of the hall's codes: a pad has no list to choose from.
    """
    match key:
        case Key.NEXT:
            return _next(window)
        case Key.RECALL:
            return Act("recall", {}, "重呼", "Recall")
        case Key.NO_SHOW:
            return Act("no-show", {}, "过号", "No-show")
        case Key.FINISH:
            return Act("finish", {}, *_done(window))
        case Key.PAUSE:
            return _pause(window, pause_reason)
        case Key.UNDO:
            return Act("undo", {}, "撤销", "Undo")
        case Key.HELP if window.help:
            return Act("help", {"on": False}, "已到场，求助结束", "Help has come")
        case Key.HELP:
            return Act("help", {"on": True}, "求助", "Help called")


def _next(window: Window) -> Act | Unfit:
    """The next sensible step, as the console's big button; but a closed window is opened by its own key only."""
    if window.current is not None and window.current.state == "called":
        return Act("start", {}, "开始办理", "Start")
    zh, en = _done(window)
    if window.current is not None and window.pause_after:
        return Act("finish", {}, f"{zh}并暂停", f"{en} and pause")
    if window.current is not None and window.suspended is not None:
        return Act("finish", {}, f"服务已暂停，只{zh}", f"Service is suspended: {en.lower()} only")
    if window.current is not None:
        return Act("call-next", {"finish": True}, f"{zh}并叫下一号", f"{en} and call next")
    if window.phase == "open" and window.suspended is not None:
        return Unfit(
            f"暂停服务（{window.suspended.reason_zh}），不叫号；等主任恢复",
            f"Service is suspended ({window.suspended.reason_en}); wait for the supervisor",
        )
    if window.phase == "open":
        return Act("call-next", {}, "叫下一号", "Call next")
    if window.phase == "paused":
        return Unfit("窗口暂停中，按 0 恢复", "The window is paused; press 0 to go on")
    if window.merged_into is not None:
        into = window.merged_into
        return Unfit(f"已并到 {into} 号窗口；按 0 重新开窗", f"Merged into window {into}; press 0 to open it again")
    return Unfit("窗口未开，按 0 开窗", "The window is closed; press 0 to open it")


def _done(window: Window) -> tuple[str, str]:
    """What the end of the service is called: of an agent with folders left it is the end of a turn."""
    if window.current is not None and window.current.left:
        return "本轮办完", "Turn done"
    return "办结", "Finish"


def _pause(window: Window, reason: str) -> Act:
    if window.phase == "closed":
        return Act("open", {}, "开窗", "Open")
    if window.phase == "paused":
        return Act("open", {}, "恢复叫号", "Go on")
    if window.pause_after:
        return Act("open", {}, "不暂停了", "Don't pause")
    if window.current is not None:
        return Act("pause", {"reason": reason, "after_current": True}, "办完当前号后暂停", "Pause after this one")
    return Act("pause", {"reason": reason, "after_current": False}, "暂停", "Pause")


class Debounce:
    """Tells a second press from a slip of the hand (防误按)."""

    def __init__(self, dead_ms: int) -> None:
        """`dead_ms`: so long after an Enter another Enter doesn't count."""
        self._dead_ms = dead_ms
        self._last: dict[Key, int] = {}

    def counts(self, key: Key, at_ms: int) -> bool:
        """Whether a press of `key` at `at_ms` counts. One that doesn't leaves the time of the last one as it was."""
        dead = self._dead_ms if key is Key.NEXT else min(self._dead_ms, BOUNCE_MS)
        last = self._last.get(key)
        # A clock that was set back must not lock the key.
        if last is not None and 0 <= at_ms - last < dead:
            return False
        self._last[key] = at_ms
        return True


def outcome(act: Act, answer: dict[str, Any]) -> tuple[str, str]:
    """What has come of an obeyed command, in Chinese and English: "已叫 C001", "Called C001"."""
    ticket = answer.get("ticket")
    number = f" {ticket['number']}" if isinstance(ticket, dict) else ""
    if act.path != "call-next":
        return f"{act.zh}{number}", f"{act.en}{number}"
    if number:
        return f"已叫{number}", f"Called{number}"
    done_zh, done_en = ("已办结，", "Finished; ") if answer.get("finished") else ("", "")
    return f"{done_zh}暂无人等候", f"{done_en}nobody waits"
