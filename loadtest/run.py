"""One run (一次压测): the server, Locust and the crowd against it, the journal afterwards, and the verdict."""

import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from loadtest import evidence as evidences
from loadtest import plan as plans
from loadtest.checker import Fault, check
from loadtest.evidence import Evidence
from loadtest.installed import copied_data, copied_hall, taking_numbers, who_was_here
from loadtest.own_process import cpu_of, server_faults
from loadtest.peak_clock import ahead_of
from loadtest.server import ROOT, clean_environment, free_port, serving
from onewindow.queue.journal import StoredCommit
from onewindow.runtime.hall import journal_path
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

GRACE_SECONDS: Final = 150.0
"""Beyond its own time Locust gets so long to begin, to deal with those who came, and to end; then it is stopped."""
CROWD_SECONDS: Final = 120.0
LOCUST_REPORT: Final = "locust.html"
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
    """The data directory of that server, for its tokens and its journal; of our own, what is to be copied."""
    serving: bool = False
    """Load a hall even if people are at work in it."""
    compress: float
    minutes: float
    start: int | None
    """Seconds since midnight; None: the profile's busiest hour."""
    seed: int
    phones: int
    screens: int
    guides: int
    kiosks: int


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    plan: plans.Plan
    evidence: Evidence
    faults: list[Fault]
    commits: int


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The server that is loaded."""

    hall: Path
    data: Path
    url: str
    pid: int = 0
    """0: not ours."""
    ahead_ms: int = 0


def run(options: Options) -> Verdict:
    """Load and check. Raises LoadFailed, and what reading the hall's files raises."""
    options.out.mkdir(parents=True, exist_ok=True)
    with _server(options) as server:
        hall = load_hall(server.hall)
        token = plans.make_cast(server.data, ()).supervisor
        if options.url is not None and not options.serving:
            _refuse_a_serving_hall(hall, server, token)
        plan = _plan(options, hall, server)
        before = cpu_of(server.pid)
        found = _play(options, plan)
        found.server_cpu = {name: took - before[name] for name, took in cpu_of(server.pid).items()}
        lines = _lines(server.url, token)
    stored = _stored(journal_path(hall, server.data), lines)
    faults = check(hall, stored, lines, found)
    if options.url is None:
        faults += server_faults(options.out / "server.log")
    return Verdict(plan=plan, evidence=found, faults=faults, commits=len(stored))


@contextmanager
def _server(options: Options) -> Iterator[Server]:
    """The server that runs already, or our own with its own data: fresh, or a copy of those that were named."""
    if options.url is not None:
        assert options.data is not None
        yield Server(hall=options.hall, data=options.data, url=options.url)
        return
    data, folder = options.out / "data", options.out / "hall"
    if data.exists():
        raise LoadFailed(f"{data} is an earlier run's: name another --out")
    taking_numbers(copied_hall(options.hall, folder))
    hall = load_hall(folder)
    if options.data is not None:
        copied_data(options.data, data)
    ahead = ahead_of(hall.settings, _start(options, hall), time.time_ns() // 1_000_000) // 1000
    port = free_port()
    command = ["-m", "loadtest.peak_clock", str(ahead), "serve", "--port", str(port), "--hall", str(folder.resolve())]
    try:
        with serving([*command, "--data", str(data.resolve())], port, options.out / "server.log") as process:
            url = f"http://127.0.0.1:{port}"
            yield Server(hall=folder, data=data, url=url, pid=process.pid, ahead_ms=ahead * 1000)
        # Half a gigabyte of rendered announcements, which can be made again.
        shutil.rmtree(data / "voice", ignore_errors=True)
    except RuntimeError as error:
        raise LoadFailed(str(error)) from error


def _start(options: Options, hall: Hall) -> int:
    return plans.peak_hour(hall) if options.start is None else options.start


def _refuse_a_serving_hall(hall: Hall, server: Server, token: str) -> None:
    lines = _lines(server.url, token)
    day = msgspec.json.decode(lines[0])["day"] if lines else ""
    there = who_was_here(day, hall.settings.code, _stored(journal_path(hall, server.data), lines))
    if there:
        names = "、".join(sorted(there)[:5])
        raise LoadFailed(
            f"今天有人在这个大厅里工作（{names}），压测会给他们发假号。"
            "请压一份副本（--data，不写 --host），或加 --serving。\n"
            f"People are at work in this hall today ({names}); made-up visitors would get their numbers. "
            "Load a copy (--data without --host), or say --serving."
        )


def _plan(options: Options, hall: Hall, server: Server) -> plans.Plan:
    windows = plans.public_windows(hall)
    return plans.Plan(
        hall=str(server.hall.resolve()),
        url=server.url,
        compress=options.compress,
        start=_start(options, hall),
        seconds=options.minutes * 60,
        seed=options.seed,
        name=f"load-{secrets.token_hex(4)}",
        windows=windows,
        cast=plans.make_cast(server.data, windows),
        screens=options.screens,
        phones=options.phones,
        guides=options.guides,
        kiosks=options.kiosks,
        evidence=str((options.out / "evidence.json").resolve()),
        seen=str((options.out / "seen.json").resolve()),
        speakers=plans.own_zones(hall),
        ahead_ms=server.ahead_ms,
    )


def _play(options: Options, plan: plans.Plan) -> Evidence:
    """Run crowd and Locust, each in a process of its own; Locust changes the standard library under itself."""
    kept, seen, plan_file = Path(plan.evidence), Path(plan.seen), options.out / "plan.json"
    for path in (kept, seen):
        path.unlink(missing_ok=True)
    plans.write(plan, plan_file)
    try:
        with (options.out / "crowd.log").open("wb") as log:
            crowd = _started(["-m", "loadtest.crowd", str(plan_file.resolve())], log)
            try:
                _locust(options, plan, crowd, plan_file)
                if crowd.wait(CROWD_SECONDS) or not seen.exists():
                    raise LoadFailed(f"the crowd ended with {crowd.returncode}:\n{_tail(options.out / 'crowd.log')}")
            except subprocess.TimeoutExpired as error:
                raise LoadFailed("the crowd didn't end in time") from error
            finally:
                _end(crowd)
    finally:
        plan_file.unlink()
    found = evidences.read(kept)
    found.crowd = evidences.read_crowd(seen)
    seen.unlink()
    evidences.write(found, kept)
    return found


def _started(arguments: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """The crowd's process, ready. Raises LoadFailed."""
    crowd = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
    )
    assert crowd.stdout is not None
    if crowd.stdout.readline() != b"ready\n":
        _end(crowd)
        raise LoadFailed(f"screens and loudspeakers could not connect:\n{_tail(Path(log.name))}")
    return crowd


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    for end in (process.stdin, process.stdout):
        if end is not None:
            end.close()


def _locust(options: Options, plan: plans.Plan, crowd: subprocess.Popen[bytes], plan_file: Path) -> None:
    """Run Locust; tickets that its users get are told to the crowd, which ends as Locust does."""
    assert crowd.stdin is not None
    feed = crowd.stdin.fileno()
    plans.write(msgspec.structs.replace(plan, feed=feed), plan_file)
    command = [
        *(sys.executable, "-m", "locust", "-f", "loadtest/locustfile.py", "--headless", "--host", plan.url),
        *("--html", str((options.out / LOCUST_REPORT).resolve()), "--only-summary", "--loglevel", "WARNING"),
        *("--stop-timeout", str(STOP_SECONDS), "--exit-code-on-error", "0"),
    ]
    log = options.out / "locust.log"
    with log.open("wb") as output:
        locust = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment() | {plans.VARIABLE: str(plan_file.resolve())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(feed,),
        )
        crowd.stdin.close()
        try:
            locust.wait(plan.seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise LoadFailed(f"Locust didn't end in time; see {log}") from error
        finally:
            _end(locust)
    if locust.returncode or not Path(plan.evidence).exists():
        raise LoadFailed(f"Locust ended with {locust.returncode}:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


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
