"""Slip printers (小票打印机): ESC/POS, each with a thread and a queue of its own.

Nobody waits for paper: a job is put into the printer's queue, and its outcome comes as a future. The slip goes as a
raster picture (`GS v 0`), so that Chinese prints on every model. `browser:` stands for no printer of the server's:
the page prints itself.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PIL import Image

from onewindow.guide_desk.printer_ports import NetworkPort, Port, PortFault, port_of
from onewindow.guide_desk.slip_image import DOTS_PER_MM
from onewindow.zones.model import Device, DeviceKind, Frozen

log = logging.getLogger(__name__)

PROFILE: Final = "RP-F10-80mm"
"""python-escpos's description of 80 mm paper with 576 dots and a cutter; only width and cut are taken from it."""
FEED_MM: Final = 25
"""Fed before the cut: six lines of a sixth of an inch."""
DEEPEST: Final = 50
"""Jobs that may wait for one printer; a printer that is out of order must not gather a morning's slips."""


class Outcome(StrEnum):
    """What became of a job (打印结果)."""

    PRINTED = "printed"
    FAILED = "failed"


class Printed(Frozen, frozen=True, kw_only=True):
    """The outcome of a job, with the reason of a failure in both languages (打印结果和原因)."""

    outcome: Outcome
    code: str = ""
    """A key of REASONS; of a printed slip `paper_low` or empty."""
    zh: str = ""
    en: str = ""
    mm: int = 0
    """Paper that it took, the feed before the cut included."""


REASONS: Final = {
    "paper_out": ("打印机缺纸。请换纸后重打，先请手写号码。", "The printer is out of paper. Change the roll."),
    "paper_low": ("打印纸快用完了，请准备换纸。", "The paper is nearly used up."),
    "unreachable": ("打印机没有反应（{cause}）。请检查电源和网线，先请手写号码。", "No printer there: {cause}."),
    "backlog": ("打印机前面积压太多。请检查打印机，先请手写号码。", "Too many slips wait for this printer."),
    "no_driver": (
        "这台电脑还不能连接 USB 打印机（缺 {cause}），先请手写号码。",
        "USB printing isn't possible here: {cause} is missing.",
    ),
    "stopped": ("服务器正在停止，没有打印。", "The server is going down; nothing was printed."),
    "crashed": ("打印程序出错，先请手写号码。", "Printing failed by a defect of the program."),
}


def told(outcome: Outcome, code: str = "", cause: str = "", mm: int = 0) -> Printed:
    """The outcome with the sentences of its code."""
    zh, en = REASONS[code] if code else ("", "")
    return Printed(outcome=outcome, code=code, zh=zh.format(cause=cause), en=en.format(cause=cause), mm=mm)


def escpos_bytes(picture: Image.Image) -> bytes:
    """A one-bit picture, at most 576 dots wide, and a cut, as the printer reads them."""
    from escpos.printer import Dummy

    paper = Dummy(profile=PROFILE)
    paper.hw("INIT")
    paper.image(picture, impl="bitImageRaster")
    paper.cut()
    return bytes(paper.output)


def paper_mm(picture: Image.Image) -> int:
    """The paper that a slip takes, mm."""
    return -(-picture.height // DOTS_PER_MM) + FEED_MM


Draw = Callable[[], Image.Image]
"""Makes the picture, 576 dots wide, in one bit; called in the printer's thread, not in the server's loop."""
Note = Callable[[Printed], None]
"""Is told the outcome, in the printer's thread, before the one who waits; must not fail."""


@dataclass(frozen=True)
class _Job:
    draw: Draw
    note: Note
    result: "Future[Printed]"


def _nothing(_: Printed) -> None:
    """Nobody wants to know."""


class SlipPrinter:
    """One printer: a thread that prints what stands in its queue, one slip after the other."""

    def __init__(self, name: str, port: Port) -> None:
        self.name = name
        self._port = port
        self._jobs: queue.Queue[_Job | None] = queue.Queue(DEEPEST)
        self._thread = threading.Thread(target=self._run, name=f"printer-{name}", daemon=True)
        self._thread.start()

    def put(self, draw: Draw, note: Note = _nothing) -> "Future[Printed]":
        """Queue a slip; the future has what became of it and never fails."""
        job = _Job(draw, note, Future())
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            job.result.set_result(told(Outcome.FAILED, "backlog"))
        return job.result

    def stop(self) -> None:
        """Finish the slip under way, give up the others, and end."""
        while True:
            try:
                waiting = self._jobs.get_nowait()
            except queue.Empty:
                break
            if waiting is not None:
                waiting.result.set_result(told(Outcome.FAILED, "stopped"))
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        # It reads the descriptions of all printers: 0.3 s, which neither a start nor the first slip is to wait for.
        with contextlib.suppress(Exception):  # Each slip tries again, and says that it isn't printed.
            import escpos.printer  # noqa: F401

        while (job := self._jobs.get()) is not None:
            printed = self._print(job.draw)
            job.note(printed)
            job.result.set_result(printed)

    def _print(self, draw: Draw) -> Printed:
        """Print and cut one slip; blocks."""
        try:
            picture = draw()
            low = self._port.send(escpos_bytes(picture))
        except PortFault as fault:
            return told(Outcome.FAILED, fault.code, fault.cause)
        except Exception:  # a defect must not end the thread: every later slip would wait for ever
            log.exception("Printing at %s failed.", self.name)
            return told(Outcome.FAILED, "crashed")
        return told(Outcome.PRINTED, "paper_low" if low else "", mm=paper_mm(picture))


class Printers:
    """The hall's slip printers by the id of their device (打印机组): printers, and kiosks with one built in."""

    def __init__(self, devices: Sequence[Device]) -> None:
        """Take the hall's devices; those without an address let the page print. Raises BadAddress."""
        self._ports = {
            device.id: port_of(device.address)
            for device in devices
            if device.kind in (DeviceKind.PRINTER, DeviceKind.KIOSK)
        }
        self.desk = next((device.id for device in devices if device.kind is DeviceKind.PRINTER), None)
        """The guide desk's printer: the first of the hall's files."""
        self._running: dict[str, SlipPrinter] = {}

    def by_server(self, device: str | None) -> bool:
        """Whether this device's slips are printed by the server; else the page prints them."""
        return device is not None and self._ports.get(device) is not None

    def shared(self, device: str) -> bool:
        """Whether it is on the network, where every machine reaches it."""
        return isinstance(self._ports.get(device), NetworkPort)

    @property
    def names(self) -> list[str]:
        """The devices that print, also those whose page does it."""
        return list(self._ports)

    def put(self, device: str, draw: Draw, note: Note = _nothing) -> "Future[Printed]":
        """Queue a slip at a device for which `by_server` is true; `note` is told what became of it."""
        if device not in self._running:
            port = self._ports[device]
            assert port is not None
            self._running[device] = SlipPrinter(device, port)
        return self._running[device].put(draw, note)

    def stop(self) -> None:
        """End all threads; blocks until slips under way are done."""
        for printer in self._running.values():
            printer.stop()
        self._running.clear()
