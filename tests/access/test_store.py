"""The store and its accounts: what lies on the disk, and who gets in."""

import sqlite3
import stat
from pathlib import Path

import pytest

from onewindow.access import accounts as rules
from onewindow.access.accounts import Accounts, readable_password
from onewindow.access.open_store import open_store
from onewindow.access.principal import Role
from onewindow.access.store import StoreUnusable
from onewindow.access.store_sqlite import FILE
from onewindow.http.problem import Problem

HERE = "192.0.2.7"


def on_disk(folder: Path) -> tuple[bytes, dict[str, int]]:
    """All bytes of a folder's files, and the mode of each."""
    paths = sorted(folder.iterdir())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
    return b"".join(path.read_bytes() for path in paths), modes


async def test_the_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    async with open_store(tmp_path) as first, open_store(tmp_path) as second:
        assert first.secret == second.secret
        assert len(first.secret) == 32
    async with open_store(tmp_path) as again:
        assert again.secret == first.secret
    async with open_store(tmp_path / "other") as other:
        assert other.secret != first.secret


async def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        await Accounts(store).create("wang", Role.GUIDE, password="a good one")
        content, modes = on_disk(tmp_path)
        assert set(modes.values()) == {0o600}, modes
        assert b"$argon2id$" in content and b"a good one" not in content


async def test_another_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"no database at all, but a letter")
    with pytest.raises(StoreUnusable, match=FILE):
        async with open_store(tmp_path):
            pass
    assert path.read_bytes() == b"no database at all, but a letter"
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes(name)")
    other.close()
    with pytest.raises(StoreUnusable):
        async with open_store(tmp_path):
            pass


async def test_a_password_lets_in_and_another_does_not(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts = Accounts(store)
        password = await accounts.create("li", Role.CLERK, window="07")
        account = await accounts.check("li", password, HERE)
        assert (account.role, account.window) == (Role.CLERK, "07")
        for name, tried in (("li", password + "x"), ("li", ""), ("nobody", password), ("li" * 30, password)):
            with pytest.raises(Problem) as refused:
                await accounts.check(name, tried, HERE)
            assert (refused.value.status, refused.value.code) == (401, "sign_in_failed")


async def test_a_new_password_replaces_the_old(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts = Accounts(store)
        old = await accounts.create("li", Role.CLERK)
        new = await accounts.create("li", Role.GUIDE)
        assert (await accounts.check("li", new, HERE)).role is Role.GUIDE
        with pytest.raises(Problem):
            await accounts.check("li", old, HERE)
        assert await store.remove_account("li")
        assert not await store.remove_account("li")


@pytest.mark.parametrize("name", ["", "a b", "a@b", "a:b", "x" * 41])
async def test_a_name_that_would_spoil_the_journal(tmp_path: Path, name: str) -> None:
    async with open_store(tmp_path) as store:
        with pytest.raises(ValueError, match="1–40"):
            await Accounts(store).create(name, Role.GUIDE)


async def test_the_first_accounts_are_made_once(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        first = await Accounts(store).first()
        assert [name for name, _ in first] == ["guide", "clerk", "supervisor", "admin"]
        assert len({password for _, password in first}) == 4
        assert await Accounts(store).first() == []
        for name, password in first:
            assert (await Accounts(store).check(name, password, HERE)).name == name


async def test_guessing_is_slowed_down_and_success_forgives(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts = Accounts(store)
        password = await accounts.create("li", Role.CLERK)
        for _ in range(int(rules.PER_PAIR.burst) - 1):
            with pytest.raises(Problem, match="sign_in_failed"):
                await accounts.check("li", "wrong", HERE)
        await accounts.check("li", password, HERE)
        for _ in range(int(rules.PER_PAIR.burst)):
            with pytest.raises(Problem, match="sign_in_failed"):
                await accounts.check("li", "wrong", HERE)
        with pytest.raises(Problem) as refused:
            await accounts.check("li", password, HERE)
        assert (refused.value.status, refused.value.code) == (429, "too_many_tries")
        assert int(refused.value.headers["Retry-After"]) >= 1
        assert (await accounts.check("li", password, "192.0.2.8")).name == "li"


async def test_guessing_from_one_address_locks_nobody_out_elsewhere(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts = Accounts(store)
        password = await accounts.create("li", Role.CLERK)
        for _ in range(int(rules.PER_ACCOUNT.burst) * 2):
            with pytest.raises(Problem):
                await accounts.check("li", "wrong", HERE)
        assert (await accounts.check("li", password, "192.0.2.8")).name == "li"


async def test_a_long_name_is_not_kept(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts = Accounts(store)
        for name in ("x" * 60_000, "x" * 50_000):
            with pytest.raises(Problem, match="sign_in_failed"):
                await accounts.check(name, "wrong", HERE)
        kept = [str(key) for key in (*accounts._names._buckets, *accounts._pairs._buckets)]
        assert kept and max(map(len, kept)) <= rules.LONGEST_NAME + len(str(("", HERE))) + 1


def test_passwords_can_be_read_out() -> None:
    passwords = {readable_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(len(word.split("-")) == 4 and word.isascii() and word == word.lower() for word in passwords)


async def test_revoked_tokens_are_forgotten_when_they_would_have_ended(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        await store.revoke("a", 100)
        await store.revoke("b", 200)
        assert await store.revoked(99) == {"a", "b"}
        assert await store.revoked(150) == {"b"}
