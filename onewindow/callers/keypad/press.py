"""One press from key to outcome (一次按键): read the window, command, ask again under the same key, say what came."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from onewindow.callers.keypad.device import Press
from onewindow.callers.keypad.keys import Act, Debounce, Unfit, act_for, outcome
from onewindow.callers.keypad.server import NoAnswer, Refused, Server

PAUSES_SECONDS: Final = (0.4, 1.0, 2.0, 4.0)
"""Before each further try; the last one stays."""
PATIENCE_SECONDS: Final = 120.0
"""So long an unanswered command is asked for again; after that a person looks at the window first."""
BELL: Final = "\a"

Say = Callable[[str, str], None]


class Operator:
    """Turns presses into commands, one at a time. Each press is one command under one Idempotency-Key."""

    def __init__(self, server: Server, say: Say, *, pause_reason: str, dead_ms: int) -> None:
        """`say` is given, in both languages, what must be known before the outcome; bad news begins with a bell."""
        self._server = server
        self._say = say
        self._pause_reason = pause_reason
        self._debounce = Debounce(dead_ms)

    def counts(self, press: Press) -> bool:
        """Whether the press is meant; one that isn't is said, and forgotten."""
        if self._debounce.counts(press.key, press.at_ms):
            return True
        self._say("按得太快，这一下不算", "Too quick; this press doesn't count")
        return False

    def press(self, press: Press) -> tuple[str, str]:
        """Do what the press asks. Returns what came of it when that is known, or given up: a line to say."""
        try:
            act = act_for(press.key, self._server.window(), self._pause_reason)
            if isinstance(act, Unfit):
                return bad(act.zh, act.en)
            return outcome(act, self._command(act))
        except Refused as refused:
            return bad(refused.zh, refused.en)
        except NoAnswer as lost:
            return bad(
                f"连不上服务器，没有办：请再按一次（{lost}）", f"No connection, nothing done: press again ({lost})"
            )
        except _GivenUp as given_up:
            act = given_up.act
            return bad(f"“{act.zh}”没有答复，请看屏幕再决定", f'No answer to "{act.en}"; look at the screen first')

    def busy(self) -> None:
        """A press came while the last one has no outcome yet."""
        self._say(*bad("上一个键还没有结果，这一下不算", "The last key has no outcome yet; this press doesn't count"))

    def _command(self, act: Act) -> dict[str, Any]:
        key = secrets.token_hex(16)
        until = time.monotonic() + PATIENCE_SECONDS
        tries = 0
        while True:
            try:
                return self._server.command(act.path, act.body, key)
            except NoAnswer:
                pause = PAUSES_SECONDS[min(tries, len(PAUSES_SECONDS) - 1)]
                if time.monotonic() + pause > until:
                    raise _GivenUp(act) from None
                if tries == 0:
                    zh, en = (
                        f"“{act.zh}”还没有答复，再问（不会重复办理）",
                        f'No answer to "{act.en}" yet; asking again',
                    )
                    self._say(*bad(zh, f"{en} (nothing is done twice)"))
                tries += 1
                time.sleep(pause)


class _GivenUp(Exception):
    def __init__(self, act: Act) -> None:
        super().__init__(act.path)
        self.act = act


def bad(zh: str, en: str) -> tuple[str, str]:
    """A line that wants to be noticed: it rings."""
    return f"{BELL}{zh}", en
