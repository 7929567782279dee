"""What a panel of two lines of sixteen characters shows (条屏画面). Pure: strip, silence and step come in.

A hanzi takes two columns, a letter or digit one; a sign such as "·" two, as in the character sets of LED bars.
A line that is too long scrolls, and only then. The panel never looks live when it isn't: after 5 s without a sign of
the server it shows the age, after 15 s that the window's own call counts.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import msgspec

COLUMNS: Final = 16
LINES: Final = 2
OLD_SECONDS: Final = 5
STALE_SECONDS: Final = 15
PAUSE_STEPS: Final = 6
"""A line that scrolls stands still at its beginning for so many steps, so that it can be read."""
GAP: Final = "    "
FLASHES: Final = 6
"""A new call is shown and hidden in turn for so many steps: three times."""


class Picture(msgspec.Struct, frozen=True):
    """What stands on the panel: two lines of exactly 16 columns."""

    upper: str
    lower: str


def columns(text: str) -> int:
    """How many columns a text takes: as many as it has bytes in GB 18030, but for the rarest characters."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def cut(text: str, start: int, width: int = COLUMNS) -> str:
    """`width` columns of a text from column `start`, filled with blanks; half a hanzi becomes a blank."""
    shown, at = "", 0
    for char in text:
        wide = columns(char)
        if at >= start and at + wide <= start + width:
            shown += char
        elif at < start + width and at + wide > start:
            shown += " "
        at += wide
    return shown + " " * (width - columns(shown))


def line(text: str, step: int, width: int = COLUMNS) -> str:
    """The text in one line: as it is if it fits, else scrolled by one column a step after a pause."""
    if columns(text) <= width:
        return cut(text, 0, width)
    turn = columns(text) + len(GAP)
    place = step % (turn + PAUSE_STEPS)
    return cut(text + GAP + text, max(0, place - PAUSE_STEPS), width)


def card(zh: str, step: int) -> Picture:
    """The test card of the morning check: the device's own name."""
    return Picture(line(zh, step), cut("测试 Test", 0))


def compose(
    strip: Mapping[str, Any] | None, silent: float | None, step: int, called_for: int | None = None
) -> Picture:
    """The panel's picture.

    `strip` is the channel's cell of that name; None before the first frame. `silent`: seconds since the server was
    heard; None: never yet. `step` counts the pictures; `called_for`: steps since the latest call, None without one.
    """
    if silent is None or strip is None:
        return Picture(cut("正在连接…", 0), cut("Connecting", 0))
    if silent >= STALE_SECONDS:
        return Picture(cut("连接中断", 0), cut("以窗口叫号为准", 0))
    word = str(strip.get("state_zh") or "").replace(" · ", "·")
    number = str(strip.get("number") or "")
    upper = line(f"{strip.get('window', '')}号 {word}", step)
    lower = line(number or str(strip.get("name_zh") or ""), step)
    if number and called_for is not None and called_for < FLASHES and called_for % 2:
        lower = " " * COLUMNS
    if silent >= OLD_SECONDS:
        age = f"{int(silent)}s前"
        lower = cut(lower, 0, COLUMNS - columns(age)) + age
    return Picture(upper, lower)
