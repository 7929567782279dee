"""The keypad's program on the real server: by a pipe, by a device's bytes, over a line that loses answers."""

import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.callers.browsers import Desk
from tests.server import ROOT, Server

DEED = "REA-001"
"""Only the comprehensive windows 07 to 12 take it; its group is C."""
KP_ENTER, KP_PLUS, KP_0, KP_DOT = 96, 78, 82, 83


class Keypad:
    """The running program: keys go in, lines come out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._in = process.stdin
        self._out = process.stdout

    def types(self, *names: str) -> None:
        self._in.write("".join(f"{name}\n" for name in names))
        self._in.flush()

    def line(self) -> str:
        """The next line; the program's end is an empty one."""
        return self._out.readline().rstrip("\n")

    def says(self, *words: str) -> None:
        """The next line holds these words."""
        line = self.line()
        for word in words:
            assert word in line


@contextmanager
def keypad(server: Server, *options: str, url: str = "") -> Iterator[Keypad]:
    """The program for window 08, ended by closing its pipe or, when it reads a device, by its id."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "onewindow.callers.keypad", "--window", "08"),
            *("--url", url or server.url, "--token", server.token("clerk", window="08"), *options),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    with process:
        try:
            yield Keypad(process)
        finally:
            process.kill()


def test_a_day_by_seven_keys(server: Server, desk: Desk) -> None:
    for _ in range(2):
        desk.issue(DEED)
    with keypad(server, "--stdin", "--dead-time", "0") as pad:
        pad.types("enter", "0", "enter", "/", "enter", "+", "-")
        pad.says("\a窗口未开，按 0 开窗", "press 0")
        pad.says("开窗 · Open")
        pad.says("已叫 C001 · Called C001")
        pad.says("撤销 C001 · Undo C001")
        pad.says("已叫 C001")
        pad.says("重呼 C001 · Recall C001")
        pad.says("\a叫号后须满 60 秒")
        pad.types("Enter", "next", "enter", "*", "enter")
        pad.says("开始办理 C001")
        pad.says("已叫 C002")
        pad.says("开始办理 C002")
        pad.says("办结 C002")
        pad.says("暂无人等候 · nobody waits")
        pad.types(".", ".", "7", "0", "0")
        pad.says("求助 · Help called")
        pad.says("已到场")
        pad.says("没有这个键：7")
        pad.says("暂停 · Pause")
        pad.says("恢复叫号")
    assert [e["ticket"][-4:] for e in desk.events("ticket_finished")] == ["C001", "C002"]
    assert [e["reason"] for e in desk.events("window_paused")] == ["brief"]


def test_what_can_not_be_done_now_rings(server: Server, desk: Desk) -> None:
    desk.post("/api/tickets", {"matter": DEED, "marks": ["deaf"]}, role="guide")
    desk.issue(DEED)
    desk.post("/api/windows/08/open")
    with keypad(server, "--stdin", "--dead-time", "0") as pad:
        pad.types("enter", "-", ".")
        pad.says("已叫 C001")
        pad.says("\aC001 听不到叫号。请招手或写字，并请导办去找", "ask a guide")
        pad.says("求助")
        pad.types("enter")
        pad.says("开始办理 C001")
        desk.post("/api/service/suspend", {"reason": "power"})
        pad.types("enter", "enter", "0")
        pad.says("服务已暂停，只办结 C001")
        pad.says("\a暂停服务（停电），不叫号；等主任恢复", "Power cut")
        pad.says("暂停 · Pause")
    assert [e["ticket"][-4:] for e in desk.events("ticket_called")] == ["C001"]


def test_a_second_enter_does_not_count(server: Server, desk: Desk) -> None:
    desk.issue(DEED)
    desk.post("/api/windows/08/open")
    with keypad(server, "--stdin", "--dead-time", "3600") as pad:
        pad.types("enter", "enter")
        pad.says("已叫 C001")
        pad.says("按得太快，这一下不算")
    assert desk.events("service_started") == []


def pressed(code: int, at: float) -> bytes:
    """A press and its release, as Linux writes them: scan code, key, report."""
    seconds, micros = int(at), int(at % 1 * 1_000_000)
    events = ((4, 4, 458_000), (1, code, 1), (0, 0, 0), (1, code, 0), (0, 0, 0))
    return b"".join(struct.pack("@llHHi", seconds, micros, *one) for one in events)


def test_an_input_device_that_is_unplugged_and_comes_back(server: Server, desk: Desk, tmp_path: Path) -> None:
    for _ in range(2):
        desk.issue(DEED)
    device = tmp_path / "event0"
    os.mkfifo(device)
    with keypad(server, "--device", str(device)) as pad:
        with device.open("wb", buffering=0) as keys:
            pad.says("小键盘已就绪")
            keys.write(pressed(KP_0, 100.0))
            pad.says("开窗")
            keys.write(pressed(KP_ENTER, 110.0))
            pad.says("已叫 C001")
            # Within the dead time by the device's own clock, however late the program reads it.
            keys.write(pressed(KP_ENTER, 111.4))
            pad.says("按得太快")
            # An event in two halves is still one.
            halves = pressed(KP_PLUS, 112.0)
            keys.write(halves[:31])
            keys.write(halves[31:])
            pad.says("重呼 C001")
        pad.says("小键盘断开")
        with device.open("wb", buffering=0) as keys:
            pad.says("小键盘已接上")
            keys.write(pressed(KP_ENTER, 120.0))
            pad.says("开始办理 C001")
    assert len(desk.events("ticket_called")) == 1


class LossyLine:
    """A TCP proxy that delivers every request, and loses the first answers to those for `path`."""

    def __init__(self, port: int, path: bytes, lose: int, hold: threading.Event) -> None:
        self._to = port
        self._path = path
        self._lose = lose
        self._hold = hold
        self.keys: list[bytes] = []
        """The Idempotency-Keys of the requests for `path`, in order."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            with client:
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        request = _request(client)
        head, _, _ = request.partition(b"\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self._to)) as server:
            # The server closes when it has answered, so that the answer is whole when it ends.
            server.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = b"".join(iter(lambda: server.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 ")
        if self._path in head.split(b"\r\n")[0]:
            lines = head.lower().split(b"\r\n")
            self.keys += [line.split(b": ")[1] for line in lines if line.startswith(b"idempotency-key")]
            self._hold.wait()
            if len(self.keys) <= self._lose:
                return
        client.sendall(answer)


def _request(client: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        got += client.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < sum(lengths):
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def lossy(
    server: Server, path: str, lose: int = 0, *, held: bool = False
) -> Iterator[tuple[LossyLine, threading.Event]]:
    """A lossy line to the server, and the event that lets the answers for `path` through."""
    let_through = threading.Event()
    if not held:
        let_through.set()
    line = LossyLine(server.port, path.encode(), lose, let_through)
    try:
        yield line, let_through
    finally:
        let_through.set()
        line.close()


def test_a_lost_answer_is_asked_for_again_and_calls_once(server: Server, desk: Desk) -> None:
    for _ in range(3):
        desk.issue(DEED)
    desk.post("/api/windows/08/open")
    with lossy(server, "/call-next", lose=2) as (line, _), keypad(server, "--stdin", url=line.url) as pad:
        pad.types("enter")
        pad.says("\a“叫下一号”还没有答复，再问（不会重复办理）")
        pad.says("已叫 C001 · Called C001")
    assert (len(line.keys), len(set(line.keys))) == (3, 1)
    assert [e["ticket"][-4:] for e in desk.events("ticket_called")] == ["C001"]


def test_what_is_pressed_before_the_answer_is_not_kept_for_later(server: Server, desk: Desk, tmp_path: Path) -> None:
    for _ in range(2):
        desk.issue(DEED)
    desk.post("/api/windows/08/open")
    device = tmp_path / "event0"
    os.mkfifo(device)
    with (
        lossy(server, "/call-next", held=True) as (line, let_through),
        keypad(server, "--device", str(device), url=line.url) as pad,
        device.open("wb", buffering=0) as keys,
    ):
        pad.says("小键盘已就绪")
        keys.write(pressed(KP_ENTER, 100.0))
        keys.write(pressed(KP_ENTER, 105.0))
        pad.says("\a上一个键还没有结果")
        let_through.set()
        pad.says("已叫 C001")
        keys.write(pressed(KP_DOT, 110.0))
        pad.says("求助")
    assert desk.events("service_started") == []


def test_the_server_goes_and_comes_back(server: Server, desk: Desk) -> None:
    desk.issue(DEED)
    desk.post("/api/windows/08/open")
    with keypad(server, "--stdin", "--dead-time", "0") as pad:
        server.kill()
        pad.types("enter")
        pad.says("\a连不上服务器，没有办")
        server.start()
        pad.types("enter")
        pad.says("已叫 C001")


def test_it_says_what_is_missing(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "onewindow.callers.keypad", "--window", "08", "--url", server.url, "--stdin"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "ONEWINDOW_TOKEN"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "缺令牌" in done.stderr
