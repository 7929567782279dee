"""How a picture reaches a panel (条屏驱动): a terminal, or lines or dots over TCP or a serial port.

A driver is whatever has `show(picture)` and `close()`; an address chooses it:

    terminal:                       the two lines in this terminal, anew at each change
    tcp://host:port                 lines over TCP
    serial:///dev/ttyUSB0?baud=9600 lines over a serial port (8N1)
    tcp://…?dots=1, serial://…?dots=1   dots instead of lines
    file:///path                    as over a wire, into a file or a device; for trying

**Lines.** Each picture is one record: `STX`, the upper line, `LF`, the lower line, `ETX`, each line exactly 16
columns in the panel's character set (`charset=gb18030`, the usual one of LED controllers; `utf-8` for others). STX is
0x02, LF 0x0A, ETX 0x03: none of them occurs in a line.

**Dots.** Each picture is `OWLED1`, width and height as two bytes each (big-endian), then the rows from the top, each
row's bits from the left, the highest bit first, padded to a byte: 128 × 32 dots, so 512 bytes after the head.

A port that is gone is opened anew at the next picture: a panel that was switched off shows the truth when it is back.
"""

import contextlib
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, Protocol, TextIO
from urllib.parse import parse_qs, urlsplit

from onewindow.displays.led.panel import Picture

STX, ETX = b"\x02", b"\x03"
CONNECT_SECONDS: Final = 3.0


class DriverFault(Exception):
    """The address is wrong, or what it needs is not there; Chinese, then English."""


class Driver(Protocol):
    """What a panel must be able to do."""

    def show(self, picture: Picture) -> None:
        """Put the picture on the panel. Raises OSError when the panel can't be reached."""

    def close(self) -> None:
        """Let the panel go."""


class Terminal:
    """A panel made of characters, in a terminal or a pipe."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, picture: Picture) -> None:
        """Draw over the last picture in a terminal, below it elsewhere."""
        home = "\x1b[H\x1b[2J" if self._out.isatty() else ""
        self._out.write(f"{home}|{picture.upper}|\n|{picture.lower}|\n")
        self._out.flush()

    def close(self) -> None:
        """Nothing to let go."""


class Wire(Protocol):
    """Somewhere to write bytes."""

    def write(self, data: bytes, /) -> object:
        """Write them all. Raises OSError."""

    def close(self) -> None:
        """Close it."""


class TcpWire:
    """A TCP connection as a wire."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), CONNECT_SECONDS)

    def write(self, data: bytes, /) -> None:
        """Send all of it."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Panel:
    """A panel at the end of a wire that is opened when needed."""

    def __init__(self, open_wire: Callable[[], Wire], encode: Callable[[Picture], bytes]) -> None:
        self._open = open_wire
        self._encode = encode
        self._wire: Wire | None = None

    def show(self, picture: Picture) -> None:
        """Send the picture; a wire that has died is opened once more."""
        data = self._encode(picture)
        if self._wire is not None:
            try:
                self._wire.write(data)
            except OSError:
                self.close()
            else:
                return
        self._wire = self._open()
        try:
            self._wire.write(data)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Close the wire."""
        wire, self._wire = self._wire, None
        if wire is not None:
            with contextlib.suppress(OSError):
                wire.close()


def as_lines(charset: str) -> Callable[[Picture], bytes]:
    """The record of a picture in this character set. Raises DriverFault for an unknown one."""
    try:
        "".encode(charset)
    except LookupError:
        raise DriverFault(f"没有字符集 {charset}\nThere is no character set {charset}") from None

    def encode(picture: Picture) -> bytes:
        upper, lower = (text.encode(charset, "replace") for text in (picture.upper, picture.lower))
        return STX + upper + b"\n" + lower + ETX

    return encode


def _file(path: Path) -> BinaryIO:
    return path.open("ab", buffering=0)


def _serial(device: str, baud: int) -> Wire:
    import serial

    port: Wire = serial.Serial(device, baud, timeout=CONNECT_SECONDS, write_timeout=CONNECT_SECONDS)
    return port


def driver_for(address: str, font: Path | None = None) -> Driver:
    """The driver that an address names. Raises DriverFault."""
    parts = urlsplit(address)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme == "terminal":
        return Terminal(sys.stdout)
    if options.get("dots") == "1":
        from onewindow.displays.led.dots import as_dots

        encode = as_dots(font)
    else:
        encode = as_lines(options.get("charset", "gb18030"))
    try:
        if parts.scheme == "tcp" and parts.hostname and parts.port:
            host, port = parts.hostname, parts.port
            return Panel(lambda: TcpWire(host, port), encode)
        if parts.scheme == "serial" and parts.path:
            baud = int(options.get("baud", "9600"))
            return Panel(lambda: _serial(parts.path, baud), encode)
    except ValueError:
        pass
    if parts.scheme == "file" and parts.path:
        return Panel(lambda: _file(Path(parts.path)), encode)
    raise DriverFault(
        f"条屏地址“{address}”不对：terminal:、tcp://主机:端口、serial:///dev/ttyUSB0?baud=9600 或 file:///路径\n"
        f"The panel's address {address!r} should be terminal:, tcp://host:port, serial:///dev/ttyUSB0?baud=9600 or "
        "file:///path"
    )
