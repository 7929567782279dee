"""The LED bar's program on the real server: a panel at the end of a TCP line."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def running(server: Server, bar: Bar, *more: str) -> Iterator[subprocess.Popen[bytes]]:
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
