"""The server of a run (被测服务): our own on a free port of this machine, or one that runs here already."""

import http.client
import ipaddress
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
STEP_SECONDS: Final = 0.05


class NotHere(ValueError):
    """The address is not of this machine."""


def loopback(url: str) -> str:
    """The address without a path, if it is one of this machine's own. Raises NotHere for any other.

    A load must never hit somebody else's hall by a slip of the pen.
    """
    parts = urlsplit(url if "//" in url else f"http://{url}")
    host = parts.hostname or ""
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
        port = parts.port
    except ValueError as error:
        raise NotHere(url) from error
    if not here or parts.scheme != "http":
        raise NotHere(url)
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{port or 80}"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """The environment without settings of a hall, and without proxies: all addresses are of this machine.

    The forecast's kernel is compiled once for all servers with fresh data, not beside the load on each.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ONEWINDOW_") and not name.lower().endswith("_proxy")
    } | {"NUMBA_CACHE_DIR": str(ROOT / "var" / "compiled")}


@contextmanager
def serving(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that listens on `port`, from when it is ready until the block ends.

    Raises RuntimeError, with what it said, when it doesn't get ready.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=clean_environment() | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_ready(process, port, log)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if ready(port):
            return
        time.sleep(STEP_SECONDS)
    raise RuntimeError(f"the server didn't get ready:\n{log.read_text(encoding='utf-8', errors='replace')}")


def ready(port: int) -> bool:
    """Whether something on this port of 127.0.0.1 says that it takes commands."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
