"""A printer on the network, and the paper that comes out of it."""

import socket
import threading

import pytest
from PIL import Image

STATUS = b"\x10\x04\x04"
"""DLE EOT 4: how much paper is left?"""


class Paper:
    """A network printer: it answers for its paper, and keeps what it is sent."""

    def __init__(self, status: bytes | None = b"\x12") -> None:
        self.status = status
        self.jobs: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"network://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                sent = b""
                while piece := connection.recv(65536):
                    sent += piece
                    if sent == STATUS and self.status is not None:
                        connection.sendall(self.status)
                if sent == b"end":
                    return
                self.jobs.append(sent.removeprefix(STATUS))

    def close(self) -> None:
        if not self._thread.is_alive():
            return
        with socket.create_connection(self._listener.getsockname()) as last:
            last.sendall(b"end")
        self._thread.join()
        self._listener.close()


def printed_on(stream: bytes) -> tuple[Image.Image, int]:
    """The paper that an ESC/POS printer makes of a stream, and how often it was cut. Fails on unknown commands."""
    strips: list[Image.Image] = []
    cuts, at = 0, 0
    while at < len(stream):
        if stream.startswith(b"\x1b@", at):  # initialise
            at += 2
        elif stream.startswith(b"\x1dv0", at):  # raster picture
            mode, width, height = (
                stream[at + 3],
                *(int.from_bytes(stream[at + n : at + n + 2], "little") for n in (4, 6)),
            )
            assert mode == 0
            data = stream[at + 8 : at + 8 + width * height]
            assert len(data) == width * height
            strips.append(Image.frombytes("1", (width * 8, height), bytes(255 - byte for byte in data)))
            at += 8 + width * height
        elif stream.startswith(b"\x1bd", at):  # feed
            at += 3
        elif stream.startswith(b"\x1dV", at):  # cut
            cuts += 1
            at += 3
        else:
            pytest.fail(f"unknown command at {at}: {stream[at : at + 8].hex(' ')}")
    whole = Image.new("1", (max(strip.width for strip in strips), sum(strip.height for strip in strips)), 1)
    y = 0
    for strip in strips:
        whole.paste(strip, (0, y))
        y += strip.height
    return whole, cuts
