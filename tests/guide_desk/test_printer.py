"""The bytes that a printer gets: captured from a real connection and a real file, and put together as paper."""

import os
import pty
import socket
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from escpos.printer import Dummy
from PIL import Image, ImageChops

from onewindow.guide_desk import printer_ports
from onewindow.guide_desk.printer import (
    DEEPEST,
    PROFILE,
    Outcome,
    Printed,
    Printers,
    SlipPrinter,
    escpos_bytes,
)
from onewindow.guide_desk.printer_ports import BadAddress, port_of
from onewindow.guide_desk.slip_image import slip_image
from onewindow.guide_desk.trial_slip import trial_slip_image
from onewindow.zones.model import Device, DeviceKind
from tests.guide_desk.issued import URL, usual_slip
from tests.guide_desk.paper import Paper, printed_on

WAIT = 20
"""Seconds that a test waits for a printer before it gives up."""


@pytest.fixture
def paper() -> Iterator[Paper]:
    with closing(Paper()) as found:
        yield found


def device(name: str, address: str, kind: DeviceKind = DeviceKind.PRINTER) -> Device:
    return Device(id=name, kind=kind, zones=(), window=None, address=address, zh=name)


def strip(height: int) -> Image.Image:
    """White paper."""
    return Image.new("1", (576, height), 1)


def printer(address: str) -> SlipPrinter:
    port = port_of(address)
    assert port is not None
    return SlipPrinter("desk", port)


def print_one(address: str) -> Printed:
    own = printer(address)
    result = own.put(lambda: slip_image(usual_slip())).result(WAIT)
    own.stop()
    return result


def assert_is_the_slip(stream: bytes, folder: Path) -> None:
    whole, cuts = printed_on(stream)
    wanted = slip_image(usual_slip())
    assert whole.size == wanted.size
    assert ImageChops.difference(whole.convert("L"), wanted.convert("L")).getbbox() is None
    assert cuts == 1
    file = folder / "printed.png"
    whole.convert("L").save(file)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", str(file)], capture_output=True, check=True)
    assert read.stdout.decode().strip() == URL


def test_a_network_printer_gets_the_slip_as_a_picture_and_cuts_it(paper: Paper, tmp_path: Path) -> None:
    printed = print_one(paper.address)
    assert (printed.outcome, printed.code) == (Outcome.PRINTED, "")
    assert printed.mm == -(-slip_image(usual_slip()).height // 8) + 25
    paper.close()
    (stream,) = paper.jobs
    assert_is_the_slip(stream, tmp_path)


def test_a_file_gets_the_same(tmp_path: Path) -> None:
    file = tmp_path / "lp 0"
    assert print_one(f"file://{tmp_path}/lp%200").outcome == Outcome.PRINTED
    assert_is_the_slip(file.read_bytes(), tmp_path)


def test_without_the_printers_descriptions_each_slip_says_that_it_is_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "escpos.printer", None)  # As where its temporary folder can't be made.
    assert print_one(f"file://{tmp_path}/lp").code == "crashed"


class Line:
    """The far end of a serial line, which takes what comes."""

    def __init__(self) -> None:
        self.end, self._near = pty.openpty()
        self.address = f"serial://{os.ttyname(self._near)}?baud=38400"
        self.came = b""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while piece := os.read(self.end, 65536):
            self.came += piece
            if self.came.endswith(b"end"):
                return

    def speed(self) -> int:
        return int(termios.tcgetattr(self._near)[5])

    def close(self) -> None:
        os.write(self._near, b"end")
        self._thread.join(WAIT)
        os.close(self._near)
        os.close(self.end)


def test_a_serial_line_gets_the_same_bytes_at_its_speed(tmp_path: Path) -> None:
    line = Line()
    printed = print_one(line.address)
    speed = line.speed()
    line.close()
    assert printed.outcome == Outcome.PRINTED, printed
    assert speed == termios.B38400
    assert_is_the_slip(line.came.removesuffix(b"end"), tmp_path)


def test_python_escpos_s_own_dummy_makes_the_same_paper(tmp_path: Path) -> None:
    dummy = Dummy(profile=PROFILE)
    dummy.image(slip_image(usual_slip()), impl="bitImageRaster")
    dummy.cut()
    assert_is_the_slip(dummy.output, tmp_path)
    assert escpos_bytes(slip_image(usual_slip())).endswith(dummy.output)


def test_a_printer_that_takes_nothing_holds_nobody_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that somebody holds open and never reads, as a device without paper."""
    monkeypatch.setattr(printer_ports, "PATIENCE", 0.05)
    pipe = tmp_path / "lp0"
    os.mkfifo(pipe)
    assert print_one(f"file://{pipe}").code == "unreachable"
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    result = print_one(f"file://{pipe}")
    os.close(end)
    assert (result.outcome, result.code) == ("failed", "unreachable")
    assert "timed out" in result.en


def test_a_file_that_is_no_serial_line_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert print_one(f"serial://{tmp_path}/file").code == "unreachable"


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [(b"\x12", "printed", ""), (b"\x1e", "printed", "paper_low"), (b"\x7e", "failed", "paper_out")],
)
def test_the_printer_s_own_sensor_is_asked(status: bytes, outcome: str, code: str) -> None:
    with closing(Paper(status)) as paper:
        result = print_one(paper.address)
    assert (result.outcome, result.code) == (outcome, code)
    assert bool(result.zh) == bool(code)
    assert len(b"".join(paper.jobs)) > 0 or outcome == "failed"


def test_a_printer_that_does_not_say_prints_all_the_same_and_is_asked_once() -> None:
    with closing(Paper(None)) as paper:
        own = printer(paper.address)
        picture = slip_image(usual_slip(None))
        assert own.put(lambda: picture).result(WAIT).outcome == "printed"
        assert own.put(lambda: picture).result(WAIT).outcome == "printed"
        own.stop()
    assert len(paper.jobs) == 2
    assert all(job.startswith(b"\x1b@") for job in paper.jobs)


def test_a_printer_that_is_not_there_is_told_with_its_cause() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = print_one(f"network://127.0.0.1:{port}")
    assert (result.outcome, result.code) == ("failed", "unreachable")
    assert "请手写" in result.zh
    assert "refused" in result.en


class Busy:
    """A slip that keeps its printer busy until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> Image.Image:
        self.begun.set()
        assert self.let_go.wait(WAIT)
        return strip(10)


def test_nobody_waits_for_paper_and_slips_keep_their_order(paper: Paper) -> None:
    own, busy = printer(paper.address), Busy()
    results = [own.put(busy), own.put(partial(strip, 20)), own.put(partial(strip, 30))]
    assert busy.begun.wait(WAIT)
    assert not any(result.done() for result in results)
    busy.let_go.set()
    assert [result.result(WAIT).outcome for result in results] == ["printed"] * 3
    own.stop()
    paper.close()
    assert [printed_on(job)[0].height for job in paper.jobs] == [10, 20, 30]


def test_a_printer_out_of_order_gathers_only_so_many(paper: Paper) -> None:
    own, busy = printer(paper.address), Busy()
    first = own.put(busy)
    assert busy.begun.wait(WAIT)
    waiting = [own.put(partial(strip, 8)) for _ in range(DEEPEST)]
    assert own.put(partial(strip, 8)).result(WAIT).code == "backlog"
    stopping = threading.Thread(target=own.stop)
    stopping.start()
    assert {result.result(WAIT).code for result in waiting} == {"stopped"}
    busy.let_go.set()
    stopping.join(WAIT)
    assert first.result(WAIT).outcome == "printed"


def test_a_defect_in_drawing_does_not_end_the_printer(paper: Paper, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Image.Image:
        raise ZeroDivisionError

    own = printer(paper.address)
    assert own.put(broken).result(WAIT).code == "crashed"
    assert "ZeroDivisionError" in caplog.text
    assert own.put(partial(strip, 8)).result(WAIT).outcome == "printed"
    own.stop()


def test_a_missing_usb_printer_is_a_reason_not_a_crash() -> None:
    result = print_one("usb://04b8:0202")
    assert (result.outcome, result.code in ("no_driver", "unreachable")) == ("failed", True)


@pytest.mark.parametrize(
    "address",
    [
        "network://",
        "network://h:port",
        "usb://printer",
        "serial:///dev/tty?baud=7",
        "file://host/x",
        "lpt1",
        "ftp://x",
    ],
)
def test_an_address_that_means_nothing_is_refused(address: str) -> None:
    with pytest.raises(BadAddress, match="network://"):
        port_of(address)


def test_the_hall_s_printers_by_their_device(paper: Paper) -> None:
    printers = Printers(
        [
            device("tv", "", DeviceKind.HALL_SCREEN),
            device("desk", paper.address),
            device("spare", "browser:"),
            device("kiosk", "", DeviceKind.KIOSK),
        ]
    )
    assert printers.desk == "desk"
    assert [printers.by_server(name) for name in ("desk", "spare", "kiosk", "tv", None)] == [True] + [False] * 4
    assert printers.put("desk", partial(strip, 8)).result(WAIT).outcome == "printed"
    printers.stop()


def test_a_trial_slip_comes_out_of_its_printer(paper: Paper) -> None:
    own = printer(paper.address)
    wanted = trial_slip_image("测试大厅", "导询台小票打印机", "2026-11-24 08:20")
    printed = own.put(lambda: trial_slip_image("测试大厅", "导询台小票打印机", "2026-11-24 08:20")).result(WAIT)
    own.stop()
    assert printed.outcome is Outcome.PRINTED
    image, cuts = printed_on(paper.jobs[0])
    assert (image.size, cuts) == (wanted.size, 1)
    assert ImageChops.difference(image.convert("L"), wanted.convert("L")).getbbox() is None
    assert wanted.convert("L").crop((0, 60, 576, 300)).getextrema() == (0, 255)
