"""The journal in Redis (Redis 日志): one stream for each hall and day, one entry `N-0` for each commit.

Redis refuses an id that is not above the stream's last, which makes XADD the compare-and-append and the fence. What
XADD doesn't see (a gap, another history after a failover to an older copy, a stream that was thrown out, another day
that a new writer has begun meanwhile) a script looks at in the same step. Each
append carries a mark of its own: after a lost reply the same append is asked again, and the script finds its mark
instead of adding a second entry. The reply names the mark, so that what is left over in the connection from another
append never vouches for this one.
"""

import asyncio
import itertools
import logging
import secrets
from collections.abc import AsyncIterator
from typing import Any, Final

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from onewindow.queue.journal import GENESIS, AppendConflict, Head, StoredCommit
from onewindow.queue.journal_redis_days import RedisDays
from onewindow.shared.copies import Copies
from onewindow.shared.link import LOST, Client, Keys, client, shown

log = logging.getLogger(__name__)

CHUNKS: Final = (4, 200)
"""Entries that are read at once: few at first, for those who want the first commit only, then many."""

PATIENCE: Final = 3.0
"""Seconds in which a lost reply is asked for again, before the append counts as not known."""

PAUSE: Final = 0.05
MORE_SECONDS: Final = 1.5
"""So much later than promised may the end of a blocking read come, before its connection counts as dead."""

FIRST: Final = "0-0"
"""Before the first entry of a stream."""

APPEND: Final = """
local n, hash, mark, before = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local head = redis.call('HMGET', KEYS[2], 'n', 'hash', 'mark', 'closed')
local last = tonumber(head[1]) or 0
if last == n and head[3] == mark then return {1, last, mark} end
if n < 1 or head[4] then return {0, last, mark} end
if last >= n then
  local found = redis.call('XRANGE', KEYS[1], n .. '-0', n .. '-0')[1]
  if found and found[2][4] == mark then return {1, last, mark} end
  return {0, last, mark}
end
if ARGV[7] ~= '' and redis.call('GET', KEYS[4]) ~= ARGV[7] then return {0, last, mark} end
if last ~= n - 1 or (last > 0 and before ~= '' and before ~= head[2]) then return {0, last, mark} end
if n == 1 then
  redis.call('XADD', KEYS[1], '1-0', 'hash', hash, 'mark', mark, 'body', ARGV[5])
  redis.call('XADD', KEYS[3], '*', 'day', ARGV[6])
elseif redis.call('EXISTS', KEYS[3]) == 0
  or not redis.call('XADD', KEYS[1], 'NOMKSTREAM', n .. '-0', 'hash', hash, 'mark', mark, 'body', ARGV[5]) then
  return {0, last, mark}
end
redis.call('HSET', KEYS[2], 'n', n, 'hash', hash, 'mark', mark)
return {1, n, mark}
"""


class RedisJournal(RedisDays):
    """A `Journal` in Redis that several processes may open; the stream decides between them. Loop-only."""

    def __init__(self, url: str, hall: str, *, replicas: int = 0, patience: float = PATIENCE) -> None:
        """`hall`: its code. `replicas`: copies that must have a commit before it counts or is read (`WAIT`)."""
        self.url = url
        super().__init__(client(url), Keys(hall))
        self._copies = Copies(self.keys, replicas)
        self._patience = patience
        self._follower: Client | None = None
        self._writer: Client | None = None
        self._append: Any = None
        self._unsure: int | None = None
        """Connection whose last append got no reply: it may still stand in the server's line."""
        self._connection = 0
        self._turn = asyncio.Lock()
        self._under = ""
        self._known: dict[str, Head] = {}
        """Where each day ended when this process last read or wrote it."""

    # --- the port ----------------------------------------------------------------------------------------------

    async def append(self, day: str, n: int, body: bytes, digest: str) -> None:
        """Store commit `n` of `day`; returns when Redis has synced it (`appendfsync always`).

        Raises AppendConflict, or a RedisError: then the commit may be there or not, which a read after it tells.
        CopiesMissing is one of those: no read tells of it before the copies have it.
        """
        known = self._known.get(day, Head(0, ""))
        before = known.hash if known.n == n - 1 else ""
        keys = [self.keys.day(day), self.keys.head(day), self.keys.days, self.keys.fence]
        arguments = [n, digest, secrets.token_hex(8), before, body, day, self._under]
        async with self._turn:
            done, last = await self._insist(keys, arguments)
            if not done:
                raise AppendConflict(f"{day}: commit {n} doesn't follow commit {last} of {shown(self.url)}.")
            self._known[day] = Head(n, digest)
            if self._copies.wanted:
                await self._insist_on_copies()

    async def read(self, day: str, after: int = 0) -> AsyncIterator[StoredCommit]:
        """The commits of `day` with n > `after`, in order."""
        await self._settle()
        most, more = CHUNKS
        while True:
            entries: Any = await self._reader.xrange(self.keys.day(day), min=f"{after + 1}-0", count=most)
            commits = [_stored(day, entry) for entry in entries]
            if commits:
                await self._copies.have(self._reader)
            for stored in commits:
                self._note(stored)
                yield stored
            if len(commits) < most:
                return
            after, most = commits[-1].n, more

    async def days(self) -> list[str]:
        """The days that have commits, oldest first; not those that were moved away."""
        await self._settle()
        entries: Any = await self._reader.xrange(self.keys.days)
        return sorted({fields[b"day"].decode() for _, fields in entries})

    async def head(self, day: str) -> Head:
        """Where the day ends; n = 0 for a day without commits."""
        await self._settle()
        found: Any = await self._reader.hmget(self.keys.head(day), ["n", "hash"])
        n, digest = found
        return Head(int(n), digest.decode()) if n is not None else Head(0, GENESIS)

    # --- following others --------------------------------------------------------------------------------------

    async def seen(self) -> str:
        """The mark of the day that was begun last, for `news`."""
        entries: Any = await self._reader.xrevrange(self.keys.days, count=1)
        return str(entries[0][0].decode()) if entries else FIRST

    async def news(self, day: str, after: int, seen: str, block_ms: int) -> tuple[list[StoredCommit], str]:
        """The commits of `day` above `after` as soon as there are some, and the mark of the day begun last.

        Another mark than `seen`: a day was begun. Both are as before when nothing came for `block_ms`. It has a
        connection of its own that may be silent for so long; the place is always named, so that nothing that came
        while it was broken is passed over.
        """
        if self._follower is None:
            self._follower = client(self.url, timeout=block_ms / 1000 + MORE_SECONDS)
        places: dict[Any, Any] = {self.keys.days: seen}
        if day:
            places[self.keys.day(day)] = f"{after}-0"
        found: Any = await self._follower.xread(places, count=CHUNKS[1], block=block_ms)
        commits: list[StoredCommit] = []
        for name, entries in found or ():
            if name.decode() == self.keys.days:
                seen = entries[-1][0].decode()
            else:
                commits = [_stored(day, entry) for entry in entries]
        if found:
            await self._copies.have(self._follower)
        for stored in commits:
            self._note(stored)
        return commits, seen

    async def write_under(self, token: str) -> None:
        """From now on only appends under this token succeed, of whatever day: no late one of who wrote before.

        The order of one stream can't tell that another day has begun. Raises RedisError.
        """
        self._under = token
        await self._reader.set(self.keys.fence, token)

    async def close(self) -> None:
        """Give the connections back."""
        await self._hang_up()
        await self._reader.aclose()
        if self._follower is not None:
            await self._follower.aclose()

    # --- appending ---------------------------------------------------------------------------------------------

    async def _insist(self, keys: list[str], arguments: list[Any]) -> tuple[int, int]:
        """The script's word on one append, asked for until it comes or patience ends."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        for attempt in itertools.count(1):
            try:
                await self._dial()
                return _ours(await self._append(keys=keys, args=arguments), arguments[2])
            except LOST as error:
                await self._hang_up(unsure=True)
                # A second time in any case: a process that stood still has used up its patience without trying.
                if attempt > 1 and loop.time() >= until:
                    raise
                log.warning("Commit %s: no reply from Redis (%s); asked again.", arguments[0], error)
                await asyncio.sleep(PAUSE)
            except RedisError:
                await self._hang_up()
                raise
            except BaseException:  # cancelled in mid-append: as little known as after a lost reply
                await self._hang_up(unsure=True)
                raise
        raise AssertionError

    async def _dial(self) -> None:
        """Have a connection for appends, and none before it in which an append could still come to life."""
        if self._writer is None:
            fresh = client(self.url, single=True)
            try:
                self._connection = await fresh.client_id()
                if self._unsure is not None:
                    await fresh.client_kill_filter(_id=str(self._unsure))
            except BaseException:
                await fresh.aclose()
                raise
            self._unsure = None
            self._writer, self._append = fresh, fresh.register_script(APPEND)

    async def _hang_up(self, *, unsure: bool = False) -> None:
        gone, self._writer = self._writer, None
        if gone is not None:
            self._unsure = self._connection if unsure else None
            await gone.aclose()

    async def _settle(self) -> None:
        """Before reading: make sure that an append without reply is either done or never will be."""
        if self._unsure is not None:
            async with self._turn:
                await self._dial()

    async def _insist_on_copies(self) -> None:
        """The commit is in Redis; wait until the copies have it. Raises as `Copies.have`."""
        try:
            assert self._writer is not None
            await self._copies.have(self._writer)
        except LOST:
            await self._hang_up()
            raise

    def _note(self, stored: StoredCommit) -> None:
        known = self._known.get(stored.day)
        if known is None or stored.n > known.n:
            self._known[stored.day] = Head(stored.n, stored.hash)


def _ours(reply: Any, mark: str) -> tuple[int, int]:
    """Whether the append with this mark is done, and where the day ends. Raises ConnectionError: not its reply."""
    if not isinstance(reply, list) or reply[2:] != [mark.encode()]:
        raise RedisConnectionError("the reply belongs to another command")
    return int(reply[0]), int(reply[1])


def _stored(day: str, entry: Any) -> StoredCommit:
    """The commit in a stream's entry."""
    name, fields = entry
    return StoredCommit(day, int(name.partition(b"-")[0]), fields[b"body"], fields[b"hash"].decode())
