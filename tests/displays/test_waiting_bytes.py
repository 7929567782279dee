"""`FramedOutlet.waits` relies on transports that tell of every byte that waits: uvloop's, and the standard loop's."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

PIECE = bytes(range(256)) * 30
PATIENT = 20.0
LOOPS = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


class Told(asyncio.Protocol):
    """What a transport with no room to spare says of itself."""

    def __init__(self) -> None:
        self.waits = False
        self.changes = 0
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As `FramedProtocol` sets it up."""
        self.transport = transport
        self.transport.set_write_buffer_limits(high=0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32 * 1024)

    def pause_writing(self) -> None:
        """Bytes wait."""
        assert not self.waits
        self.waits, self.changes = True, self.changes + 1

    def resume_writing(self) -> None:
        """None waits."""
        assert self.waits
        self.waits, self.changes = False, self.changes + 1

    def says(self) -> bool:
        """Whether bytes wait, as it was told. Raises AssertionError if that is not so."""
        waiting: int = self.transport.get_write_buffer_size()
        assert self.waits is (waiting > 0)
        return waiting > 0


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_transport_tells_of_every_byte_that_waits(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def main() -> None:
        made: list[Told] = []

        def protocol() -> Told:
            made.append(Told())
            return made[-1]

        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), limit=1024)
        async with asyncio.timeout(PATIENT):
            while not made:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.01)
            (told,) = made
            sent = b""
            for _ in range(3):
                while not told.says():
                    for piece in (PIECE, b"\x89\x04ping"):
                        told.transport.write(piece)
                        sent += piece
                        told.says()
                    await asyncio.sleep(0)
                told.transport.write(PIECE)
                sent += PIECE
                assert told.says()
                got = b""
                while told.says():
                    got += await reader.read(1 << 16)
                got += await reader.readexactly(len(sent) - len(got))
                assert got == sent
                sent = b""
            assert told.changes == 6
            writer.close()
            server.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())
