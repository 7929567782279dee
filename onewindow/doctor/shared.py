"""Redis (多进程的 Redis): whether it is there, and keeps what it has answered."""

import asyncio
from collections.abc import Iterator

from redis.exceptions import RedisError

from onewindow.doctor.finding import Finding, ok, stop, warn
from onewindow.shared.link import LOST, client, shown
from onewindow.shared.promise import Weakness, weaknesses


def redis(url: str) -> Iterator[Finding]:
    """A finding for each weakness of the Redis at `url`; one when it has none or can't be reached."""
    try:
        found = asyncio.run(_look(url))
    except (RedisError, ValueError, *LOST) as error:
        yield stop(
            f"连不上 Redis {shown(url)}：{error}",
            f"Redis {shown(url)} can't be reached: {error}",
            "请检查地址、密码，以及它是否在运行。",
            "Check the address, the password, and whether it runs.",
        )
        return
    for one in found:
        yield warn(one.zh, one.en, one.todo_zh, one.todo_en)
    if not found:
        yield ok(f"Redis {shown(url)} 会保住已应答的一切", f"Redis {shown(url)} keeps all that was answered")


async def _look(url: str) -> list[Weakness]:
    server = client(url)
    try:
        return await weaknesses(server)
    finally:
        await server.aclose()
