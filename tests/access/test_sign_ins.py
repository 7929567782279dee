"""Who is at which window: from the sign-in until the session ends, however it ends."""

import time
from pathlib import Path

from onewindow.access.accounts import Accounts
from onewindow.access.open_store import open_store
from onewindow.access.principal import Principal, Role
from onewindow.access.sign_ins import AtWindow, at_windows, note
from onewindow.access.store import Store
from tests.access.test_sign_in import password, sign_in
from tests.hall_app import Api, done

LONG = 12 * 3600
HERE = "192.0.2.7"


def clerk(name: str, window: str | None, token: str, at: int) -> Principal:
    return Principal(name=name, role=Role.CLERK, window=window, token=token, until=at + LONG)


async def present(store: Store, now: int) -> dict[str, str]:
    return {found.window: found.clerk for found in await at_windows(store, now)}


async def test_a_sign_in_counts_until_its_session_ends(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts, now = Accounts(store, lambda: 1000), 2000
        for name in ("li", "wang", "zhao"):
            await accounts.create(name, Role.CLERK)
        await note(store, clerk("li", "07", "t1", now), now)
        await note(store, clerk("wang", "08", "t2", now), now)
        await note(store, clerk("wang", None, "t3", now), now)
        await note(store, Principal(name="zhang", role=Role.SUPERVISOR, token="t4", until=now + LONG), now)
        assert await at_windows(store, now) == [
            AtWindow(window="07", clerk="li", since=now),
            AtWindow(window="08", clerk="wang", since=now),
        ]
        await store.revoke("t1", now + LONG)
        assert await present(store, now) == {"08": "wang"}
        assert await present(store, now + LONG) == {}, "twelve hours later nobody is there"


async def test_a_new_password_or_another_role_ends_it(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        clock = [1000]
        accounts = Accounts(store, lambda: clock[0])
        for name in ("li", "wang", "zhao"):
            await accounts.create(name, Role.CLERK)
        for token, (name, no) in enumerate({"li": "07", "wang": "08", "zhao": "09"}.items()):
            await note(store, clerk(name, no, str(token), 2000), 2000)
        clock[0] = 2500
        await accounts.create("li", Role.CLERK)
        await store.remove_account("wang")
        clock[0] = 1500
        await accounts.create("zhao", Role.GUIDE)
        assert await present(store, 2600) == {}


async def test_who_came_last_is_at_the_window(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        accounts = Accounts(store, lambda: 1000)
        for name in ("li", "wang"):
            await accounts.create(name, Role.CLERK)
        await note(store, clerk("li", "07", "b", 2000), 2000)
        await note(store, clerk("wang", "07", "a", 2000), 2000)
        assert await present(store, 2001) == {"07": "wang"}


async def test_the_page_the_call_and_the_way_out(api: Api) -> None:
    store, now = api.opened.store, int(time.time())
    await api.client.post("/sign-in", data={"name": "clerk", "password": password(api, "clerk")})
    assert await present(store, now) == {}, "no window chosen yet"
    await api.client.post("/sign-in/window", data={"window": "17"})
    assert await present(store, now) == {"17": "clerk"}
    await api.client.post("/sign-in/window", data={"window": "18"})
    assert await present(store, now) == {"18": "clerk"}, "who has moved is no longer at the old window"
    await api.client.post("/sign-out")
    assert await present(store, now) == {}
    done(await sign_in(api, "clerk", window="7"))
    assert await present(store, now) == {"07": "clerk"}
