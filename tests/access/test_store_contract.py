"""One contract for both stores: the file of one server, and the Redis of several."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from onewindow.access.accounts import Accounts
from onewindow.access.open_store import open_store
from onewindow.access.principal import Role
from onewindow.access.store import Account, CodeRow, ScreenRow, SignInRow, Store, StoreUnusable
from onewindow.shared.link import client
from tests.redis_server import RedisServer, redis_served


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_served(tmp_path_factory.mktemp("redis")) as server:
        yield server


HALL = "small"


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.redis)])
async def address(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    server: RedisServer = request.getfixturevalue("redis_server")
    redis = client(server.url)
    await redis.flushall()
    await redis.aclose()
    return server.url


@pytest.fixture
async def store(address: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path, address, HALL) as store:
        yield store


def clerk(name: str, changed: int = 100) -> Account:
    return Account(name=name, role=Role.CLERK, window=None, hash="$argon2id$", changed=changed)


async def test_the_secret_is_made_once_and_kept(store: Store, address: str, tmp_path: Path) -> None:
    assert len(store.secret) == 32
    async with open_store(tmp_path, address, HALL) as again:
        assert again.secret == store.secret


async def test_another_hall_has_its_own_secret_and_accounts(store: Store, address: str, tmp_path: Path) -> None:
    await store.put_account(clerk("zhao"))
    async with open_store(tmp_path / "other", address, "other") as other:
        assert other.secret != store.secret
        assert await other.accounts() == [] and await other.begin()
        await other.revoke("token", 1000)
    assert await store.revoked(500) == set()


async def test_accounts_are_kept_by_name(store: Store, address: str, tmp_path: Path) -> None:
    for name in ("zhao", "li"):
        await store.put_account(clerk(name))
    await store.put_account(clerk("li", changed=200))
    async with open_store(tmp_path, address, HALL) as again:
        assert await again.accounts() == [clerk("li", changed=200), clerk("zhao")]
        assert await again.account("zhao") == clerk("zhao") and await again.account("qian") is None
        assert await again.remove_account("zhao") and not await again.remove_account("zhao")
    assert await store.accounts() == [clerk("li", changed=200)]


async def test_what_is_revoked_is_forgotten_when_it_ends_by_itself(store: Store) -> None:
    await store.revoke("a", 100)
    await store.revoke("b", 200)
    assert await store.revoked(99) == {"a", "b"}
    assert await store.revoked(100) == {"b"}
    assert await store.revoked(0) == {"b"}


async def test_sign_ins_last_as_long_as_their_sessions(store: Store) -> None:
    for name in ("li", "wang", "sun", "zhou"):
        await store.put_account(clerk(name))
    rows = [
        SignInRow(token=f"t-{name}", name=name, window="01", at=at, until=1000)
        for name, at in (("li", 150), ("wang", 120), ("sun", 160), ("gone", 130), ("zhou", 99))
    ]
    for row in rows:
        await store.put_sign_in(row)
    await store.revoke("t-sun", 1000)
    assert await store.sign_ins(500) == [rows[1], rows[0]]
    await store.put_account(clerk("wang", changed=300))
    assert await store.sign_ins(500) == [rows[0]]
    assert await store.sign_ins(1000) == []


async def test_screens_are_kept_with_when_they_were_there(store: Store, address: str, tmp_path: Path) -> None:
    await store.put_screen("s-2", b"two")
    await store.put_screen("s-1", b"one")
    await store.screen_seen("s-1", 100)
    await store.screen_seen("s-gone", 100)
    await store.put_screen("s-1", b"uno")
    async with open_store(tmp_path, address, HALL) as again:
        assert await again.screens() == {"s-1": ScreenRow(b"uno", 100), "s-2": ScreenRow(b"two", 0)}
        assert await again.remove_screen("s-1") and not await again.remove_screen("s-1")
    await store.put_screen("s-1", b"new")
    assert await store.screens() == {"s-1": ScreenRow(b"new", 0), "s-2": ScreenRow(b"two", 0)}


def code(digits: str, made: int = 100, until: int = 200) -> CodeRow:
    return CodeRow(code=digits, claim="c" + digits, address="192.0.2.7", about="", made=made, until=until)


async def test_a_code_is_shown_by_one_and_confirmed_once(store: Store) -> None:
    assert await store.put_code(code("000002")) and await store.put_code(code("000001", made=90))
    assert not await store.put_code(code("000001", made=150, until=250)), "somebody shows it"
    assert [row.code for row in await store.codes(150)] == ["000001", "000002"]
    won = await asyncio.gather(*(store.confirm_code("000001", name, 150) for name in ("s-a", "s-b", "s-c")))
    assert sum(won) == 1
    winner = next(name for name, ok in zip(("s-a", "s-b", "s-c"), won, strict=True) if ok)
    assert await store.confirm_code("000001", winner, 151), "the same one may ask again"
    assert [row.screen for row in await store.codes(151)] == [winner, ""]
    assert not await store.confirm_code("999999", "s-a", 150)


async def test_a_code_ends(store: Store) -> None:
    await store.put_code(code("000001"))
    assert await store.confirm_code("000001", "s-a", 199) and not await store.confirm_code("000001", "s-a", 200)
    assert await store.codes(200) == []
    assert await store.put_code(code("000001", made=200, until=300)), "its digits are free again"
    assert [row.screen for row in await store.codes(250)] == [""]
    await store.drop_code("000001")
    assert await store.codes(250) == []


async def test_the_first_accounts_are_made_by_one_of_several(store: Store, address: str, tmp_path: Path) -> None:
    if not address:
        assert len(await Accounts(store).first()) == 4 and await Accounts(store).first() == []
        return
    async with open_store(tmp_path, address, HALL) as other:
        made = await asyncio.gather(*(Accounts(one).first() for one in (store, other, store, other)))
    assert sorted(map(len, made)) == [0, 0, 0, 4]


@pytest.mark.redis
async def test_a_redis_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"127\.0\.0\.1:1/0"):
        async with open_store(tmp_path, "redis://127.0.0.1:1/0"):
            pass
    with pytest.raises(StoreUnusable, match="nonsense"):
        async with open_store(tmp_path, "nonsense"):
            pass
