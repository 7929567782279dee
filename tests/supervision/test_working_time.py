"""Working time: all but the time before the first session and the breaks between two."""

import pytest

from onewindow.supervision.working_time import is_working, working_ms
from tests.core_hall import MINUTE, T0, core_hall

HALL = core_hall()
"""Sessions 08:30 to 12:00 and 13:30 to 17:30; T0 is 08:30."""
HOUR = 60 * MINUTE


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (0, HOUR, 60),
        (-HOUR, HOUR, 60),
        (-HOUR, 0, 0),
        (3 * HOUR, 5 * HOUR, 30),
        (3 * HOUR + 40 * MINUTE, 4 * HOUR, 0),
        (3 * HOUR, 6 * HOUR, 90),
        (8 * HOUR, 10 * HOUR, 120),
        (0, 0, 0),
        (HOUR, 0, 0),
        (8 * HOUR, 25 * HOUR, 7 * 60 + 30 + 60),
    ],
    ids=["session", "from before", "before", "into lunch", "in lunch", "over lunch", "late", "none", "back", "days"],
)
def test_only_working_time_counts(start: int, end: int, minutes: int) -> None:
    assert working_ms(HALL, T0 + start, T0 + end) == minutes * MINUTE


@pytest.mark.parametrize(
    ("hours", "working"), [(-0.01, False), (0, True), (3.49, True), (3.5, False), (4.99, False), (5, True), (9, True)]
)
def test_what_is_working_time(hours: float, working: bool) -> None:
    assert is_working(HALL, T0 + round(hours * HOUR)) is working
