"""Redis fails (Redis 故障): killed and started again from its AOF, standing still, or behind a link that mangles."""

import asyncio
import signal

from tests.faults.hall import Hall
from tests.redis_proxy import RedisProxy

TRICKS = ("drop_when", "eat_when", "half_when", "twice_when", "echo_when")
"""As of `RedisProxy`: each once in turn, on an append."""
APPEND = b'"entries":['
"""What only a request with a commit in it holds."""
PLAYED_SECONDS = 20.0


async def redis_killed(hall: Hall, times: int) -> str:
    """SIGKILL to Redis under load; it comes back with what its AOF holds."""
    for _ in range(times):
        await hall.strike()
        await asyncio.to_thread(hall.stage.redis.kill)
        await asyncio.to_thread(hall.stage.redis.start)
        await hall.crowd.reach(20)
    return f"{times} × SIGKILL to Redis"


async def redis_paused(hall: Hall, seconds: float) -> str:
    """SIGSTOP to Redis for so long: longer than a lease, than a reply may take, than appends are asked again."""
    await hall.strike()
    hall.stage.redis.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)  # What is tried is time itself.
    finally:
        hall.stage.redis.signal(signal.SIGCONT)
    await hall.stage.converge()
    await hall.crowd.reach(40)
    return f"Redis stands still for {seconds:g} s"


async def mangled(hall: Hall, rounds: int) -> str:
    """Bytes between the processes and Redis are dropped, halved, doubled and late, amid appends."""
    for turn in range(rounds):
        trick = TRICKS[turn % len(TRICKS)]
        for proxy in hall.proxies:
            proxy.dropped.clear()
            proxy.delay = hall.crowd.luck.choice((0.0, 0.002, 0.02))
            setattr(proxy, trick, APPEND)
        await _played(hall.proxies)
        await hall.crowd.reach(10)
    for proxy in hall.proxies:
        proxy.delay = 0.0
        for trick in TRICKS:
            setattr(proxy, trick, b"")
    return f"{rounds} appends whose bytes were dropped, halved, doubled or late"


async def cut_off(hall: Hall, seconds: float) -> str:
    """The process that writes loses its link to Redis for so long, without being told."""
    old = await hall.strike()
    hall.proxies[old].hold()
    try:
        await asyncio.sleep(seconds)
    finally:
        hall.proxies[old].cut()
        hall.proxies[old].release()
        hall.proxies[old].mend()
    await hall.stage.converge()
    await hall.crowd.reach(40)
    return f"the writer's link hangs for {seconds:g} s"


async def _played(proxies: list[RedisProxy]) -> None:
    """Wait until an append was spoilt at one of them."""
    waits = [asyncio.create_task(proxy.dropped.wait()) for proxy in proxies]
    done, late = await asyncio.wait(waits, timeout=PLAYED_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in late:
        task.cancel()
    assert done, "no append came by"
