"""Python, packages, port and address: each check on a good one and on a bad one."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path

import pytest

from onewindow.doctor import machine
from onewindow.doctor.finding import Level
from tests.server import free_port, served


def test_an_old_python_stops() -> None:
    assert machine.python().level is Level.OK
    found = machine.python((3, 10, 13))
    assert found.level is Level.STOP and "3.10.13" in found.zh


def test_packages_as_tested_are_well(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    lock.write_text(
        f"msgspec=={metadata.version('msgspec')} \\\n    --hash=sha256:0\n    # via\n    #   starlette==0\n"
        f"redis[hiredis]=={metadata.version('redis')} \\\n"
        "colorama==0.4 ; sys_platform == 'win32' \\\n"
    )
    found = machine.packages(lock)
    assert found.level is Level.OK and " 3 " in found.en


def test_the_real_lock_is_understood() -> None:
    pins = machine.PINNED.findall(machine.LOCK.read_text(encoding="utf-8"))
    assert {"starlette", "msgspec", "espeakng-loader"} < {name for name, _, _ in pins}
    assert len(pins) == machine.LOCK.read_text(encoding="utf-8").count("==")


@pytest.mark.parametrize("line", ["msgspec==0.0.1 \\", "no-such-package-of-ours==1.0 \\"])
def test_other_packages_than_tested_are_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "run.lock").write_text(line)
    found = machine.packages(tmp_path / "run.lock")
    assert found.level is Level.WARN
    assert line.partition("==")[0] in found.en and "install.sh" in found.todo_en


def test_a_missing_lock_is_told(tmp_path: Path) -> None:
    assert machine.packages(tmp_path / "run.lock").level is Level.WARN


class Stranger(BaseHTTPRequestHandler):
    """Another program's answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'["hello"]')

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def stranger() -> Iterator[int]:
    """The port of another program."""
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_free_port_is_well_and_stays_free() -> None:
    port = free_port()
    assert machine.port("127.0.0.1", port).level is Level.OK
    socket.create_server(("127.0.0.1", port)).close()


def test_a_taken_port_stops(stranger: int) -> None:
    found = machine.port("127.0.0.1", stranger)
    assert found.level is Level.STOP
    assert str(stranger) in found.zh and str(stranger) in found.todo_en


def test_a_port_where_the_hall_runs_is_well(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        found = machine.port("127.0.0.1", server.port)
    assert found.level is Level.OK and "running" in found.en


def test_an_address_that_is_not_ours_stops() -> None:
    assert machine.port("203.0.113.9", free_port()).level is Level.STOP


@pytest.mark.parametrize("url", ["", "http://192.168.1.10:8000", "https://hall.example.cn"])
def test_an_address_that_phones_reach_is_well(url: str) -> None:
    assert machine.public_url(url).level is Level.OK


@pytest.mark.parametrize(
    "url",
    [
        "192.168.1.10:8000",
        "ftp://hall",
        "http://",
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://[::1]:8000",
        "http://0.0.0.0:8000",
        "https://LOCALHOST/",
    ],
)
def test_an_address_that_no_phone_reaches_is_told(url: str) -> None:
    found = machine.public_url(url)
    assert found.level is Level.WARN and found.todo_zh
