"""A reading of the store that was under way when something changed undoes nothing of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onewindow.access.open_store import open_store
from onewindow.access.principal import Role
from onewindow.access.store import ScreenRow, Store
from onewindow.access.store_sqlite import SqliteStore
from onewindow.access.tokens import TokenFault, Tokens
from onewindow.access.watch import refresh
from onewindow.runtime.peers import Alone
from onewindow.screens.model import Kind, Screen, Settings
from onewindow.screens.shelf import Shelf


class Late(SqliteStore):
    """What is read arrives when it is let go, as over a slow network; what is written does at once."""

    def __init__(self, store: Store) -> None:
        self.__dict__.update(vars(store))
        self.read, self.go = asyncio.Event(), asyncio.Event()

    async def screens(self) -> dict[str, ScreenRow]:
        found = await super().screens()
        await self._hold()
        return found

    async def revoked(self, now: int) -> set[str]:
        found = await super().revoked(now)
        await self._hold()
        return found

    async def _hold(self) -> None:
        self.read.set()
        await self.go.wait()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Late]:
    async with open_store(tmp_path) as found:
        yield Late(found)


async def test_a_screen_that_is_paired_meanwhile_stays_paired(store: Late) -> None:
    tokens = Tokens(store.secret)
    shelf = Shelf(store, tokens, Alone())
    settings = Settings(zh="总屏", kind=Kind.HALL)
    screen = Screen(id="s-00000001", token="a" * 16, made=0, until=2**40, by="zhang", settings=settings)
    loading = asyncio.create_task(shelf.load())
    await store.read.wait()
    putting = asyncio.create_task(shelf.put(screen))
    done, _ = await asyncio.wait((putting,), timeout=0.2)
    store.go.set()
    await asyncio.gather(loading, putting)
    assert shelf.screens == {screen.id: screen} and screen.token not in tokens.revoked
    assert not done, "who changes the store waits until what was read of it is taken over"
    await shelf.remove(screen)
    assert shelf.screens == {} and screen.token in tokens.revoked


async def test_who_signs_out_while_the_store_is_read_stays_out(store: Late) -> None:
    tokens = Tokens(store.secret)
    token = tokens.make(Role.GUIDE, "li", hours=1)
    reading = asyncio.create_task(refresh(store, tokens))
    await store.read.wait()
    out = tokens.read(token)
    tokens.revoked.add(out.token)  # as signing out does
    await store.revoke(out.token, out.until)
    store.go.set()
    await reading
    with pytest.raises(TokenFault, match="token_revoked"):
        tokens.read(token)
