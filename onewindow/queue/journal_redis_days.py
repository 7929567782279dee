"""Whole days in Redis (整天存取): put there and let go of in one step, if nobody has touched them meanwhile."""

from collections.abc import AsyncIterable
from typing import Any, Final

from onewindow.queue.journal import GENESIS, Head, StoredCommit
from onewindow.shared.link import Client, Keys

AT_ONCE: Final = 200
"""Entries that are written with one round trip."""

PUT: Final = """
local head = redis.call('HMGET', KEYS[2], 'n', 'hash', 'closed')
if redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
if not head[3] and ((tonumber(head[1]) or 0) ~= tonumber(ARGV[1]) or (head[2] or '') ~= ARGV[2]) then return 0 end
redis.call('DEL', KEYS[2])
redis.call('RENAME', KEYS[5], KEYS[1])
redis.call('HSET', KEYS[2], 'n', ARGV[3], 'hash', ARGV[4], 'mark', '')
if head[3] or not head[1] then redis.call('XADD', KEYS[3], '*', 'day', ARGV[5]) end
return 1
"""

FORGET: Final = """
local head = redis.call('HMGET', KEYS[2], 'n', 'hash')
if ARGV[3] == '' and redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
if (tonumber(head[1]) or 0) ~= tonumber(ARGV[1]) or (head[2] or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], 'closed', 1)
redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
for n = 4, #ARGV do redis.call('XDEL', KEYS[3], ARGV[n]) end
return 1
"""


class DayTouched(Exception):
    """Somebody has written the day meanwhile, or serves the hall: nothing was changed."""


class RedisDays:
    """The days of a hall, each as a whole. Loop-only."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self.keys = keys
        self._reader = redis

    async def in_use(self) -> bool:
        """Whether a process holds the lease of the hall."""
        return bool(await self._reader.exists(self.keys.lease))

    async def store(self, day: str, commits: AsyncIterable[StoredCommit], instead_of: Head) -> None:
        """Have the whole day there, or nothing of it: it is written beside, and takes its name in one step.

        `instead_of`: where the day that is there ends (n = 0: none is); a closed one is always replaced. Raises
        DayTouched when it ends elsewhere by then, or a process serves the hall.
        """
        beside, head = self.keys.day(day) + ":new", Head(0, GENESIS)
        await self._reader.delete(beside)
        steps = self._reader.pipeline(transaction=False)
        async for stored in commits:
            head = Head(stored.n, stored.hash)
            fields: dict[Any, Any] = {"hash": stored.hash, "mark": "", "body": stored.body}
            steps.xadd(beside, fields, id=f"{stored.n}-0")
            if len(steps) >= AT_ONCE:
                await steps.execute()
        await steps.execute()
        before: list[Any] = [instead_of.n, instead_of.hash if instead_of.n else ""]
        put = self._reader.register_script(PUT)
        if not await put(keys=[*self._keys_of(day), beside], args=[*before, head.n, head.hash, day]):
            await self._reader.delete(beside)
            raise DayTouched

    async def forget(self, day: str, head: Head, *, served: bool = False) -> None:
        """Let go of a day that lies elsewhere by now: no process can append to it any more, and `days` has it not.

        The stream is emptied, never deleted: with its key its last id would go, and a late writer could begin anew.
        Only `store` lets the day begin again. `head`: where the copy ends; `served`: the hall may be at work. Raises
        DayTouched when the day has gone on since.
        """
        entries: Any = await self._reader.xrange(self.keys.days)
        named = [name for name, fields in entries if fields[b"day"].decode() == day]
        end: list[Any] = [head.n, head.hash, "served" if served else ""]
        let_go = self._reader.register_script(FORGET)
        if not await let_go(keys=self._keys_of(day), args=[*end, *named]):
            raise DayTouched

    def _keys_of(self, day: str) -> list[str]:
        return [self.keys.day(day), self.keys.head(day), self.keys.days, self.keys.lease]
