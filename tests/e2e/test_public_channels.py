"""All that anybody may see or hear of a busy hall, read on the real server: it tells of nobody more than 优先.

Hall, zone and window channels, loudspeakers, phones, the board, the screens' pages and every public address of the
API, while people of every class come for matters that could shame, and staff write what they know of them.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from onewindow.zones.load import load_hall
from tests.displays.test_privacy import SHAMING, secrets
from tests.server import ANQIU, Server, served

STAFF_WORDS = ("残疾人，行动不便", "来办离婚", "听障", "陪同", "deaf", "accompany")
PATIENCE = 60.0
SPOKEN = 2
"""Announcements that each loudspeaker says before its words are read."""
CATALOGUES = ("/api/hall", "/api/search", "/api/openapi.json")
"""About no visitor: what the hall does. But for the lengths of lines they mustn't change with who comes."""
LENGTHS = {"ahead", "wait", "open", "windows"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("public"), options=("--forecast", "off")) as running:
        yield running


class Ear:
    """Follows a socket and keeps every frame."""

    def __init__(self, path: str, connection: ClientConnection) -> None:
        self.path = path
        self.heard: list[str] = []
        self._connection = connection
        self._beats = asyncio.Event()
        self.played = asyncio.Semaphore(0)
        """Released once for each announcement of a loudspeaker, which is acknowledged at once."""
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async for text in self._connection:
            said = text if isinstance(text, str) else text.decode()
            self.heard.append(said)
            if '"beat"' in said:
                self._beats.set()
            play = json.loads(said).get("play") if self.path.startswith("/ws/speakers/") else None
            if play is not None:
                for what in ("started", "ended"):
                    await self._connection.send(json.dumps({"ack": play["id"], "what": what}))
                self.played.release()

    async def up_to_now(self) -> None:
        """Until the next beat has come, and so everything that was sent before it."""
        self._beats.clear()
        async with asyncio.timeout(PATIENCE):
            await self._beats.wait()


class Staff:
    """People who work in the hall."""

    def __init__(self, server: Server, client: httpx.AsyncClient) -> None:
        self._server = server
        self._client = client

    async def do(self, path: str, role: str = "supervisor", **body: Any) -> dict[str, Any]:
        """A command; refusals are part of the day."""
        answer = await self._client.post(path, json=body, headers=self._server.bearer(role))
        assert answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json()
        return found | {"ok": answer.is_success}


async def issue(staff: Staff) -> list[dict[str, Any]]:
    """Everybody with something to hide: each class, each mark, each matter that shames."""
    hall = load_hall(ANQIU)
    classes = [one.code for one in hall.settings.applicants]
    shaming = [code for code, m in hall.matters.items() if any(word in m.zh for word in SHAMING)]
    assert len(shaming) > 5
    issued = []
    for n, code in enumerate(shaming * 3 + [group.matters[0] for group in hall.groups.values()]):
        marks = [["deaf"], ["accompany"], []][n % 3]
        answer = await staff.do(
            "/api/tickets", "guide", matter=code, applicant=classes[n % len(classes)], marks=marks, copies=1 + n % 5
        )
        issued.append(answer["ticket"] | {"track": answer["track"]})
    return issued


async def work(staff: Staff, windows: list[str], issued: list[dict[str, Any]]) -> int:
    """Two rounds at every window, with all that staff write; how many commands were obeyed."""
    obeyed = 0

    async def do(path: str, role: str = "supervisor", **body: Any) -> None:
        nonlocal obeyed
        obeyed += (await staff.do(path, role, **body))["ok"]

    for turn in range(2):
        for n, no in enumerate(windows):
            at = f"/api/windows/{no}"
            await do(f"{at}/call-next", finish=True)
            await do(f"{at}/recall")
            if n % 4 == 0:
                await do(f"{at}/undo", reason="来办离婚")
            elif n % 4 == 1:
                await do(f"{at}/start")
                await do(f"{at}/transfer", group="T", note="残疾人，行动不便")
            elif n % 4 == 2:
                await do(f"{at}/start")
                await do(f"{at}/hold", reason="papers")
            else:
                await do(f"{at}/start")
                await do(f"{at}/help")
            if turn == 1 and n % 5 == 0:
                await do(f"{at}/finish")
                await do(f"{at}/call", ticket=issued[n % len(issued)]["id"], reason="残疾人，行动不便")
    for ticket in issued[::4]:
        await do(f"/api/tickets/{ticket['id']}/accompany", "guide")
        await do(f"/api/tickets/{ticket['id']}/away", "guide")
        await do(f"/api/tickets/{ticket['id']}/reroute", "guide", group="T")
    await do("/api/service/suspend", reason="power", note="来办离婚")
    await do("/api/service/resume")
    return obeyed


async def public_reads(client: httpx.AsyncClient) -> dict[str, str]:
    """What every public address answers to anybody."""
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    anybody = [p for p, ways in paths.items() if "get" in ways and not ways["get"].get("security") and "{" not in p]
    assert {"/api/hall", "/api/board", "/api/search"} <= set(anybody)
    hall = (await client.get("/api/hall")).json()
    screens = ["/", "/screens/hall", *(f"/screens/zones/{z['code']}" for z in hall["zones"])]
    screens += [f"/screens/windows/{w['no']}" for w in hall["windows"]]
    found = {}
    for path in [*anybody, *screens]:
        answer = await client.get(path, params={"q": "离婚"} if path == "/api/search" else {})
        assert answer.status_code == 200, path
        found[path] = answer.text
    return found


def catalogue(text: str) -> object:
    """A catalogue's content without the lengths of lines."""
    return json.loads(text, object_hook=lambda found: {k: v for k, v in found.items() if k not in LENGTHS})


def without_styles(page: str) -> str:
    """A page's text and data; addresses of files say nothing of people."""
    return re.sub(r'(?:href|src)="/static/[^"]*"', "", page)


async def test_nothing_public_tells_more_than_priority(server: Server) -> None:
    hidden = secrets(load_hall(ANQIU)) | {*STAFF_WORDS}
    async with (
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client,
        AsyncExitStack() as stack,
    ):
        staff = Staff(server, client)
        hall = (await client.get("/api/hall")).json()
        windows = [w["no"] for w in hall["windows"]]
        for no in windows:
            await staff.do(f"/api/windows/{no}/open")
        before = await public_reads(client)
        issued = await issue(staff)
        speaker = server.bearer("speaker")
        paths = ["/ws/hall", *(f"/ws/zones/{z['code']}" for z in hall["zones"])]
        paths += [f"/ws/windows/{no}" for no in windows]
        paths += [f"/ws/tickets/{t['track'].removeprefix('/t/')}" for t in issued[::3]]
        speakers = [f"/ws/speakers/{z['code']}" for z in hall["zones"]]
        ears = []
        for path in [*paths, *speakers]:
            headers = speaker if path in speakers else {}
            connection = await stack.enter_async_context(
                connect(server.ws + path, additional_headers=headers, proxy=None)
            )
            ears.append(Ear(path, connection))
        assert await work(staff, windows, issued) > 150
        await asyncio.gather(*(ear.up_to_now() for ear in ears if ear.path not in speakers))
        async with asyncio.timeout(PATIENCE):
            for ear in ears:
                for _ in range(SPOKEN if ear.path in speakers else 0):
                    await ear.played.acquire()
        after = await public_reads(client)
        for ear in ears:
            ear.task.cancel()
    for path in CATALOGUES:
        assert catalogue(after[path]) == catalogue(before[path]), path
    said = {ear.path: "\n".join(ear.heard) for ear in ears}
    said |= {path: without_styles(text) for path, text in after.items() if path not in CATALOGUES}
    for path, text in said.items():
        told = sorted(word for word in hidden if word in text)
        assert told == [], path
    assert all("snapshot" in said[path] for path in paths)
    assert "优先" in "".join(said[path] for path in paths), "priority is what may be told"
    assert all("号窗口" in said[path] for path in speakers)


async def test_a_ticket_is_its_holder_s_and_the_control_finds_what_is_hidden(server: Server) -> None:
    hidden = secrets(load_hall(ANQIU)) | {*STAFF_WORDS}
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client:
        staff = Staff(server, client)
        one = await staff.do("/api/tickets", "guide", matter="CNV-002", applicant="disabled", marks=["deaf"])
        other = await staff.do("/api/tickets", "guide", matter="CNV-010")
        mine = {"Authorization": f"Bearer {other['track'].removeprefix('/t/')}"}
        path = f"/api/tickets/{one['ticket']['id']}"
        for what in ("", "/slip", "/slip.png", "/code.svg", "/prints"):
            assert (await client.get(path + what)).status_code == 401
            assert (await client.get(path + what, headers=mine)).status_code in (401, 403, 404)
        for closed in ("/api/desk", "/api/journal", "/api/supervisor/floor", "/by-hand", "/api/desk/searches"):
            assert (await client.get(closed, headers=mine)).status_code in (303, 401, 403), closed
        own = (await client.get(f"/api/tickets/{other['ticket']['id']}", headers=mine)).json()["ticket"]
        assert not {"applicant", "marks", "visit", "note", "applicant_zh"} & set(own)
        seen = json.dumps((await client.get(path, headers=server.bearer("guide"))).json(), ensure_ascii=False)
        assert {"残疾人", "deaf", "disabled"} <= {word for word in hidden if word in seen}
