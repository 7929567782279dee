"""One run (一次压测): the server, Locust against it, the journal afterwards, and the verdict."""

import secrets
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from loadtest import evidence as evidences
from loadtest import plan as plans
from loadtest.checker import Fault, check
from loadtest.evidence import Evidence
from loadtest.server import ROOT, clean_environment, free_port, serving
from onewindow.queue.journal import StoredCommit
from onewindow.runtime.hall import journal_path
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

GRACE_SECONDS: Final = 90.0
"""Beyond its own time Locust gets so long to begin and to end; then it is stopped."""
STOP_SECONDS: Final = 3


class LoadFailed(Exception):
    """The run itself could not be made; says why."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked."""

    hall: Path
    out: Path
    url: str | None = None
    """A server that runs already; None: our own."""
    data: Path | None = None
    """The data directory of that server, for its tokens and its journal."""
    compress: float
    minutes: float
    start: int
    seed: int
    phones: int
    screens: int
    guides: int
    kiosks: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    evidence: Evidence
    faults: list[Fault]
    commits: int


def run(options: Options) -> Verdict:
    """Load and check. Raises LoadFailed, and what reading the hall's files raises."""
    options.out.mkdir(parents=True, exist_ok=True)
    hall = load_hall(options.hall)
    data = options.data or options.out / "data"
    if options.url is None and journal_path(hall, data).exists():
        raise LoadFailed(f"{data} holds the journal of an earlier run: name another --out")
    with _server(options, data) as url:
        found = _locust(options, hall, data, url)
        lines = _lines(url, plans.make_cast(data, ()).supervisor)
    stored = _stored(journal_path(hall, data), lines)
    verdict = Verdict(evidence=found, faults=check(hall, stored, lines, found), commits=len(stored))
    _write_figures(options, verdict)
    return verdict


@contextmanager
def _server(options: Options, data: Path) -> Iterator[str]:
    if options.url is not None:
        yield options.url
        return
    port = free_port()
    command = ["run.py", "serve", "--port", str(port), "--hall", str(options.hall.resolve()), "--data"]
    try:
        with serving([*command, str(data.resolve())], port, options.out / "server.log"):
            yield f"http://127.0.0.1:{port}"
    except RuntimeError as error:
        raise LoadFailed(str(error)) from error


def _locust(options: Options, hall: Hall, data: Path, url: str) -> Evidence:
    """Run Locust in a process of its own, for it changes the standard library under itself."""
    windows = plans.public_windows(hall)
    plan_file, kept = options.out / "plan.json", options.out / "evidence.json"
    kept.unlink(missing_ok=True)
    plan = plans.Plan(
        hall=str(options.hall.resolve()),
        url=url,
        compress=options.compress,
        start=options.start,
        seconds=options.minutes * 60,
        seed=options.seed,
        name=f"load-{secrets.token_hex(4)}",
        windows=windows,
        cast=plans.make_cast(data, windows),
        screens=options.screens,
        phones=options.phones,
        guides=options.guides,
        kiosks=options.kiosks,
        evidence=str(kept.resolve()),
    )
    plans.write(plan, plan_file)
    command = [
        *(sys.executable, "-m", "locust", "-f", "loadtest/locustfile.py", "--headless", "--host", url),
        *("--html", str((options.out / "report.html").resolve()), "--only-summary", "--loglevel", "WARNING"),
        *("--stop-timeout", str(STOP_SECONDS), "--exit-code-on-error", "0"),
    ]
    log = options.out / "locust.log"
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=clean_environment() | {plans.VARIABLE: str(plan_file.resolve())},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=plan.seconds + GRACE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LoadFailed(f"Locust didn't end in time; see {log}") from error
        finally:
            plan_file.unlink()
    if done.returncode or not kept.exists():
        said = log.read_text(encoding="utf-8", errors="replace")
        raise LoadFailed(f"Locust ended with {done.returncode}:\n{said[-2000:]}")
    return evidences.read(kept)


def _lines(url: str, token: str) -> list[bytes]:
    """The day's commits as the API tells them."""
    request = urllib.request.Request(f"{url}/api/journal", headers={"Authorization": f"Bearer {token}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        body: bytes = answer.read()
    return body.splitlines()


def _stored(path: Path, lines: list[bytes]) -> list[StoredCommit]:
    """The same day's commits from the file, read without a lock; with --host, as far as the API had told."""
    day = msgspec.json.decode(lines[0])["day"] if lines else ""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        query = "SELECT n, body, hash FROM commits WHERE day = ? AND n <= ? ORDER BY n"
        rows: list[Any] = connection.execute(query, (day, len(lines))).fetchall()
    finally:
        connection.close()
    return [StoredCommit(day, n, bytes(body), digest) for n, body, digest in rows]


def _write_figures(options: Options, verdict: Verdict) -> None:
    figures = {
        "compress": options.compress,
        "seconds": round(verdict.evidence.seconds, 1),
        "commits": verdict.commits,
        "issued": sum(len(issued.tickets) for issued in verdict.evidence.issued),
        "called": len(verdict.evidence.called),
        "faults": [str(fault) for fault in verdict.faults],
        "figures": verdict.evidence.figures,
    }
    (options.out / "figures.json").write_bytes(msgspec.json.format(msgspec.json.encode(figures)))
