"""The report (压测报告): figures as JSON, plots, and a page to be opened in a browser, in Chinese and English."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import jinja2
import msgspec

from loadtest import machine, times
from loadtest.charts import draw
from loadtest.evidence import Figure
from loadtest.run import LOCUST_REPORT, Options, Verdict
from onewindow.zones.load import load_hall

REPORT: Final = "report.html"
FIGURES: Final = "figures.json"
FULL_CORE: Final = 0.9
"""From this share of a core on, a process of the load is at its end, and the times that it took are its own."""


class Report(msgspec.Struct, kw_only=True):
    """All figures of a run."""

    command: str
    at: datetime
    machine: list[str]
    busy: float
    """Processes that wanted a core before it began."""
    hall_zh: str
    hall_en: str
    compress: float
    start: int
    """When the hour begins, minutes since midnight."""
    seconds: float
    windows: int
    guides: int
    kiosks: int
    screens: int
    loudspeakers: int
    phones: int
    followers: int
    """Phones by socket."""
    expected: int
    issued: int
    called: int
    commits: int
    behind: float
    faults: list[str]
    by_code: dict[str, int]
    refused: dict[str, int]
    peak: list[Figure]
    opening: list[Figure]
    requests: list[Figure]
    sockets: int
    """At one time."""
    connected: int
    frames: int
    silent: float
    caught_up: int
    """Connections that got a snapshot in the middle: they had been too slow for single frames."""
    all_there: float | None
    """Seconds until everybody was connected; None: never."""
    heard: int
    """Calls that began to be said. The others were replaced by a recall or came too late to be said."""
    cores: dict[str, float]

    @property
    def full(self) -> list[str]:
        """The load's own processes that were at their end."""
        return [name for name in ("Locust", "crowd") if self.cores[name] >= FULL_CORE]


def report_of(options: Options, verdict: Verdict, *, command: str, busy: float, at: datetime) -> Report:
    """The figures of a run."""
    hall, found = load_hall(Path(verdict.plan.hall)), verdict.evidence
    crowd, parts = found.crowd, times.parted(found, times.points(found))
    cpu = found.server_cpu | {"Locust": found.cpu, "crowd": crowd.cpu}
    return Report(
        command=command,
        at=at.astimezone(UTC).replace(microsecond=0),
        machine=machine.facts(),
        busy=round(busy, 2),
        hall_zh=hall.settings.zh,
        hall_en=hall.settings.en,
        compress=options.compress,
        start=verdict.plan.start // 60,
        seconds=round(found.seconds, 1),
        windows=len(verdict.plan.windows),
        guides=options.guides,
        kiosks=options.kiosks,
        screens=options.screens,
        loudspeakers=len(verdict.plan.speakers),
        phones=options.phones,
        followers=verdict.plan.followers,
        expected=found.expected,
        issued=sum(len(one.tickets) for one in found.issued),
        called=len(found.called),
        commits=verdict.commits,
        behind=round(max(0.0, found.behind), 2),
        faults=[str(fault) for fault in verdict.faults],
        by_code=dict(Counter(fault.code for fault in verdict.faults)),
        refused=dict(sorted(found.refused.items())),
        peak=parts[times.PEAK],
        opening=parts[times.OPENING],
        requests=found.figures,
        sockets=crowd.most,
        connected=crowd.connected,
        frames=crowd.frames,
        silent=round(crowd.silent, 1),
        caught_up=sum(one.snapshots > 1 for one in crowd.watched),
        all_there=round(crowd.all_there - found.begun, 1) if crowd.all_there else None,
        heard=len({one.call for one in crowd.spoken if one.started} & found.clicks.keys()),
        cores={name: round(took / max(found.seconds, 1e-9), 3) for name, took in cpu.items()},
    )


def write_report(options: Options, verdict: Verdict, *, command: str, busy: float, at: datetime) -> Report:
    """Write `figures.json`, the plots and `report.html` into the run's folder; the figures."""
    made = report_of(options, verdict, command=command, busy=busy, at=at)
    (options.out / FIGURES).write_bytes(msgspec.json.format(msgspec.json.encode(made)))
    plots = draw(verdict.evidence, options.out)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("report.html.jinja").render(
        of=made, plots={path.stem: path.read_text(encoding="utf-8") for path in plots}, locust=LOCUST_REPORT
    )
    (options.out / REPORT).write_text(page, encoding="utf-8")
    return made
