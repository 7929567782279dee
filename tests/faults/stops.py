"""The server is stopped (停机): SIGKILL, SIGTERM, and SIGSTOP with a return that nobody waited for."""

import asyncio
import signal

import httpx

from tests.faults.hall import Hall
from tests.server import Server

TAKEN_OVER_SECONDS = 30.0
REFUSED = "Another process has written"
"""What a process logs that was still deciding when it was stopped."""


async def killed(hall: Hall, times: int) -> str:
    """SIGKILL to the process that writes, at moments that chance picks; of two, the other one goes on."""
    for _ in range(times):
        victim = hall.stage.servers[await hall.strike()]
        victim.kill()
        await _up_again(hall, victim)
    return f"{times} × SIGKILL"


async def terminated(hall: Hall, times: int) -> str:
    """SIGTERM to the process that writes: it finishes what it has begun, and ends with 0."""
    for _ in range(times):
        victim = hall.stage.servers[await hall.strike()]
        code = await asyncio.to_thread(victim.stop)
        assert code == 0, f"ended with {code}:\n{victim.output()}"
        await _up_again(hall, victim)
    return f"{times} × SIGTERM"


async def stood_still(hall: Hall, seconds: float) -> str:
    """SIGSTOP for so long, then it goes on; of two, the other has taken over and the old one is fenced."""
    old = await hall.strike()
    server = hall.stage.servers[old]
    before = len(server.output())
    server.process.send_signal(signal.SIGSTOP)
    try:
        if hall.stage.shared:
            await _writes(hall, 1 - old)
            await hall.crowd.reach(20)
        await asyncio.sleep(seconds)  # What is tried is time itself.
    finally:
        server.process.send_signal(signal.SIGCONT)
    if not hall.stage.shared:
        await hall.crowd.reach(40)
        return f"SIGSTOP for {seconds:g} s"
    await hall.stage.converge()
    assert await hall.stage.writer() == 1 - old, "the old one writes again"
    await hall.crowd.reach(40)
    refused = REFUSED in server.output()[before:]
    return f"SIGSTOP for {seconds:g} s" + (", an append refused by the stream" if refused else "")


async def _up_again(hall: Hall, server: Server) -> None:
    """Start it while the other takes over."""
    going_on = [hall.crowd.reach(5)] if hall.stage.shared else []
    await asyncio.gather(asyncio.to_thread(server.start), *going_on)


async def _writes(hall: Hall, process: int) -> None:
    """Wait until this process writes."""
    async with asyncio.timeout(TAKEN_OVER_SECONDS), httpx.AsyncClient(timeout=2.0, trust_env=False) as client:
        while True:
            reply = await client.get(hall.stage.servers[process].url + "/readyz")
            if reply.is_success and reply.json()["writes"]:
                return
            await asyncio.sleep(0.02)
