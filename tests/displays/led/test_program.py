"""The LED bar's program on the real server: a panel at the end of a TCP line."""

import os
import queue
import select
import socket
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from onewindow.displays.led.dots import HEAD, HEIGHT, WIDTH, as_dots
from onewindow.displays.led.panel import Picture
from tests.callers.browsers import Desk
from tests.server import ROOT, Server

DEED = "REA-001"


class Bar:
    """A panel that keeps what came last."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._shown = threading.Condition()
        self._last = ""
        self.records = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            rest = b""
            with line:
                while data := line.recv(4096):
                    rest += data
                    while b"\x03" in rest:
                        record, _, rest = rest.partition(b"\x03")
                        with self._shown:
                            self._last = record.lstrip(b"\x02").decode("gb18030")
                            self.records += 1
                            self._shown.notify_all()

    def shows(self, *words: str, seconds: float = 30) -> None:
        """Waits until all the words stand on the panel."""
        with self._shown:
            assert self._shown.wait_for(lambda: all(word in self._last for word in words), seconds), self._last

    def close(self) -> None:
        self._listener.close()


class Near:
    """The near end of a serial line, whose far end the program opens."""

    def __init__(self) -> None:
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        self.address = f"serial://{os.ttyname(self._near)}?baud=9600"

    def records(self) -> Iterator[str]:
        """What comes, record by record."""
        rest = b""
        while True:
            assert select.select([self._far], [], [], 30)[0], rest
            rest += os.read(self._far, 4096)
            while b"\x03" in rest:
                record, _, rest = rest.partition(b"\x03")
                assert record.startswith(b"\x02")
                yield record[1:].decode("gb18030")

    def close(self) -> None:
        os.close(self._far)
        os.close(self._near)


@contextmanager
def running(server: Server, bar: Bar | Near, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    where = ("--window", "07", "--url", server.url, "--panel", bar.address, *more)
    process = subprocess.Popen([sys.executable, "-m", "onewindow.displays.led", *where], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def test_a_bar_shows_the_call_says_when_it_is_old_and_recovers(server: Server) -> None:
    bar, desk = Bar(), Desk(server)
    try:
        with running(server, bar):
            bar.shows("07号", "未开")
            desk.post("/api/windows/07/open")
            number = desk.issue(DEED)
            desk.post("/api/windows/07/call-next")
            bar.shows("07号", number)
            server.kill()
            bar.shows("s前")
            bar.shows("以窗口叫号为准")
            server.start()
            bar.shows("07号", number)
    finally:
        desk.close()
        bar.close()


def test_a_bar_on_a_serial_line_shows_the_call(server: Server) -> None:
    line, desk = Near(), Desk(server)
    try:
        with running(server, line):
            records = line.records()
            next(record for record in records if "未开" in record)
            desk.post("/api/windows/07/open")
            number = desk.issue(DEED)
            desk.post("/api/windows/07/call-next")
            upper, lower = next(record for record in records if number in record).split("\n")
            assert upper.startswith("07号") and len(upper.encode("gb18030")) == len(lower.encode("gb18030")) == 16
    finally:
        desk.close()
        line.close()


def test_a_panel_of_dots_shows_what_a_terminal_shows(server: Server) -> None:
    """Both follow the same window; the dots are those of the terminal's two lines, bit for bit."""
    size, desk = len(HEAD) + WIDTH // 8 * HEIGHT, Desk(server)
    command = [sys.executable, "-u", "-m", "onewindow.displays.led", "--window", "07", "--url", server.url, "--panel"]
    terminal = subprocess.Popen(
        [*command, "terminal:"], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    lines: queue.Queue[str] = queue.Queue()
    out = terminal.stdout
    assert out is not None

    def read() -> None:
        for line in out:
            lines.put(line)

    reading = threading.Thread(target=read)
    reading.start()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}?dots=1"
        dots = subprocess.Popen([*command, address], cwd=ROOT)
        try:
            desk.post("/api/windows/07/open")
            upper = lower = ""
            while "请等候" not in upper:
                upper, lower = lines.get(timeout=30), lines.get(timeout=30)
            assert (upper[0], upper[-2:], lower[0], lower[-2:]) == ("|", "|\n", "|", "|\n")
            wanted = as_dots()(Picture(upper[1:-2], lower[1:-2]))
            listener.settimeout(30)
            line, _ = listener.accept()
            with line:
                line.settimeout(30)
                shown, deadline = b"", time.monotonic() + 30
                while shown != wanted and time.monotonic() < deadline:
                    shown = line.recv(size, socket.MSG_WAITALL)
                    assert shown.startswith(HEAD) and len(shown) == size
                assert shown == wanted
        finally:
            for process in (terminal, dots):
                process.terminate()
                process.wait(20)
            reading.join(20)
            out.close()
            desk.close()


def test_a_bar_answers_the_morning_check_once_it_has_shown_its_name(server: Server) -> None:
    bar, desk = Bar(), Desk(server)
    try:
        with running(server, bar, "--device", "led-07"):
            bar.shows("07号", "未开")
            desk.post("/api/supervisor/check")
            bar.shows("07号窗口屏", "测试")
            bar.shows("07号", "未开")
            found = desk.check("led-07")
            assert (found["verdict"], "16×2" in found["what_zh"]) == ("good", True)
            assert desk.check("led-08")["verdict"] == "bad"
    finally:
        desk.close()
        bar.close()
