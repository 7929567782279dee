"""The demonstration as it is started: every page alive, the whole life of tickets, ended by one signal."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import websockets

from onewindow.demo.run import MARK
from tests.server import ANQIU, MORNING, ROOT, Server, free_port, served

PATIENCE = 60.0


class Demo:
    """The demonstration as a process of its own."""

    def __init__(self, data: Path, *options: str, port: int | None = None, ahead: int = MORNING) -> None:
        self.host = f"127.0.0.1:{port or free_port()}"
        env = {name: value for name, value in os.environ.items() if not name.startswith("ONEWINDOW_")}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.later", str(ahead)),
                *("demo", "--port", self.host[10:], "--data", str(data), *options),
            ],
            cwd=ROOT,
            env=env | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def serving(self) -> str:
        """What it printed until it serves."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "倍速" in line:
                return said
        raise AssertionError(said)

    def end(self) -> tuple[int, str]:
        """Its exit status and the rest of its output, once it has ended."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output


@contextmanager
def demo(data: Path, *options: str, port: int | None = None, ahead: int = MORNING) -> Iterator[Demo]:
    """A demonstration that doesn't outlive the block."""
    started = Demo(data, *options, port=port, ahead=ahead)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.communicate()


Cells = dict[str, Any]


async def follow(url: str, good: Callable[[Cells], bool], headers: dict[str, str] | None = None) -> Cells:
    """What a channel shows as soon as it is good."""
    cells: Cells = {}
    async with asyncio.timeout(PATIENCE), websockets.connect(url, additional_headers=headers, proxy=None) as socket:
        async for message in socket:
            frame = msgspec.json.decode(message)
            cells |= frame.get("cells") or frame.get("set") or {}
            for key in frame.get("del", ()):
                cells.pop(key, None)
            if good(cells):
                return cells
    raise AssertionError("the server hung up")


def alive(cells: Cells) -> bool:
    """Calls stand, windows serve, and in every zone something goes on."""
    busy = [cell for key, cell in cells.items() if key.startswith("window/") and cell["number"]]
    called = [key for key in cells if key.startswith("call/")]
    zones = [cell for key, cell in cells.items() if key.startswith("zone/")]
    return len(busy) >= 30 and len(called) >= 3 and all(zone["open"] for zone in zones)


@pytest.mark.parametrize("minutes", [0, 150, 432, 510], ids=["10:00", "12:30", "17:12", "18:30"])
async def test_the_hall_lives_at_any_hour_and_one_signal_ends_it(minutes: int, tmp_path: Path) -> None:
    """Also at lunch, shortly before closing, when queues would run past it, and after."""
    with demo(tmp_path / "demo", "--speed", "60", ahead=MORNING + minutes * 60) as started:
        said = await asyncio.to_thread(started.serving)
        assert f"http://{started.host}/guide" in said
        await follow(f"ws://{started.host}/ws/hall", alive)
        supervisor = Server(tmp_path / "demo").bearer("supervisor")
        await follow(
            f"ws://{started.host}/ws/supervisor", lambda cells: cells["totals"]["finished"] > 20, headers=supervisor
        )
        async with httpx.AsyncClient(base_url=f"http://{started.host}", timeout=10, trust_env=False) as client:
            for page in ("/", "/screens/hall", "/screens/zones/business", "/screens/windows/17"):
                assert (await client.get(page)).is_success, page
            journal = (await client.get("/api/journal", headers=supervisor)).content.splitlines()
        done = Counter(entry["do"] for line in journal for entry in msgspec.json.decode(line)["entries"])
        assert done["open_window"] == 35
        assert done["issue_tickets"] > 60 and done["call_next"] > 55 and done["start_service"] > 50
        started.process.send_signal(signal.SIGINT)
        status, output = started.end()
    assert status == 0 and "已停止" in output, output
    assert "Traceback" not in output and "No number" not in output, output
    assert (tmp_path / "demo" / MARK).exists()


def test_it_keeps_out_of_a_halls_own_data(tmp_path: Path) -> None:
    with served(tmp_path / "var", ANQIU):
        pass
    with demo(tmp_path / "var") as started:
        status, output = started.end()
    assert status == 1 and "大厅自己的日志" in output and "Traceback" not in output
    assert not (tmp_path / "var" / MARK).exists()


def test_a_speed_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with demo(tmp_path / "new", "--speed", "0") as started:
        status, output = started.end()
    assert status == 1 and "--speed" in output
    assert not (tmp_path / "new").exists()


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with served(tmp_path / "var") as server, demo(tmp_path / "demo", port=server.port) as started:
        status, output = started.end()
    assert status == 1 and str(server.port) in output and "Traceback" not in output
