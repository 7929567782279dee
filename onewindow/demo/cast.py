"""The cast (人员): who asks in the demonstration, with which token, and which windows are staffed."""

import random
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from onewindow.zones.model import Hall, WindowKind

STAFFED_SHARE: Final = 0.8
"""Of all windows, how many have a clerk; the others stay closed, for whoever wants to try one."""

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐"
GIVEN: Final = "敏静丽强磊洋艳勇军杰娜超芳霞平刚明"

TokenFor = Callable[[str, str | None], str]
"""(role, window) -> a bearer token."""


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """The bearer tokens of those who play."""

    guide: str
    kiosk: str
    supervisor: str
    clerks: dict[str, str]
    """By window."""


def clerk_name(window: str) -> str:
    """Who sits at a window in the demonstration, "李静": two hanzi, as on a real hall's map; always the same one."""
    at = sum(ord(character) * 31**place for place, character in enumerate(reversed(window)))
    return SURNAMES[at % len(SURNAMES)] + GIVEN[at % len(GIVEN)]


def cast_of(windows: Iterable[str], token_for: TokenFor) -> Cast:
    """A cast for these windows."""
    return Cast(
        guide=token_for("guide", None),
        kiosk=token_for("kiosk", None),
        supervisor=token_for("supervisor", None),
        clerks={no: token_for("clerk", no) for no in windows},
    )


def staffed_windows(hall: Hall, luck: random.Random, share: float = STAFFED_SHARE) -> tuple[str, ...]:
    """The windows that open: about `share` of all, agents' never, and at least one for everything that people want.

    In the order of the hall's files. More stay open where fewer would leave a matter or a zone's results unserved.
    """
    candidates = [w.no for w in hall.windows.values() if w.kind is not WindowKind.AGENT]
    luck.shuffle(candidates)
    staffed = set(candidates)
    for no in candidates:
        if len(staffed) <= share * len(hall.windows):
            break
        if _served(hall, staffed - {no}) == _served(hall, staffed):
            staffed.remove(no)
    return tuple(no for no in hall.windows if no in staffed)


def _served(hall: Hall, windows: set[str]) -> set[tuple[str, str]]:
    """What these windows serve: matters, groups by their default windows, results by zone."""
    found: set[tuple[str, str]] = set()
    for no in windows:
        window = hall.windows[no]
        found.update(("matter", code) for code in window.matters)
        found.update(("collect", zone) for zone in window.serves)
        found.update(("group", g.letter) for g in hall.groups.values() if no in g.windows)
    return found
