"""`python -m loadtest`: the profile's peak hour against a server of this machine, then its journal judged.

Exit status: 0 all well, 1 a fault was found, 2 the run could not be made.
"""

import argparse
import os
import shlex
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from loadtest.report import FIGURES, REPORT, write_report
from loadtest.run import LOCUST_REPORT, LoadFailed, Options, run
from loadtest.section import put_section, table
from loadtest.server import ROOT, NotHere, loopback
from onewindow.access.store import StoreUnusable
from onewindow.demo.traffic import seconds_of
from onewindow.zones.load import HallFileError

MOST_MINUTES: Final = 60.0
MOST_USERS: Final = 500
MOST_PHONES: Final = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print the table."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.host is not None and asked.data is None:
        parser.error("--host needs --data")
    if asked.serving and asked.host is None:
        parser.error("--serving goes with --host")
    out = asked.out or _fresh_folder()
    options = Options(
        hall=asked.hall,
        out=out,
        url=asked.host,
        data=asked.data,
        serving=asked.serving,
        compress=asked.compress,
        minutes=asked.minutes,
        start=asked.start,
        seed=asked.seed,
        phones=asked.phones,
        screens=asked.screens,
        guides=asked.guides,
        kiosks=asked.kiosks,
    )
    busy, at = os.getloadavg()[0], datetime.now(UTC)
    try:
        verdict = run(options)
    except (LoadFailed, HallFileError, StoreUnusable, sqlite3.Error, OSError) as error:
        print(f"压测没有做成。 The load test could not be made: {error}", file=sys.stderr)
        return 2
    finally:
        if asked.out is None and not any(out.glob(LOCUST_REPORT)):
            shutil.rmtree(out, ignore_errors=True)
    words = sys.argv[1:] if arguments is None else arguments
    command = shlex.join(["python", "-m", "loadtest", *_told(list(words))])
    report = write_report(options, verdict, command=command, busy=busy, at=at)
    print(table(report))
    if asked.page is not None:
        put_section(asked.page, report, out)
    print(f"\n报告 report: {out / REPORT}\n数据 figures: {out / FIGURES}")
    return 1 if verdict.faults else 0


def _fresh_folder() -> Path:
    """On the disk where halls keep their data: folders for temporary files are often held in memory."""
    (ROOT / "var").mkdir(exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="load-", dir=ROOT / "var"))


def _told(words: list[str]) -> list[str]:
    """The command without the folder of its report: that is somebody's own."""
    for name in ("--out", "--data", "--page"):
        if name in words and words.index(name) + 1 < len(words):
            at = words.index(name)
            words = words[:at] + words[at + 2 :]
    return words


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest", description=__doc__)
    parser.add_argument("--compress", type=_within(1, 120), default=10.0, help="times as fast, 10 if not named")
    parser.add_argument("--minutes", type=_within(0.05, MOST_MINUTES), default=10.0, help="of the clock, 10")
    parser.add_argument("--from", dest="start", type=seconds_of, help="HH:MM, else the busiest hour of the profile")
    parser.add_argument("--phones", type=_count(MOST_PHONES), default=2000, help="2000, all but some by socket")
    parser.add_argument("--screens", type=_count(MOST_USERS), default=60, help="TVs and strips, 60")
    parser.add_argument("--guides", type=_count(MOST_USERS), default=4)
    parser.add_argument("--kiosks", type=_count(MOST_USERS), default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hall", type=Path, default=ROOT / "halls" / "anqiu")
    parser.add_argument("--out", type=Path, help="folder for report, figures and data; a new one under var/")
    parser.add_argument(
        "--data", type=Path, help="an installed hall's data: a copy without its days is loaded, never the hall itself"
    )
    parser.add_argument("--host", type=_address, help="a running server of this machine; --data is its own then")
    parser.add_argument("--serving", action="store_true", help="with --host: even if people are at work there")
    parser.add_argument("--page", type=Path, help="docs/performance.md: write this pace's section into it")
    return parser


def _within(low: float, high: float) -> Callable[[str], float]:
    """An option's type: a number in this range."""

    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{low:g} to {high:g}, not {text}")
        return value

    return number


def _count(most: int) -> Callable[[str], int]:
    """An option's type: so many at the most."""

    def count(text: str) -> int:
        value = int(text)
        if not 0 <= value <= most:
            raise argparse.ArgumentTypeError(f"0 to {most}, not {text}")
        return value

    return count


def _address(text: str) -> str:
    try:
        return loopback(text)
    except NotHere:
        raise argparse.ArgumentTypeError(f"only http addresses of this machine are loaded, not {text}") from None


if __name__ == "__main__":
    # Ended from outside, it ends server, crowd and Locust too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
