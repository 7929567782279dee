"""Two processes on one hall, killed, stopped, cut off, or left without Redis, under load: nothing lost or doubled.

Commands go to both; whoever gets no answer asks the other one with the same key. Afterwards the journal is judged:
each acknowledgement is in it exactly once, and the core decides every command again as it was decided.
"""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.e2e.pair import Pair, Roamers, paired
from tests.redis_proxy import proxied

pytestmark = pytest.mark.redis


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.slow)])
async def test_the_writer_is_killed_over_and_over(tmp_path: Path, rounds: int) -> None:
    with paired(tmp_path) as pair:
        crowd = Roamers(pair, seed=rounds)

        async def drill() -> None:
            for _ in range(rounds):
                await crowd.reach(crowd.luck.randint(20, 200))
                victim = pair.servers[await pair.writer()]
                victim.kill()
                await crowd.reach(20)
                await asyncio.to_thread(victim.start)

        await crowd.work(drill)
        assert crowd.moves
        await finish(pair, crowd)


@pytest.mark.slow
async def test_the_writer_stands_still_and_goes_on(tmp_path: Path) -> None:
    with paired(tmp_path) as pair:
        crowd = Roamers(pair, seed=5)

        async def drill() -> None:
            await crowd.reach(200)
            old = await pair.writer()
            stopped = pair.servers[old].process
            stopped.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(5)  # What is tried is time itself: longer than the lease.
            finally:
                stopped.send_signal(signal.SIGCONT)
            await crowd.reach(200)
            assert await pair.writer() != old

        await crowd.work(drill)
        await finish(pair, crowd)


@pytest.mark.slow
async def test_redis_is_killed_and_started_again(tmp_path: Path) -> None:
    with paired(tmp_path) as pair:
        crowd = Roamers(pair, seed=6)

        async def drill() -> None:
            for _ in range(2):
                await crowd.reach(200)
                await asyncio.to_thread(pair.redis.kill)
                await asyncio.to_thread(pair.redis.start)
            await crowd.reach(100)

        await crowd.work(drill)
        await finish(pair, crowd)


@pytest.mark.slow
async def test_replies_to_appends_get_lost(tmp_path: Path) -> None:
    """Both reach Redis through a proxy that passes an append on and cuts the connection before its reply."""
    with paired(tmp_path) as pair:
        crowd = Roamers(pair, seed=7)
        for server in pair.servers:
            server.stop()
        async with proxied(pair.redis.url) as one, proxied(pair.redis.url) as two:
            for server, proxy in zip(pair.servers, (one, two), strict=True):
                server._env["ONEWINDOW_REDIS"] = proxy.url
                await asyncio.to_thread(server.start)
            lost = 0

            async def drill() -> None:
                nonlocal lost
                for turn in range(20):
                    await crowd.reach(10)
                    for proxy in (one, two):
                        proxy.dropped.clear()
                        setattr(proxy, "eat_when" if turn % 4 == 0 else "drop_when", b"EVALSHA")
                    await crowd.reach(10)
                    lost += sum(proxy.dropped.is_set() for proxy in (one, two))

            await crowd.work(drill)
            assert lost >= 10
            await finish(pair, crowd)
            for server in pair.servers:
                await asyncio.to_thread(server.stop)


async def finish(pair: Pair, crowd: Roamers) -> None:
    """What must be true in the end."""
    await pair.converge()
    await crowd.ask_again()
    commits = await asyncio.to_thread(pair.judge, crowd.memory)
    assert len(commits) > 10
    for server in pair.servers:
        for sign in ("can't be followed", "could not be kept", "never retrieved", "can't be understood"):
            assert sign not in server.output(), server.output()
    said = await asyncio.to_thread(pair.servers[1].run, "verify", "--hall", str(pair.hall))
    assert commits[-1].day in said
