"""The way from the desk (去窗口的方向): an arrow and a word, from the hall's map.

Rows count from the far wall, columns from the left: whoever has come in and stands at the desk looks towards row 1.
"""

import math
from collections.abc import Sequence
from typing import Final

from onewindow.zones.model import Frozen, Hall

GUIDE: Final = "guide"


class Way(Frozen, frozen=True, kw_only=True):
    """A direction as a person at the desk sees it (方向)."""

    arrow: str
    zh: str
    en: str


WAYS: Final = (
    Way(arrow="↑", zh="正前方", en="straight ahead"),
    Way(arrow="↗", zh="右前方", en="ahead, to the right"),
    Way(arrow="→", zh="右侧", en="to the right"),
    Way(arrow="↘", zh="右后方", en="behind, to the right"),
    Way(arrow="↓", zh="后方", en="behind you"),
    Way(arrow="↙", zh="左后方", en="behind, to the left"),
    Way(arrow="←", zh="左侧", en="to the left"),
    Way(arrow="↖", zh="左前方", en="ahead, to the left"),
)
"""Clockwise from straight ahead."""


def way_to(hall: Hall, windows: Sequence[str]) -> Way | None:
    """The way from the guide desk to the middle of these windows; None without a desk on the map or windows."""
    desk = next((point for point in hall.points.values() if point.kind == GUIDE), None)
    if desk is None or not windows:
        return None
    right = sum(hall.windows[no].col for no in windows) / len(windows) - desk.col
    ahead = desk.row - sum(hall.windows[no].row for no in windows) / len(windows)
    if right == 0 and ahead == 0:
        return None
    return WAYS[round(math.atan2(right, ahead) / (math.pi / 4)) % len(WAYS)]
