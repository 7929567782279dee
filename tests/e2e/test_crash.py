"""Kill -9 under load, at random moments, over and over: what was acknowledged is there, once."""

import asyncio
from pathlib import Path

from tests.callers.browsers import always_open
from tests.e2e.history import check, journal, judge
from tests.e2e.load import Crowd
from tests.server import Server

KILLS = 20


async def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(tmp_path: Path) -> None:
    server = Server(tmp_path / "var", always_open(tmp_path))
    server.start()
    try:
        crowd = Crowd(server, seed=9)
        await crowd.open_windows()
        for _ in range(KILLS):
            await crowd.work_until(crowd.luck.randint(1, 60))
            await asyncio.to_thread(server.start)
            await crowd.ask_again()
            check(journal(server), crowd.memory)
        judge(journal(server), server.hall)
        assert len(crowd.memory.tickets) >= KILLS and not crowd.memory.owed
    finally:
        server.stop()
    server.run("verify", "--hall", str(server.hall))
