"""Who gets which console, and what it is given."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onewindow.access.principal import Role
from onewindow.app import OpenApp, open_app
from onewindow.zones.load import load_hall
from tests.callers.browsers import always_open

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[OpenApp]:
    async with open_app(load_hall(always_open(tmp_path)), tmp_path / "data", tick_seconds=None) as app:
        yield app


@pytest.fixture
async def client(opened: OpenApp) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened.asgi), base_url="http://hall.test") as found:
        yield found


def bearer(opened: OpenApp, role: Role, window: str | None = None) -> dict[str, str]:
    token = opened.tokens.make(role, "li", hours=1, window=window)
    return {"Authorization": f"Bearer {token}"}


async def test_a_clerk_sees_his_window_and_no_other(opened: OpenApp, client: httpx.AsyncClient) -> None:
    mine = bearer(opened, Role.CLERK, "08")
    view = (await client.get("/api/windows/8", headers=mine)).json()
    assert (view["no"], view["phase"], view["v"], view["waiting_count"]) == ("08", "closed", 1, 0)
    other = await client.get("/api/windows/09", headers=mine)
    assert (other.status_code, other.json()["code"]) == (403, "window_of_another")
    nowhere = await client.get("/api/windows/99", headers=mine)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_window")


@pytest.mark.parametrize("role", [Role.GUIDE, Role.KIOSK, Role.SCREEN])
async def test_others_see_no_console(opened: OpenApp, client: httpx.AsyncClient, role: Role) -> None:
    for path in (
        "/api/windows/08",
        "/windows/08",
        "/windows/08/pad",
        "/supervisor",
        "/api/supervisor/floor",
        "/api/supervisor/remaining",
    ):
        answer = await client.get(path, headers=bearer(opened, role))
        assert (path, answer.status_code, answer.json()["code"]) == (path, 403, "role_forbidden")


async def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(client: httpx.AsyncClient) -> None:
    for path in ("/windows/08", "/windows/08/pad", "/supervisor"):
        answer = await client.get(path, headers=PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
    for path in ("/api/windows/08", "/api/supervisor/floor"):
        assert (await client.get(path)).status_code == 401


async def test_a_window_is_named_as_in_the_files(opened: OpenApp, client: httpx.AsyncClient) -> None:
    answer = await client.get("/windows/8", headers=bearer(opened, Role.CLERK, "08") | PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/windows/08")
    answer = await client.get("/windows/8/pad", headers=bearer(opened, Role.CLERK, "08") | PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/windows/08/pad")


@pytest.mark.parametrize(
    ("role", "window", "way"),
    [
        (Role.CLERK, "08", "/windows/08"),
        (Role.CLERK, None, "/sign-in/window"),
        (Role.SUPERVISOR, None, "/supervisor"),
    ],
)
async def test_everybody_finds_his_own_place(
    opened: OpenApp, client: httpx.AsyncClient, role: Role, window: str | None, way: str
) -> None:
    answer = await client.get("/windows", headers=bearer(opened, role, window))
    assert (answer.status_code, answer.headers["location"]) == (303, way)


async def test_the_console_stands_without_its_scripts(opened: OpenApp, client: httpx.AsyncClient) -> None:
    page = (await client.get("/windows/08", headers=bearer(opened, Role.SUPERVISOR) | PAGE)).text
    for part in ("不动产综合窗口2", "操作台需要 JavaScript", 'data-digit="1"', "REA-001", 'data-recall-limit="3"'):
        assert part in page


async def test_the_supervisor_sees_the_hall(opened: OpenApp, client: httpx.AsyncClient) -> None:
    headers = bearer(opened, Role.SUPERVISOR)
    page = (await client.get("/supervisor", headers=headers | PAGE)).text
    assert page.count('class="spot"') == 44
    floor = (await client.get("/api/supervisor/floor", headers=headers)).json()
    assert (len(floor["windows"]), len(floor["zones"]), floor["alarms"]) == (44, 4, [])
    remaining = (await client.get("/api/supervisor/remaining", headers=headers)).json()
    assert (remaining["tickets"], remaining["undecided"]) == ([], 0)
