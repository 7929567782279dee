"""An answer goes out at once, on Python's own loop, too."""

import asyncio
import socket

from onewindow.serve import bind


async def test_connections_do_not_wait_for_acknowledgements() -> None:
    made: asyncio.Future[asyncio.BaseTransport] = asyncio.get_running_loop().create_future()

    class Noting(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            made.set_result(transport)

    with bind("127.0.0.1", 0) as listening:
        async with await asyncio.get_running_loop().create_server(Noting, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            transport = await made
            ours = transport.get_extra_info("socket")
            assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            transport.close()
            writer.close()
