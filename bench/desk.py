"""`python -m bench.desk`: a recorded Monday at the guide's desk (周一高峰实录), written to `docs/performance.md`.

The worst half-hour of the profile's Monday, issued by a scripted guide at the guide's page in Chromium, by keyboard,
with the real server, the real journal, and a printer behind a file. The pauses between visitors are compressed, the
typing is not. Meanwhile the hall is at work: people of the hour before wait, and windows call them.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from bench.desk_hall import Clerks, hall_at_work
from bench.guide_page import Done, Pace, at_desk, issue
from bench.monday import Monday, slips_of
from bench.open_hall import SAMPLE
from bench.page import paragraph
from loadtest import machine, sections
from loadtest.server import ROOT
from onewindow.zones.load import load_hall

PAGE: Final = ROOT / "docs" / "performance.md"
SECTION: Final = "desk"
SEED: Final = 20261123


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """The half-hour as it went."""

    slips: int
    acts: dict[str, int]
    """How many of each kind."""
    p50: float
    p99: float
    most: float
    """ms, from the press to the frame with the number."""
    corrected_p50: float
    corrected_p99: float
    waited: int
    """Slips whose number wasn't there when the guide began with the next person."""
    printed: int
    calls: int
    seconds: float


def record(folder: Path, slips: int, pace: Pace, seed: int = SEED) -> Recorded:
    """Serve, issue, check the journal. Raises AssertionError when a slip isn't what was asked for; NotDone."""
    with hall_at_work(folder) as (port, tokens, hand, hall):
        acts = list(Monday(hall, seed).acts(slips))
        before = len(hand.journal())
        printed: list[str] = []
        with at_desk(port, tokens["guide"]) as page, Clerks(port, tokens, hall) as clerks:
            page.on("requestfinished", lambda r: printed.append(r.url) if r.url.endswith("/print") else None)
            begun = time.monotonic()
            done = issue(page, acts, pace, seed)
            seconds = time.monotonic() - begun
            page.wait_for_function("() => document.querySelector('.guide__printed')?.textContent.includes('✓')")
        check(done, hand.journal()[before:])
    issued = sorted(one.milliseconds for one in done if one.act.kind == "issue")
    corrected = sorted(one.milliseconds for one in done if one.act.kind in ("move", "void"))
    kinds = [one.act.kind for one in done]
    return Recorded(
        slips=sum(act.person for act in acts),
        acts={kind: kinds.count(kind) for kind in ("issue", "move", "void", "consult")},
        p50=at(issued, 0.5),
        p99=at(issued, 0.99),
        most=issued[-1],
        corrected_p50=at(corrected, 0.5) if corrected else 0.0,
        corrected_p99=at(corrected, 0.99) if corrected else 0.0,
        waited=sum(one.waited for one in done if one.act.kind == "issue"),
        printed=len(printed),
        calls=clerks.calls,
        seconds=seconds,
    )


def at(values: Sequence[float], share: float) -> float:
    """The value below which this share lies: the nearest rank of sorted values."""
    return values[min(len(values) - 1, max(0, -(-int(share * 1000) * len(values) // 1000) - 1))]


def check(done: list[Done], events: list[dict[str, Any]]) -> None:
    """Whether the journal holds just what the guide asked for, in that order. Raises AssertionError."""
    asked = [one for one in done if one.act.kind == "issue"]
    issued = [event for event in events if event["is"] == "ticket_issued"]
    _same("numbers", [event["number"] for event in issued], [one.number for one in asked])
    for event, one in zip(issued, asked, strict=True):
        act = one.act
        wanted = (act.group, act.matter, act.purpose, act.applicant)
        _same(one.number, (event["group"], event["matter"], event["purpose"], event["applicant"]), wanted)
    visits = [event["visit"] for event in issued]
    joined = [place for place in range(1, len(visits)) if visits[place] == visits[place - 1]]
    _same("visits", joined, [place for place, one in enumerate(asked) if one.act.same])
    names = {event["number"]: event["ticket"] for event in issued}
    wrong: dict[str, list[str]] = {"move": [], "void": []}
    last = ""
    for one in done:
        last = one.number or last
        if one.act.kind in wrong:
            wrong[one.act.kind].append(names[last])
    _same("voided", [e["ticket"] for e in events if e["is"] == "ticket_cancelled"], wrong["void"])
    _same("moved", [e["ticket"] for e in events if e["is"] == "ticket_rerouted"], wrong["move"])
    consults = sum(event["is"] == "consult_counted" for event in events)
    _same("questions", consults, sum(one.act.kind == "consult" for one in done))


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} instead of {wanted!r}")


def section(found: Recorded, pace: Pace) -> str:
    """The section of the page."""
    acts = found.acts
    key = f"{pace.key[0] * 1000:.0f}–{pace.key[1] * 1000:.0f} ms"
    person = f"{pace.person[0]:g}–{pace.person[1]:g} s"
    told = paragraph(
        f"Measured on {datetime.now(UTC).date().isoformat()} by `python -m bench.desk`; {machine.facts()[0]};",
        f"processes that wanted a core: {machine.busy():.1f}. The worst half-hour of the profile's Monday",
        f"({found.slips} slips), issued at `/guide` in Chromium by keyboard, on the real server with its journal on",
        f"SQLite and the printer behind a file: a key every {key}, and {person} to the next person, where the real",
        "half-hour has 7.4 s from one visitor to the next. Every fifth slip was corrected",
        f"({acts['move']} moved with F6, {acts['void']} voided with Ctrl+Z and issued anew), {acts['consult']}",
        f"questions were counted between, and windows called {found.calls} people meanwhile. It took",
        f"{found.seconds / 60:.1f} minutes; the journal holds exactly what was asked for, and {found.printed} slips",
        "were printed.",
    )
    rows = [
        ("the acknowledged number", acts["issue"], found.p50, found.p99, found.most),
        ("“moved” or “void”", acts["move"] + acts["void"], found.corrected_p50, found.corrected_p99, None),
    ]
    return "\n".join(
        [
            "## A recorded Monday at the guide's desk 周一高峰实录",
            "",
            told,
            "",
            "| from the key until the page shows | how many | p50 ms | p99 ms | longest ms |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {what} | {n} | {p50:.0f} | {p99:.0f} | {f'{most:.0f}' if most else ''} |"
                for what, n, p50, p99, most in rows
            ),
            "",
            f"Slips whose number wasn't there yet when the next person's first key was pressed: {found.waited}.",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Record and write; 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--slips", type=int, default=slips_of(load_hall(SAMPLE)), help="how many; by default all")
    parser.add_argument("--page", type=Path, default=PAGE, help="docs/performance.md")
    parser.add_argument("--work", type=Path, default=ROOT / "var", help="where data lie, on a real disk")
    asked = parser.parse_args(arguments)
    asked.work.mkdir(parents=True, exist_ok=True)
    pace = Pace()
    with TemporaryDirectory(dir=asked.work, prefix="bench-desk-") as folder:
        found = record(Path(folder), asked.slips, pace)
    text = section(found, pace)
    sections.put(asked.page, SECTION, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
