"""Opening all signed-in windows: just those, each with its outcome, as often as one likes."""

import asyncio

from onewindow.access.principal import Role
from tests.access.test_sign_in import password
from tests.hall_app import Api, done

OPEN = "/api/supervisor/open-signed-in"


async def sign_in(api: Api, window: str) -> None:
    """The clerk's account, used at this window; the cookie of the window before is left to it."""
    api.client.cookies.clear()
    asked = {"name": "clerk", "password": password(api, "clerk"), "window": window}
    done(await api.client.post("/api/sign-in", json=asked))


async def test_just_the_windows_whose_clerk_is_there(api: Api) -> None:
    for window in ("7", "17", "18", "31"):
        await sign_in(api, window)
    await api.client.post("/api/sign-out")  # 31's clerk has gone
    api.client.cookies.clear()
    await api.clerk("17", "open")
    await api.clerk("18", "open")
    await api.clerk("18", "pause", {"reason": "system"})
    who = done(await api.get("/api/supervisor/signed-in", Role.SUPERVISOR))["windows"]
    assert [(one["no"], one["clerk"], one["phase"]) for one in who] == [
        ("07", "clerk", "closed"),
        ("17", "clerk", "open"),
        ("18", "clerk", "paused"),
    ]
    first = done(await api.post(OPEN, {}, Role.SUPERVISOR, key="k1"))
    assert [(one["no"], one["outcome"]) for one in first["windows"]] == [
        ("07", "opened"),
        ("17", "open"),
        ("18", "paused"),
    ]
    assert first["opened"] == 1
    head = await api.head()
    for key in ("k1", "k2"):
        again = done(await api.post(OPEN, {}, Role.SUPERVISOR, key=key))
        assert [one["outcome"] for one in again["windows"]] == ["open", "open", "paused"]
    assert await api.head() == head, "the second time nothing is done"
    state = await api.opened.runtime.committed()
    assert (state.windows["07"].clerk, len(state.lines.open)) == ("clerk", 2)


async def test_two_supervisors_at_once_open_each_window_once(api: Api) -> None:
    for window in ("07", "08", "09"):
        await sign_in(api, window)
    api.client.cookies.clear()
    both = await asyncio.gather(*(api.post(OPEN, {}, Role.SUPERVISOR, key=f"k{n}") for n in range(2)))
    found = [done(one) for one in both]
    assert sum(one["opened"] for one in found) == 3
    assert {one["outcome"] for answer in found for one in answer["windows"]} <= {"opened", "open"}


async def test_nobody_there_is_no_error(api: Api) -> None:
    assert done(await api.post(OPEN, {}, Role.SUPERVISOR)) == {"windows": [], "opened": 0}
