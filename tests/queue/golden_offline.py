"""The third golden day: two desks go on without the server, and what they issued is taken in afterwards.

A quiet half hour with numbers of the hall's own, an outage of twelve minutes in which both desks issue, void and have
a person with two matters, then the taking in: the one desk before the other, a slip twice, one that is refused, a
command whose answer was lost; and everybody is called in the order of issue. Written by `tests.queue.golden_day`.
"""

from collections.abc import Callable

from onewindow.queue import commands as cmd
from onewindow.zones.model import Hall
from tests.core_hall import DAY, MINUTE, T0

Do = Callable[[cmd.AnyCommand, int], None]
"""Does a command at a time, ms."""
MATTERS = ("CNV-002", "CNV-001", "BIZ-001", "CNV-002", "BIZ-001", "CNV-002")


def slip(hall: Hall, count: int, issued: int, matter: str, **rest: object) -> cmd.OfflineSlip:
    """A slip as a desk's page keeps it."""
    asked = {"applicant": "standard", "item": cmd.Item(matter=matter), **rest}
    return cmd.OfflineSlip(letter=hall.matters[matter].group, count=count, issued=issued, **asked)  # type: ignore[arg-type]


def play(hall: Hall, do: Do) -> None:
    """The day, told to `do`."""
    wanted = {hall.matters[code].group for code in MATTERS}
    windows = [no for letter in sorted(wanted) for no in hall.groups[letter].windows[:2]]
    do(cmd.OpenDay(day=DAY, hall_digest=hall.digest), T0)
    for device in ("desk-1", "desk-2"):
        do(cmd.GrantSeries(device=device), T0)
    for place, matter in enumerate(MATTERS):
        do(cmd.IssueTickets(items=(cmd.Item(matter=matter),)), T0 + (place + 1) * MINUTE)
    gone = T0 + 10 * MINUTE
    do(cmd.NoteOutage(since=gone), gone + 12 * MINUTE)
    first = [slip(hall, n + 1, gone + n * 90_000, MATTERS[0], copies=1 + 4 * (n == 2)) for n in range(4)]
    second = [
        slip(hall, 1, gone + MINUTE, MATTERS[2], marks=("deaf",)),
        slip(hall, 2, gone + 3 * MINUTE, MATTERS[4], applicant="elderly"),
        slip(hall, 1, gone + 4 * MINUTE, MATTERS[5], voided=True),
        slip(hall, 2, gone + 5 * MINUTE, MATTERS[3], same=f"{hall.matters[MATTERS[4]].group}9202"),
        slip(hall, 3, gone + 90 * MINUTE, MATTERS[0]),
    ]
    back = gone + 13 * MINUTE
    do(cmd.WithdrawAsking(), back)
    for n, one in enumerate((*second, second[0])):
        do(cmd.TakeInSlip(right=2, slip=one), back + n)
    do(cmd.TakeInSlip(right=2, slip=slip(hall, 1, gone, MATTERS[2])), back + 10)
    do(cmd.IssueTickets(items=(cmd.Item(matter=MATTERS[0]),)), back + 20)
    for n, one in enumerate(first):
        do(cmd.TakeInSlip(right=1, slip=one), back + MINUTE + n)
    do(cmd.TakeInSlip(right=3, slip=first[0]), back + MINUTE + 10)
    do(cmd.GrantSeries(device="desk-1", spent=1), back + MINUTE + 20)
    for no in windows:
        do(cmd.OpenWindow(window=no, clerk=f"clerk-{no}"), back + 2 * MINUTE)
    for turn in range(8):
        for no in windows:
            do(cmd.CallNext(window=no, finish=True), back + (3 + turn * 3) * MINUTE)
            do(cmd.StartService(window=no), back + (4 + turn * 3) * MINUTE)
    do(cmd.StartClosing(), back + 40 * MINUTE)
