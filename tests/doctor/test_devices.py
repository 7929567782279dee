"""Printers, voice and fonts: each check on a good one and on a bad one."""

import os
import shutil
import socket
import sys
from pathlib import Path

import msgspec
import pytest

from onewindow.doctor import devices
from onewindow.doctor.finding import Level
from onewindow.voice.engine import WorkerEngine
from onewindow.web.static_files import ROOT
from onewindow.zones.model import Device, DeviceKind
from tests.doctor.worlds import without_rights
from tests.hall_app import anqiu
from tests.server import free_port

SETTINGS = anqiu().settings


def printer(address: str) -> Device:
    return Device(id="desk", kind=DeviceKind.PRINTER, zones=(), window=None, address=address, zh="导询台")


def test_a_network_printer_is_reached_and_prints_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as paper:
        address = f"network://127.0.0.1:{paper.getsockname()[1]}"
        assert devices.printer(printer(address)).level is Level.OK
        connection, _ = paper.accept()
        with connection:
            assert connection.recv(64) == b""


def test_a_dead_network_printer_is_told() -> None:
    address = f"network://127.0.0.1:{free_port()}"
    found = devices.printer(printer(address))
    assert found.level is Level.WARN and address in found.zh and found.todo_zh


def test_a_printer_file_is_opened_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lp0").write_bytes(b"before")
    assert devices.printer(printer(f"file://{tmp_path}/lp0")).level is Level.OK
    assert (tmp_path / "lp0").read_bytes() == b"before"


def test_a_printer_file_that_is_missing_is_told_and_not_made(tmp_path: Path) -> None:
    assert devices.printer(printer(f"file://{tmp_path}/lp0")).level is Level.WARN
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_without_a_reader_is_told_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    assert devices.printer(printer(f"file://{tmp_path}/lp0")).level is Level.WARN


def test_a_printer_file_without_the_right_to_write_is_told() -> None:
    with without_rights() as folder:
        found = devices.printer(printer(f"file://{folder}/printer"))
    assert found.level is Level.WARN


def test_a_usb_printer_that_is_not_there_is_told() -> None:
    found = devices.printer(printer("usb://0001:0001"))
    assert found.level is Level.WARN
    assert "pyusb" in found.todo_en or "no printer at usb://0001:0001" in found.en


@pytest.mark.parametrize("address", ["browser:", ""])
def test_the_browser_as_printer_is_well(address: str) -> None:
    assert devices.printer(printer(address)).level is Level.OK


def test_an_address_that_is_not_understood_is_told() -> None:
    assert devices.printer(printer("lpt1")).level is Level.WARN


def test_every_printer_of_the_hall_is_tried() -> None:
    assert [one.level for one in devices.printers(anqiu())] == [Level.OK]
    hall = msgspec.structs.replace(anqiu(), devices={"a": printer("lpt1"), "b": printer("")})
    assert [one.level for one in devices.printers(hall)] == [Level.WARN, Level.OK]
    none = msgspec.structs.replace(anqiu(), devices={})
    assert [one.level for one in devices.printers(none)] == [Level.OK]


def test_the_voice_speaks() -> None:
    found = devices.voice(SETTINGS)
    assert found.level is Level.OK and "zh en" in found.en


WITHOUT_ESPEAK = """
import sys, importlib.machinery
class Without(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == 'espeakng_loader' else super().find_spec(name, path, target)
sys.meta_path = [f if f is not importlib.machinery.PathFinder else Without for f in sys.meta_path]
from onewindow.voice.worker import main
sys.exit(main())
"""


@pytest.mark.parametrize("command", [(sys.executable, "-c", WITHOUT_ESPEAK), ("/nowhere/python",)])
def test_a_voice_that_cannot_speak_is_told(command: tuple[str, ...]) -> None:
    found = devices.voice(SETTINGS, WorkerEngine(command=command))
    assert found.level is Level.WARN
    assert "espeakng-loader" in found.todo_zh and "espeakng-loader" in found.todo_en


def test_the_shipped_fonts_draw_chinese() -> None:
    assert devices.fonts().level is Level.OK


def test_missing_or_damaged_fonts_stop(tmp_path: Path) -> None:
    assert devices.fonts(tmp_path).level is Level.STOP
    shutil.copytree(ROOT / "fonts", tmp_path / "fonts")
    assert devices.fonts(tmp_path / "fonts").level is Level.OK
    (tmp_path / "fonts" / devices.FONTS[1]).write_bytes(b"wOF2" + bytes(500))
    found = devices.fonts(tmp_path / "fonts")
    assert found.level is Level.STOP and devices.FONTS[1] in found.zh
