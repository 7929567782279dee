"""The fourth golden day: Redis came back as an older copy, and the hall goes on behind what was lost.

A quarter of an hour of numbers, a desk's right and calls; then what another history had seen is told: later numbers,
later calls, a right and three people. Afterwards numbers and calls go on behind those, the desk of the lost right
hands its slip in, and a second process that tells the same changes nothing. Written by `tests.queue.golden_day`.
"""

from collections.abc import Callable

from onewindow.queue import commands as cmd
from onewindow.zones.model import Hall
from tests.core_hall import DAY, MINUTE, T0
from tests.queue.golden_offline import slip

Do = Callable[[cmd.AnyCommand, int], None]
"""Does a command at a time, ms."""
MATTER, OTHER = "CNV-002", "BIZ-001"


def play(hall: Hall, do: Do) -> None:
    """The day, told to `do`."""
    first, second = (hall.matters[code].group for code in (MATTER, OTHER))
    window = hall.groups[first].windows[0]
    do(cmd.OpenDay(day=DAY, hall_digest=hall.digest), T0)
    do(cmd.OpenWindow(window=window, clerk="li"), T0)
    do(cmd.GrantSeries(device="desk-1"), T0)
    for place in range(3):
        do(cmd.IssueTickets(items=(cmd.Item(matter=MATTER),)), T0 + (place + 1) * MINUTE)
    do(cmd.CallNext(window=window), T0 + 5 * MINUTE)
    at = T0 + 15 * MINUTE
    right = cmd.KnownRight(no=2, device="desk-2", at=T0 + 6 * MINUTE, most=99)
    missing = (f"{first}002", f"{first}006", f"{second}001", f"{second}9201")
    lost = cmd.NoteLoss(day=DAY, series={first: 6, second: 1}, calls=4, visits=7, rights=(right,), missing=missing)
    do(lost, at)
    do(lost, at + 1)
    do(cmd.NoteLoss(day=DAY, series={first: 5}, calls=5), at + 2)
    do(cmd.NoteLoss(day="2026-11-23", series={first: 50}, calls=50), at + 3)
    do(cmd.IssueTickets(items=(cmd.Item(matter=MATTER),)), at + MINUTE)
    do(cmd.IssueTickets(items=(cmd.Item(matter=OTHER),)), at + 2 * MINUTE)
    do(cmd.TakeInSlip(right=2, slip=slip(hall, 1, T0 + 8 * MINUTE, OTHER)), at + 3 * MINUTE)
    do(cmd.GrantSeries(device="desk-3"), at + 4 * MINUTE)
    for turn in range(3):
        do(cmd.CallNext(window=window, finish=True), at + (5 + turn * 2) * MINUTE)
        do(cmd.StartService(window=window), at + (6 + turn * 2) * MINUTE)
    do(cmd.StartClosing(), at + 20 * MINUTE)
