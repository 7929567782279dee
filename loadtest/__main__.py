"""`python -m loadtest`: the profile's peak hour against a server of this machine, then its journal judged.

Exit status: 0 all well, 1 a fault was found, 2 the run could not be made.
"""

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from loadtest.run import LoadFailed, Options, Verdict, run
from loadtest.server import ROOT, NotHere, loopback
from onewindow.demo.traffic import seconds_of
from onewindow.zones.load import HallFileError

MOST_MINUTES: Final = 60.0
MOST_USERS: Final = 500
MOST_FAULTS_SHOWN: Final = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print the table."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if (asked.host is None) != (asked.data is None):
        parser.error("--host and --data go together")
    out = asked.out or Path(tempfile.mkdtemp(prefix="onewindow-load-"))
    options = Options(
        hall=asked.hall,
        out=out,
        url=asked.host,
        data=asked.data,
        compress=asked.compress,
        minutes=asked.minutes,
        start=asked.start,
        seed=asked.seed,
        phones=asked.users,
        screens=asked.screens,
        guides=asked.guides,
        kiosks=asked.kiosks,
    )
    try:
        verdict = run(options)
    except (LoadFailed, HallFileError, OSError) as error:
        print(f"压测没有做成。 The load test could not be made: {error}", file=sys.stderr)
        return 2
    finally:
        if asked.out is None and not any(out.glob("report.html")):
            shutil.rmtree(out, ignore_errors=True)
    print(table(options, verdict))
    return 1 if verdict.faults else 0


def table(options: Options, verdict: Verdict) -> str:
    """The figures and the verdict, as text."""
    found = verdict.evidence
    tickets = sum(len(issued.tickets) for issued in found.issued)
    lines = [
        f"高峰 1 小时 ×{options.compress:g}，{found.seconds:.0f} s · the peak hour, so many times as fast",
        f"取号 issued {tickets}，叫号 called {len(found.called)}，提交 commits {verdict.commits}，"
        f"屏幕和手机连接 connections watched {len(found.watched)}",
        "",
        f"{'':26}{'count':>8}{'failed':>8}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}",
    ]
    lines += [
        f"{figure.name:<26}{figure.count:>8}{figure.failed:>8}{figure.count / max(found.seconds, 1e-9):>10.1f}"
        f"{figure.p50:>9.1f}{figure.p95:>9.1f}{figure.p99:>9.1f}{figure.most:>9.1f}"
        for figure in found.figures
    ]
    lines += ["", f"报告 report: {options.out / 'report.html'}"]
    if not verdict.faults:
        return "\n".join([*lines, "核对通过：没有丢号、重号、错序。 Checked: nothing lost, doubled or out of order."])
    kinds = ", ".join(f"{code} {count}" for code, count in Counter(f.code for f in verdict.faults).items())
    lines.append(f"核对发现 {len(verdict.faults)} 处错误。 Faults found: {kinds}")
    return "\n".join([*lines, *(f"  {fault}" for fault in verdict.faults[:MOST_FAULTS_SHOWN])])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest", description=__doc__)
    parser.add_argument("--compress", type=_within(1, 120), default=10.0, help="times as fast, 10 if not named")
    parser.add_argument("--minutes", type=_within(0.05, MOST_MINUTES), default=2.0, help="of the clock, 2")
    parser.add_argument("--from", dest="start", type=seconds_of, default=seconds_of("09:30"), help="09:30")
    parser.add_argument("--users", type=_count, default=60, help="phones at the most, 60")
    parser.add_argument("--screens", type=_count, default=49, help="TVs and strips, 49")
    parser.add_argument("--guides", type=_count, default=4)
    parser.add_argument("--kiosks", type=_count, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hall", type=Path, default=ROOT / "halls" / "anqiu")
    parser.add_argument(
        "--out", type=Path, help="folder for report, figures and data; a new one under the tmp folder"
    )
    parser.add_argument("--host", type=_address, help="a running server of this machine; needs --data")
    parser.add_argument("--data", type=Path, help="that server's data directory")
    return parser


def _within(low: float, high: float) -> Callable[[str], float]:
    """An option's type: a number in this range."""

    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{low:g} to {high:g}, not {text}")
        return value

    return number


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= MOST_USERS:
        raise argparse.ArgumentTypeError(f"0 to {MOST_USERS}, not {text}")
    return value


def _address(text: str) -> str:
    try:
        return loopback(text)
    except NotHere:
        raise argparse.ArgumentTypeError(f"only http addresses of this machine are loaded, not {text}") from None


if __name__ == "__main__":
    sys.exit(main())
