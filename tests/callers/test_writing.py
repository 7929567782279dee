"""Words for the visitor: to the window's own staff at once, to nobody else, kept nowhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from onewindow.access.principal import Role
from tests.hall_app import Api, done, running

WORDS = "请用蓝色签字笔"
DEED = "REA-001"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path / "data") as found:
        yield found


def socket(api: Api, path: str, headers: dict[str, str] | None = None) -> connect:
    return connect(f"ws://{api.client.base_url.netloc.decode()}{path}", additional_headers=headers or {}, proxy=None)


async def kind(staff: ClientConnection) -> str:
    """The kind of the next frame that is no beat."""
    while (found := await frame(staff))["kind"] == "beat":
        continue
    assert set(found) == {"kind"}, "the socket says that, never what"
    return str(found["kind"])


async def frame(from_: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(from_.recv(), 20))
    return found


async def write(api: Api, text: str, window: str = "08", by: str = "08") -> Any:
    return await api.post(f"/api/windows/{window}/write", {"text": text}, Role.CLERK, by)


async def written(api: Api, window: str = "08") -> str:
    view = done(await api.get(f"/api/windows/{window}", Role.CLERK, window))
    return str(view["written"])


async def called(api: Api) -> None:
    await api.issue(matter=DEED)
    await api.clerk("08", "open")
    await api.clerk("08", "call-next")


async def test_words_are_for_the_ticket_at_the_window_and_go_with_it(api: Api, tmp_path: Path) -> None:
    nobody = await write(api, WORDS)
    assert (nobody.status_code, nobody.json()["code"]) == (409, "window_idle")
    await called(api)
    assert (await write(api, f"  {WORDS} ")).status_code == 204
    assert await written(api) == WORDS
    await api.clerk("08", "start")
    assert await written(api) == WORDS
    await api.clerk("08", "finish")
    assert await written(api) == ""
    await api.clerk("08", "undo")
    assert await written(api) == "", "it is wiped, not hidden"
    assert (await write(api, "字" * 201)).status_code == 422
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert DEED.encode() in kept, "the day itself is kept"
    assert WORDS.encode() not in kept


async def test_words_are_taken_back_by_writing_none(api: Api) -> None:
    await called(api)
    await write(api, WORDS)
    assert (await write(api, " ")).status_code == 204
    assert await written(api) == ""


async def test_a_colleague_neither_writes_nor_reads(api: Api) -> None:
    await called(api)
    refused = await write(api, WORDS, by="09")
    assert (refused.status_code, refused.json()["code"]) == (403, "window_of_another")
    assert (await api.post("/api/windows/08/write", {"text": WORDS}, Role.GUIDE)).status_code == 403
    await write(api, WORDS)
    assert (await api.get("/api/windows/08", Role.CLERK, "09")).status_code == 403


async def test_the_staffs_socket_tells_of_what_no_public_channel_tells(api: Api) -> None:
    ticket = (await api.issue(matter=DEED))["ticket"]
    await api.clerk("08", "open")
    await api.clerk("08", "call-next")
    async with socket(api, "/ws/windows/8/staff", api.bearer(Role.CLERK, "08")) as staff:
        await write(api, WORDS)
        assert await kind(staff) == "changed"
        await api.guide(f"/api/tickets/{ticket['id']}/marks", {"marks": ["deaf"]})
        assert await kind(staff) == "changed"
        await api.guide(f"/api/tickets/{ticket['id']}/absent")
        assert await kind(staff) == "changed"
        done(await api.post("/api/service/suspend", {"reason": "power"}, Role.SUPERVISOR))
        assert await kind(staff) == "changed"


@pytest.mark.parametrize(
    ("role", "window", "path", "code"),
    [
        (None, None, "/ws/windows/08/staff", 4403),
        (Role.GUIDE, None, "/ws/windows/08/staff", 4403),
        (Role.CLERK, "09", "/ws/windows/08/staff", 4403),
        (Role.CLERK, "09", "/ws/windows/99/staff", 4404),
    ],
)
async def test_the_staffs_socket_is_the_windows_own(
    api: Api, role: Role | None, window: str | None, path: str, code: int
) -> None:
    async with socket(api, path, api.bearer(role, window)) as staff:
        with pytest.raises(ConnectionClosed) as caught:
            await frame(staff)
    assert caught.value.rcvd is not None and caught.value.rcvd.code == code


async def test_no_public_frame_holds_a_word(api: Api) -> None:
    await called(api)
    paths = ("/ws/hall", "/ws/zones/real_estate", "/ws/windows/08")
    async with AsyncExitStack() as stack:
        public = [await stack.enter_async_context(socket(api, path)) for path in paths]
        said = [await one.recv() for one in public]
        await write(api, WORDS)
        await api.clerk("08", "recall")
        for one in public:
            # Up to the frame of the recall, which comes after whatever the words would have sent.
            while "recall" not in (text := str(await asyncio.wait_for(one.recv(), 20))):
                said.append(text)
            said.append(text)
    assert all(WORDS not in str(text) for text in said)
    board = await api.client.get("/api/board")
    assert WORDS not in board.text
