"""A client that stops reading stalls nobody, is told the newest when it reads again, and is cut off in the end."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from onewindow.access.principal import Role
from onewindow.displays.fanout import Pace
from tests.displays.at_work import Screen, Work, at_work, screen

BULK = "号" * 8000
"""24 kB in UTF-8: a few dozen fill every buffer on the way."""


@asynccontextmanager
async def stalled(work: Work) -> AsyncIterator[socket.socket]:
    """A supervisor's connection that has shaken hands and then reads nothing."""
    loop = asyncio.get_running_loop()
    with socket.socket() as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        end.setblocking(False)
        await loop.sock_connect(end, ("127.0.0.1", work.port))
        key = base64.b64encode(b"k" * 16).decode()
        token = work.tokens.make(Role.SUPERVISOR, "slow", hours=1)
        await loop.sock_sendall(
            end,
            (
                f"GET /ws/supervisor HTTP/1.1\r\nHost: 127.0.0.1:{work.port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Authorization: Bearer {token}\r\n\r\n"
            ).encode(),
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += await loop.sock_recv(end, 1)
        assert b" 101 " in head
        yield end


def shows(start: str, shown: Screen) -> bool:
    return str(shown.cells.get("speaker/test", "")).startswith(start)


async def flood(work: Work, healthy: Screen, frames: int) -> None:
    """Show something new and large many times, and see the healthy follower get each of them."""
    for n in range(frames):
        work.hub.show("speaker/test", f"{n}{BULK}")
        await healthy.until(partial(shows, f"{n}号"))


async def test_a_stalled_client_stalls_nobody_and_is_cut_off() -> None:
    pace = Pace(beat=0.05, drain=0.02, patience=0.5, room=16 * 1024)
    async with at_work(pace) as work, screen(work, "/ws/supervisor", Role.SUPERVISOR) as healthy:
        async with stalled(work):
            await healthy.until(lambda s: work.hub.followers == 2)
            await flood(work, healthy, 60)
            # Its beats go on while the other is given up.
            await healthy.until(lambda s: work.hub.followers == 1)
        await flood(work, healthy, 2)


async def test_a_client_that_reads_again_gets_the_newest_state_and_not_all_that_it_missed() -> None:
    pace = Pace(beat=0.05, drain=0.02, patience=PATIENT_ENOUGH, room=16 * 1024)
    async with (
        at_work(pace) as work,
        screen(work, "/ws/supervisor", Role.SUPERVISOR) as healthy,
        stalled(work) as end,
    ):
        await healthy.until(lambda s: work.hub.followers == 2)
        await flood(work, healthy, 100)
        read = await everything_until(end, b"99" + BULK[:20].encode())
        assert read < 60 * 24_000, "what was missed was sent after all"
        await flood(work, healthy, 1)
        assert work.hub.followers == 2


PATIENT_ENOUGH = 60.0


async def everything_until(end: socket.socket, wanted: bytes) -> int:
    """Read until this has come; how many bytes that took."""
    loop = asyncio.get_running_loop()
    read, tail = 0, b""
    while wanted not in tail:
        chunk = await asyncio.wait_for(loop.sock_recv(end, 65536), 10)
        assert chunk, "the connection was cut"
        read += len(chunk)
        tail = tail[-len(wanted) :] + chunk
    return read
