"""`run.py go-on-behind` (接号): after a restored copy, today's numbers go on behind those that people hold.

A process that lived through the loss leaves that itself (`runtime.loss`). When none did, or yesterday's copy of the
data folder was put back, somebody reads the newest slips in the hall and says so here.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from onewindow import options
from onewindow.admin import Refused
from onewindow.queue.commands import KnownRight, NoteLoss
from onewindow.queue.decide_offline import letters
from onewindow.queue.series_right import RIGHTS, count_of, most_of
from onewindow.runtime.clock import SystemClock
from onewindow.runtime.hall import loss_path
from onewindow.runtime.loss import LossMemory
from onewindow.zones.calendar import business_day, day_span
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

IDS: Final = 100_000
"""Ids of calls and visits go on behind this one: no hall has so many in a day, and a loudspeaker says none twice."""
NUMBER: Final = re.compile(r"([A-Z]+)(\d+)")


def add(commands: Any) -> None:
    """Add the command."""
    words = "恢复旧备份后，新号接在已发出的号之后 · after an older copy: go on behind the numbers people hold"
    behind = options.command(commands, "go-on-behind", run, words)
    behind.add_argument(
        "numbers", nargs="*", metavar="NUMBER", help="每个字母最后发出的号，如 G120 · the last number of a letter"
    )
    behind.add_argument("--all", type=int, default=0, metavar="N", help="所有字母至少到 N · every letter at least N")
    options.hall(behind)
    options.data(behind)


def run(asked: argparse.Namespace) -> None:
    """Leave it for the next start. Raises Refused, HallFileError, JournalBroken."""
    hall = load_hall(Path(asked.hall))
    day = business_day(hall.settings, SystemClock().now_ms())
    series = series_of(hall, asked.numbers, asked.all)
    known = NoteLoss(day=day, series=series, calls=IDS, visits=IDS, rights=rights_of(hall, day))
    LossMemory(loss_path(hall, Path(asked.data))).add(known)
    print("  ".join(f"{letter} > {count}" for letter, count in series.items()))
    print(
        f"已记下，{day} 下次启动大厅时生效（正在运行的请重启；多个进程时先启动这一个）。\n"
        f"Noted for {day}: it counts when the hall is started next (restart one that runs; of several, this "
        "one first)."
    )


def rights_of(hall: Hall, day: str) -> tuple[KnownRight, ...]:
    """All rights that desks can have had today: they may give out numbers under them, so no other desk gets one."""
    since, most = day_span(hall.settings, day).start_ms, most_of(hall.settings.numbers.width)
    return tuple(KnownRight(no=no, device="", at=since, most=most) for no in range(1, RIGHTS + 1) if most)


def series_of(hall: Hall, numbers: Iterable[str], least: int) -> dict[str, int]:
    """The last number of each series, of printed numbers and of `least` for all. Raises Refused."""
    known = sorted(letters(hall))
    beyond = count_of(hall.settings.numbers.width, 0, 0)
    last = dict.fromkeys(known, least) if 0 < least < beyond else {}
    wrong = [] if 0 <= least < beyond else [f"--all {least}"]
    for number in numbers:
        found = NUMBER.fullmatch(number.upper())
        if found is None or found[1] not in known or int(found[2]) >= beyond:
            wrong.append(number)
        else:
            last[found[1]] = max(int(found[2]), last.get(found[1], 0))
    if wrong or not last:
        raise Refused(
            f"请写每个字母最后发出的号，例如 {known[0]}120，或 --all 200；离线号不用写。"
            f"看不懂：{'、'.join(wrong) or '（空）'}。字母有 {'、'.join(known)}。\n"
            f"Name the last number of each letter, {known[0]}120 for example, or --all 200; what a desk gave "
            f"out by itself needs no word. Not understood: {', '.join(wrong) or '(nothing)'}."
        )
    return dict(sorted(last.items()))
