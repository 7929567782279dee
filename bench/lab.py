"""The laboratory (实验台): servers, loads and figures of one benchmark, and nothing left behind."""

import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from bench.http_load import Job, Spread
from bench.open_hall import open_copy
from loadtest.plan import make_cast
from loadtest.server import ROOT, clean_environment, free_port, serving
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

LONGEST: Final = 300.0
"""Seconds after which a load is given up."""


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured."""

    rounds: int = 5
    requests: int = 2000
    """Requests of each kind in a round: about a day's tickets."""
    connections: int = 64
    shown: int = 100
    """Calls that are followed to the screens in a round."""
    screens: tuple[int, ...] = (5, 60)
    commits: int = 10_000
    tickets: int = 2000
    grown: tuple[int, ...] = (100, 1000, 10_000, 100_000)
    """Tickets of the days on which the cost of a command is compared, the smallest first."""
    seconds: float = 2.0
    """How long the writer alone is loaded in a round."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A server at work."""

    port: int
    pid: int
    tokens: dict[str, str]


class Lab:
    """Makes servers and loads under one folder, which is removed at the end."""

    def __init__(self, folder: Path) -> None:
        """`folder`: on the disk that is to be measured."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=folder))
        self.files = open_copy(self.folder / "hall")
        self.hall: Hall = load_hall(self.files)
        self.windows = tuple(self.hall.windows)
        self.matters = even_matters(self.hall)

    def __enter__(self) -> "Lab":
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def place(self) -> Path:
        """A fresh folder."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    @contextmanager
    def server(self, journal: str, data: Path | None = None) -> Iterator[Running]:
        """A server: `serve` is the product's command, `sqlite`, `memory` and `floor` those of `bench.app`."""
        where, port = data or self.place(), free_port()
        common = ["--hall", str(self.files), "--port", str(port), "--data", str(where)]
        if journal == "serve":
            command = ["run.py", "serve", *common]
        else:
            command = ["-m", "bench.app", "--journal", journal, *common]
        tokens = {"guide": "", "supervisor": ""}
        if journal != "floor":
            cast = make_cast(where, self.windows)
            tokens = cast.clerks | {"guide": cast.guide, "supervisor": cast.supervisor}
        with serving(command, port, where / "server.log") as process:
            yield Running(port=port, pid=process.pid, tokens=tokens)

    def load(
        self,
        running: Running,
        kind: str,
        *,
        connections: int,
        count: int = 0,
        queries: tuple[str, ...] = (),
        screen_port: int = 0,
    ) -> dict[str, Spread]:
        """One job of `bench.http_load` in a process of its own. Raises RuntimeError when it fails."""
        job = Job(
            kind=kind,
            port=running.port,
            connections=connections,
            count=count,
            name=f"bench-{secrets.token_hex(4)}",
            tokens=running.tokens,
            matters=self.matters,
            queries=queries,
            screen_port=screen_port,
        )
        done = subprocess.run(
            [sys.executable, "-m", "bench.http_load"],
            cwd=ROOT,
            env=clean_environment(),
            input=msgspec.json.encode(job),
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the load {kind} failed:\n{done.stderr.decode('utf-8', 'replace')[-2000:]}")
        return msgspec.json.decode(done.stdout, type=dict[str, Spread])


def even_matters(hall: Hall) -> tuple[str, ...]:
    """A matter for each window that takes any, so that tickets asked for in turn keep every window busy."""
    windows = [window for window in hall.windows.values() if window.matters]
    return tuple(sorted(window.matters)[i % len(window.matters)] for i, window in enumerate(windows))


def median_of(spreads: list[Spread], of: Callable[[Spread], float]) -> float:
    """The median of one figure over the rounds."""
    return statistics.median(of(spread) for spread in spreads)


def resident_kib(pid: int) -> int:
    """The resident memory (VmRSS) of a process, KiB; Linux only."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no VmRSS")


def children_of(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]
