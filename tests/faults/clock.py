"""The clock steps (时钟跳变): back, forth, over midnight and back again, and a start in the past."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.e2e.stage import Stage
from tests.faults.hall import Hall

MINUTE, HOUR = 60, 3600
TURNED_SECONDS = 30.0
HALL_ZONE = timedelta(hours=8)


class Clock:
    """The wall clocks of all processes of a stage, in files that they look at; they start at 10:00."""

    def __init__(self, stage: Stage, folder: Path, apart: int = 0) -> None:
        """`apart`: seconds by which each process is behind the one before it."""
        now = datetime.now(UTC) + HALL_ZONE
        ten = (now + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
        self._base = round((ten - now).total_seconds())
        self.days = (ten.date().isoformat(), (ten + timedelta(days=1)).date().isoformat())
        self._apart = apart
        self._files = [folder / f"clock{n}" for n, _ in enumerate(stage.servers)]
        for server, file in zip(stage.servers, self._files, strict=True):
            server.clock = file
        self.step(0)

    def step(self, seconds: int) -> None:
        """Let it be 10:00 and so many seconds, and go on from there."""
        for n, file in enumerate(self._files):
            fresh = file.with_suffix(".new")
            fresh.write_text(str(self._base + seconds - n * self._apart), encoding="ascii")
            fresh.replace(file)


async def steps(hall: Hall, clock: Clock) -> str:
    """Minutes and hours back and forth within a day: nothing goes back in the journal, no number comes again."""
    for seconds in (-10 * MINUTE, 2 * HOUR, -3 * HOUR, HOUR):
        await hall.crowd.reach(30)
        clock.step(seconds)
    await hall.crowd.reach(30)
    return "clock -10 min, +130 min, -5 h, +4 h"


async def over_midnight(hall: Hall, clock: Clock) -> str:
    """Into the next day, back into the last one while running, and a start there: a day begins once."""
    await hall.crowd.reach(30)
    clock.step(14 * HOUR + 5 * MINUTE)
    hall.days = clock.days
    await _turned(hall, clock.days[1])
    await hall.crowd.open_windows()
    await hall.crowd.reach(30)
    clock.step(13 * HOUR + 50 * MINUTE)
    await hall.crowd.reach(30)
    await _turned(hall, clock.days[1])
    if not hall.stage.shared:
        await _start_in_the_past(hall, clock)
    clock.step(14 * HOUR + 20 * MINUTE)
    await _turned(hall, clock.days[1])
    await hall.crowd.reach(30)
    return "over midnight, back before it, and over it again"


async def _start_in_the_past(hall: Hall, clock: Clock) -> None:
    """A server that starts with the clock before the journal's last day takes no commands until it is put right."""
    server = hall.stage.servers[0]
    await asyncio.to_thread(server.stop)
    server.launch()
    headers = hall.stage.bearer("guide")
    async with asyncio.timeout(TURNED_SECONDS), httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        while True:
            try:
                ready = await client.get(server.url + "/readyz")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
        assert ready.status_code == httpx.codes.SERVICE_UNAVAILABLE, ready.text
        refused = await client.post(server.url + "/api/tickets", json={"matter": "BIZ-002"}, headers=headers)
        assert refused.status_code == httpx.codes.CONFLICT, refused.text
        assert refused.json()["code"] == "day_before_last", refused.text
    clock.step(14 * HOUR + 10 * MINUTE)
    await asyncio.to_thread(server.wait_ready)


async def _turned(hall: Hall, day: str) -> None:
    """Wait until all processes show this day."""
    async with asyncio.timeout(TURNED_SECONDS), httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        for server in hall.stage.servers:
            while True:
                reply = await client.get(server.url + "/readyz")
                if reply.is_success and reply.json()["day"] == day:
                    break
                await asyncio.sleep(0.05)
