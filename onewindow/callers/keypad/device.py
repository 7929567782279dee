"""Reading a number pad (读键): Linux's input events by the standard library, and names from a pipe.

An input event (linux/input.h) is a time (seconds, microseconds: two longs), a type, a code and a value.
"""

import fcntl
import os
import stat
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import msgspec

from onewindow.callers.keypad.keys import CODES, Key, key_named

EVENT: Final = struct.Struct("@llHHi")
EV_KEY: Final = 1
PRESSED: Final = 1
"""The value of a press; 0 is its release, 2 the key kept down, which never counts."""
EVIOCGRAB: Final = 0x40044590
"""_IOW('E', 0x90, int): nobody else gets the device's events, so that the pad doesn't type into other programs."""
BY_ID: Final = Path("/dev/input/by-id")
REOPEN_SECONDS: Final = 1.0


class NotAKeypad(Exception):
    """The device can't serve as a number pad; the words say why and what to do."""


class Press(msgspec.Struct, frozen=True):
    """A key, and when it was pressed: ms of a clock that only differences are taken of."""

    key: Key
    at_ms: int


def press_of(event: bytes) -> Press | None:
    """The press in one input event; None for releases, repeats, other keys and other events."""
    seconds, micros, kind, code, value = EVENT.unpack(event)
    key = CODES.get(code)
    if kind != EV_KEY or value != PRESSED or key is None:
        return None
    return Press(key, seconds * 1000 + micros // 1000)


def presses(path: Path, say: Callable[[str, str], None]) -> Iterator[Press]:
    """The presses on the device at `path`, for ever: one that is unplugged is opened again when it is back.

    `say` is told in Chinese and English when it goes and comes. Raises NotAKeypad.
    """
    away = False
    while True:
        try:
            with _opened(path) as device:
                say("小键盘已接上" if away else "小键盘已就绪", "Keypad is back" if away else "Keypad ready")
                away = False
                yield from _read(device)
        except FileNotFoundError:
            pass
        if not away:
            say("小键盘断开，等它接上", "Keypad gone; waiting for it")
        away = True
        time.sleep(REOPEN_SECONDS)


def _opened(path: Path) -> BinaryIO:
    """The device, ours alone. A FIFO stands in for one in a trial; there is nothing to grab then."""
    try:
        device = path.open("rb", buffering=0)
    except PermissionError:
        raise NotAKeypad(
            f"没有权限读 {path}：见 docs/window-devices.md 的 udev 规则\n"
            f"No permission to read {path}: see the udev rule in docs/window-devices.md"
        ) from None
    try:
        if stat.S_ISCHR(os.fstat(device.fileno()).st_mode):
            fcntl.ioctl(device, EVIOCGRAB, 1)
    except OSError as error:
        device.close()
        raise NotAKeypad(
            f"不能独占 {path}（{error.strerror}）：它不是按键设备，或已被别的程序独占\n"
            f"Cannot grab {path} ({error.strerror}): no input device, or another program holds it"
        ) from None
    return device


def _read(device: BinaryIO) -> Iterator[Press]:
    """The presses until the device ends or is pulled out."""
    rest = b""
    while True:
        try:
            got = device.read(EVENT.size * 64)
        except OSError:
            return
        if not got:
            return
        rest += got
        whole = len(rest) - len(rest) % EVENT.size
        for event in range(0, whole, EVENT.size):
            press = press_of(rest[event : event + EVENT.size])
            if press is not None:
                yield press
        rest = rest[whole:]


def named_presses(lines: TextIO, say: Callable[[str, str], None]) -> Iterator[Press]:
    """The presses that a pipe names, one a line, until it ends; a name that is no key is said."""
    for line in lines:
        if not line.strip():
            continue
        key = key_named(line)
        if key is None:
            say(f"没有这个键：{line.strip()}", f"No such key: {line.strip()}")
        else:
            yield Press(key, time.monotonic_ns() // 1_000_000)


def keyboards() -> list[str]:
    """The keyboards and pads that are plugged in, by the names that stay the same over a restart."""
    return sorted(str(path) for path in BY_ID.glob("*-event-kbd"))
