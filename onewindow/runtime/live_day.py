"""The live day (当天): one day's committed state, its place in the journal, and the keys that it has answered."""

from dataclasses import dataclass, field

import msgspec

from onewindow.queue.events import DayLeft
from onewindow.queue.evolve import evolve_all
from onewindow.queue.journal import GENESIS, Commit, Entry, Head, Journal, JournalBroken
from onewindow.queue.state import HallDay
from onewindow.queue.upcast import Chain, decode, prev_of
from onewindow.zones.model import Hall

Scope = tuple[str, str]
"""(principal, idempotency key)"""


class Promised(msgspec.Struct, frozen=True):
    """The reply that a key has got: the same command under the same key gets it again."""

    digest: str
    status: int
    body: bytes


def promised(entry: Entry) -> Promised:
    """What a repetition of this entry's command is answered."""
    return Promised(entry.digest, entry.status, bytes(entry.reply))


@dataclass
class LiveDay:
    """One day as the journal has it. Changed by the writer alone."""

    day: str
    state: HallDay
    head: Head
    """The last commit; with n = 0 the hash that commit 1 names as its previous one."""
    keys: dict[Scope, Promised] = field(default_factory=dict)
    keys_before: dict[Scope, Promised] = field(default_factory=dict)
    """The keys of the day before: a retry may cross the turn of the day."""
    opened_at: int = 0
    """When the day was opened, ms; 0 before that."""

    @classmethod
    def fresh(cls, hall: Hall, day: str, prev: str = GENESIS) -> "LiveDay":
        """A day without commits; `prev` is the head of the day before."""
        return cls(day, HallDay(hall, day), Head(0, prev))

    def promise(self, scope: Scope) -> Promised | None:
        """The reply that this key has got today or the day before."""
        return self.keys.get(scope) or self.keys_before.get(scope)

    def advance(self, commit: Commit, digest: str) -> None:
        """Note that `commit` is durable; its events are in the state already."""
        self.head = Head(commit.n, digest)
        if commit.n == 1:
            self.opened_at = commit.entries[0].at
        for entry in commit.entries:
            if entry.key:
                self.keys[entry.by, entry.key] = promised(entry)


@dataclass
class Loaded:
    """A day read back from the journal, and what it holds beyond a given commit."""

    live: LiveDay
    news: list[Commit]
    hashes: dict[int, str]
    """Hash of each commit of `news`, by number."""
    prev: str = GENESIS
    """The hash that commit 1 names as its previous one."""


async def load_day(journal: Journal, hall: Hall, day: str, after: int | None = None) -> Loaded:
    """Replay `day`, every link checked. `news` are its commits above `after`; None: none.

    Raises JournalBroken where the chain breaks, and whatever the journal raises when it can't be read.
    """
    chain = Chain(day, hall=hall.settings.code)
    loaded = Loaded(LiveDay.fresh(hall, day), [], {})
    async for stored in journal.read(day):
        commit = chain.follow(stored)
        for entry in commit.entries:
            evolve_all(loaded.live.state, entry.events)
        if commit.n == 1:
            loaded.prev = commit.prev
        loaded.live.advance(commit, stored.hash)
        if after is not None and commit.n > after:
            loaded.news.append(commit)
            loaded.hashes[commit.n] = stored.hash
    return loaded


async def load_keys(journal: Journal, hall: Hall, day: str, link: str) -> dict[Scope, Promised]:
    """The keys that were answered on `day`, without rebuilding its state; empty when the journal no longer has it.

    `link` is the hash that the following day names as its previous one: it must be one of this day's, so that a day
    whose end was cut off shows. Raises JournalBroken as `load_day`, and when the link is missing.
    """
    chain = Chain(day, hall=hall.settings.code)
    keys: dict[Scope, Promised] = {}
    linked = False
    async for stored in journal.read(day):
        for entry in chain.follow(stored).entries:
            if entry.key:
                keys[entry.by, entry.key] = promised(entry)
        linked = linked or stored.hash == link
    if chain.head is not None and not linked:
        raise JournalBroken(
            f"日志 {day} 不完整：下一天所接的那一条（{link[:12]}…）不在其中。请从备份恢复 {day}。\n"
            f"The journal of {day} is not whole: the commit that the next day follows ({link[:12]}…) is missing. "
            f"Restore {day} from a backup."
        )
    return keys


async def last_day(journal: Journal) -> str | None:
    """The day at the end of the chain (最后一天): the latest that no other day follows; None for an empty journal.

    Usually the latest by date. After a wrong clock had opened a day of the future, it is the day that a person
    confirmed afterwards, so that one confirmation is enough: either that day follows the other one, or the other one
    ends with `DayLeft`.
    """
    days = await journal.days()
    followed = set()
    for day in days:
        async for stored in journal.read(day):
            followed.add(prev_of(stored.body))
            break
    ends: set[str] = set()
    for day in days:
        head = await journal.head(day)
        if head.hash not in followed:
            ends.add(await _left_for(journal, day, head) or day)
    return max(ends.intersection(days), default=max(days, default=None))


async def _left_for(journal: Journal, day: str, head: Head) -> str | None:
    """The day for which a person left this one as the last thing that happened in it, or None."""
    async for stored in journal.read(day, after=head.n - 1):
        try:
            last = decode(stored.body).entries[-1].events[-1]
        except (JournalBroken, IndexError):
            return None  # Told when the day is replayed, if it is.
        return last.to if isinstance(last, DayLeft) else None
    return None
