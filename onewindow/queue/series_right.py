"""Numbers that a desk may give out without the server (离线号段): which they are, and which are never the hall's own.

With numbers of three digits the hall's own run from 001; a right's run from 9101 (the first right), 9201 …: one digit
more, a 9 in front, then the right, then the count. They keep the letter of the group, so that screens, voice and
search treat them as any other, and nobody can take 「九一零三号」 for a number of the hall's own.
"""

from typing import Final

RIGHTS: Final = 9
"""Rights in one day: one digit."""


def most_of(width: int) -> int:
    """How many numbers of a letter one right holds where the hall's numbers have `width` digits; 0: none."""
    return int(10 ** (width - 1)) - 1


def count_of(width: int, right: int, count: int) -> int:
    """The count, within its series, of a right's `count`-th number: 9103 for the third of the first right."""
    return int(9 * 10**width + right * 10 ** (width - 1)) + count


def is_reserved(width: int, count: int) -> bool:
    """Whether a count of a series lies in the block that only rights give out."""
    return bool(9 * 10**width <= count < 10 ** (width + 1))
