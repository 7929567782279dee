"""Ways to a printer (打印机连接): the network, a device file, a serial line, USB. Each takes the bytes of one slip.

The bytes are python-escpos's; the connections to network, file and serial line are opened here, because a slip must
never be called printed when it was not, one that failed must be closed, and no printer may hold us for ever.
python-escpos is imported where it is used: it takes 0.3 s, and a server whose pages print has no need of it.
"""

import errno
import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import serial

NETWORK_PORT: Final = 9100
PATIENCE: Final = 5.0
"""Seconds to reach a network printer, and to hand it a slip."""
PAPER_PATIENCE: Final = 1.0
"""Seconds to hear how much paper it has; one that doesn't say isn't asked again."""
PROBE_PATIENCE: Final = 2.0
"""Seconds that a probe waits for a network printer; one in the same building answers in milliseconds."""
LINGER: Final = 0.3
"""Seconds for the printer to close first; closing over unread answers of its could drop the end of the slip."""
CHUNK: Final = 4096
SERIAL_CHUNK: Final = 1024
"""Bytes that even a slow line (2400 baud) takes within PATIENCE."""
BAUD: Final = 19200
"""A serial line's speed if its address names none."""
BROWSER: Final = "browser:"


class BadAddress(ValueError):
    """A printer's address that can't be understood; says what is expected."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"打印机地址“{address}”不对：应为 network://主机:端口、usb://厂商:产品（十六进制）、"
            "file:///路径、serial:///路径?baud=19200 或 browser:。"
            f" The printer address {address!r} should be network://host:port, usb://vendor:product (hexadecimal), "
            "file:///path, serial:///path?baud=19200 or browser:."
        )


class PortFault(Exception):
    """A slip that couldn't be handed over; `code` is `unreachable`, `paper_out` or `no_driver`."""

    def __init__(self, code: str, cause: str = "") -> None:
        super().__init__(cause)
        self.code = code
        self.cause = cause


class Port(Protocol):
    """Where a printer is connected. Used by one thread."""

    def send(self, slip: bytes) -> bool:
        """Hand the slip over; True when the printer says that its paper runs low. Raises PortFault."""

    def probe(self) -> None:
        """See whether the printer is there, printing nothing. Raises PortFault."""


class NetworkPort:
    """A printer that listens on TCP; asked for its paper first."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._says_paper = True

    def send(self, slip: bytes) -> bool:
        """As `Port.send`."""
        try:
            with socket.create_connection(self._address, timeout=PATIENCE) as connection:
                low = self._paper_low(connection)
                connection.settimeout(PATIENCE)
                connection.sendall(slip)
                connection.shutdown(socket.SHUT_WR)
                _drain(connection)
                return low
        except OSError as error:
            raise PortFault("unreachable", error.strerror or str(error)) from error

    def probe(self) -> None:
        """As `Port.probe`: a connection, closed at once."""
        try:
            socket.create_connection(self._address, timeout=PROBE_PATIENCE).close()
        except OSError as error:
            raise PortFault("unreachable", error.strerror or str(error)) from error

    def _paper_low(self, connection: socket.socket) -> bool:
        """What the printer's own sensor says; False where it doesn't answer. Raises PortFault without paper."""
        if not self._says_paper:
            return False
        from escpos.constants import RT_MASK_LOWPAPER, RT_MASK_NOPAPER, RT_STATUS_PAPER

        connection.settimeout(PAPER_PATIENCE)
        connection.sendall(RT_STATUS_PAPER)
        try:
            said = connection.recv(1)
        except TimeoutError:
            self._says_paper = False
            return False
        if said and said[0] & RT_MASK_NOPAPER == RT_MASK_NOPAPER:
            raise PortFault("paper_out")
        return bool(said) and said[0] & RT_MASK_LOWPAPER == RT_MASK_LOWPAPER


def _drain(connection: socket.socket) -> None:
    connection.settimeout(LINGER)
    try:
        while connection.recv(256):
            pass
    except OSError:
        return  # all was handed over; how the printer hangs up is its own affair


class FilePort:
    """A printer behind a device file such as `/dev/usb/lp0`; into an ordinary file each slip goes anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, slip: bytes) -> bool:
        """As `Port.send`."""
        with _opened(self._path, os.O_CREAT | os.O_TRUNC) as device:
            _hand_over(device, slip)
        return False

    def probe(self) -> None:
        """As `Port.probe`; a file that isn't there yet counts as no printer, since nobody would take the slip out."""
        with _opened(self._path):
            return


class SerialPort:
    """A printer on a serial line, or on USB that looks like one (`/dev/ttyUSB0`): 8 data bits, no parity, 1 stop."""

    def __init__(self, path: Path, baud: int) -> None:
        """Raises ValueError for a speed that no line has."""
        if baud not in serial.Serial.BAUDRATES:
            raise ValueError(f"no speed {baud}")
        self._path = path
        self._baud = baud

    def send(self, slip: bytes) -> bool:
        """As `Port.send`; waits until the last byte has gone down the line."""
        with self._opened() as line:
            for start in range(0, len(slip), SERIAL_CHUNK):
                line.write(slip[start : start + SERIAL_CHUNK])
            line.flush()
        return False

    def probe(self) -> None:
        """As `Port.probe`: opened and set, nothing sent."""
        with self._opened():
            return

    @contextmanager
    def _opened(self) -> Iterator[serial.Serial]:
        try:
            with serial.Serial(str(self._path), self._baud, write_timeout=PATIENCE) as line:
                yield line
        except OSError as error:  # pyserial's own faults are OSErrors
            raise PortFault("unreachable", error.strerror or str(error)) from error


@contextmanager
def _opened(path: Path, flags: int = 0) -> Iterator[int]:
    """The device, for writing. Raises PortFault.

    Without NONBLOCK a pipe that nobody reads, or a printer without paper, would hold us for ever.
    """
    try:
        device = os.open(path, os.O_WRONLY | os.O_NONBLOCK | flags, 0o644)
        try:
            yield device
        finally:
            os.close(device)
    except OSError as error:
        raise PortFault("unreachable", error.strerror or str(error)) from error


def _hand_over(device: int, slip: bytes) -> None:
    """Write all of it. Raises OSError, TimeoutError when nothing of it is taken for PATIENCE seconds."""
    rest = memoryview(slip)
    while rest:
        if not select.select([], [device], [], PATIENCE)[1]:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        try:
            rest = rest[os.write(device, rest[:CHUNK]) :]
        except BlockingIOError:
            continue


class UsbPort:
    """A printer on USB, through python-escpos, which needs the package pyusb for it."""

    def __init__(self, vendor: int, product: int) -> None:
        self._ids = (vendor, product)

    def send(self, slip: bytes) -> bool:
        """As `Port.send`."""
        self._use(slip)
        return False

    def probe(self) -> None:
        """As `Port.probe`: opened and closed."""
        self._use(b"")

    def _use(self, slip: bytes) -> None:
        from escpos.exceptions import Error as EscposError
        from escpos.printer import Usb

        if not Usb.is_usable():
            raise PortFault("no_driver", "pyusb")
        printer = Usb(*self._ids, timeout=int(PATIENCE * 1000))
        try:
            printer.open()
            if slip:
                printer._raw(slip)
        except (OSError, ValueError, EscposError) as error:
            if "No backend" in str(error):  # pyusb is there, the system's library that it calls is not
                raise PortFault("no_driver", "libusb-1.0") from error
            raise PortFault("unreachable", str(error)) from error
        finally:
            printer.close()


def port_of(address: str) -> Port | None:
    """The way to the printer at `address`; None for `browser:` and an empty one. Raises BadAddress."""
    if address in ("", BROWSER):
        return None
    parts = urlsplit(address)
    try:
        if parts.scheme == "network" and parts.hostname:
            return NetworkPort(parts.hostname, parts.port or NETWORK_PORT)
        if parts.scheme == "file" and not parts.netloc and parts.path:
            return FilePort(Path(unquote(parts.path)))
        if parts.scheme == "serial" and not parts.netloc and parts.path:
            return SerialPort(Path(unquote(parts.path)), int(parse_qs(parts.query).get("baud", [str(BAUD)])[0]))
        if parts.scheme == "usb":
            vendor, product = (int(code, 16) for code in parts.netloc.split(":"))
            return UsbPort(vendor, product)
    except ValueError as error:
        raise BadAddress(address) from error
    raise BadAddress(address)
