"""The day on show (对外的当天): the committed day as listeners and readers get it, whichever process writes it.

Inside a batch the state runs ahead of the disk, so all reading goes through `committed` or `read`, which open only
between two batches. A process that doesn't write takes over what another one has written, one commit after the other.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from onewindow.queue.decide_loss import given_of
from onewindow.queue.evolve import evolve_all
from onewindow.queue.journal import Commit, Head, StoredCommit
from onewindow.queue.state import HallDay
from onewindow.queue.upcast import Chain
from onewindow.runtime.answers import JournalUnavailable
from onewindow.runtime.feed import Committed, Feed
from onewindow.runtime.live_day import LiveDay, Loaded
from onewindow.zones.model import Hall

T = TypeVar("T")


class DayOnShow:
    """One hall's live day. Loop-only."""

    def __init__(self, hall: Hall, live: LiveDay) -> None:
        """Take the day as it was loaded."""
        self.hall = hall
        self.feed = Feed()
        self._live = live
        self._published, self.given = live.head.n, given_of(live.state)
        """`given`: how far the live day has come that listeners were told of."""
        self._readers: list[asyncio.Future[None]] = []
        self._ahead = False
        self._lost: str | None = None

    # --- reading -----------------------------------------------------------------------------------------------

    @property
    def day(self) -> str:
        """The live business day; empty before the first one was opened."""
        return self._live.day

    @property
    def lost(self) -> str | None:
        """Why there is no state to show at the moment (the journal can't be read), or None."""
        return self._lost

    @property
    def head(self) -> Head:
        """Where the live day ends; with a commit under way, still before it."""
        return self._live.head

    async def committed(self) -> HallDay:
        """The state, once nothing in it is ahead of the disk.

        Read it **before the next await**, and don't wrap this call in a task or `wait_for`: afterwards the writer
        may be ahead again. (`read` can't be misused so.) Raises JournalUnavailable while there is no state to show.
        """
        return (await self._settled()).state

    async def read(self, look: Callable[[LiveDay], T]) -> T:
        """What `look` finds in the committed day. It must not change it nor keep it. Raises as `committed`."""
        return look(await self._settled())

    # --- following another process -----------------------------------------------------------------------------

    def follow(self, stored: StoredCommit) -> Commit:
        """Take over what another process has written next, and publish it. Raises JournalBroken: follow no more."""
        assert not self._ahead
        live = self._live
        commit = Chain(live.day, live.head, hall=self.hall.settings.code).follow(stored)
        try:
            for entry in commit.entries:
                evolve_all(live.state, entry.events)
        except Exception as error:
            self._lost = repr(error)  # Half of it is in the state.
            raise
        live.advance(commit, stored.hash)
        self._publish([commit], fresh=False)
        return commit

    def adopt(self, found: Loaded) -> None:
        """Show another day, or the live one read anew: `found.news` have not been published yet."""
        assert not self._ahead
        self._live, self._lost = found.live, None
        self._publish(found.news, fresh=True)

    def lose(self, why: str) -> None:
        """There is nothing to show: what others write can't be followed. Readers are told; `adopt` ends it."""
        self._lost = why
        self._wake_readers()

    @property
    def published(self) -> int:
        """The live day's last commit that listeners have been told."""
        return self._published

    @property
    def live(self) -> LiveDay:
        """The live day, for those who follow with it; not to be changed."""
        return self._live

    # --- inside ------------------------------------------------------------------------------------------------

    async def _gate(self) -> None:
        """Wait until nothing in the state is ahead of the disk."""
        while self._ahead:
            await self._turn_of_readers()

    async def _settled(self) -> LiveDay:
        while self._ahead and self._lost is None:
            await self._turn_of_readers()
        if self._lost is not None:
            raise JournalUnavailable(self._lost, done=None)
        return self._live

    def _publish(self, commits: list[Commit], *, fresh: bool) -> None:
        live = self._live
        entries = tuple(entry for commit in commits for entry in commit.entries)
        self._published, self.given = live.head.n, given_of(live.state)
        self.feed.publish(Committed(day=live.day, n=live.head.n, entries=entries, state=live.state, fresh=fresh))

    def _open_gate(self) -> None:
        self._ahead = False
        self._wake_readers()

    async def _turn_of_readers(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._readers.append(turn)
        await turn

    def _wake_readers(self) -> None:
        readers, self._readers = self._readers, []
        for turn in readers:
            if not turn.done():
                turn.set_result(None)
