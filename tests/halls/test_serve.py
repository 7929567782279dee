"""Many halls in one real server: none sees the other, a broken one stops nobody, each comes and goes as needed."""

import json
import re
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.halls.many import Many, many_served, write_hall

BUSY = ("--idle-minutes", "60")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "halls"
    write_hall(made, "broken", broken=True)
    write_hall(made, "east")
    write_hall(made, "west")
    return made


@contextmanager
def screen(many: Many, hall: str) -> Iterator[ClientConnection]:
    """A hall's screen, its first frame taken."""
    there = socket.create_connection(("127.0.0.1", many.server.port))
    with connect(f"ws://{hall}.localhost:{many.server.port}/ws/hall", sock=there, open_timeout=60) as screen:
        assert json.loads(screen.recv(60))["kind"] == "snapshot"
        yield screen


def calls_until(screen: ClientConnection, number: str) -> list[str]:
    """The windows of the calls that the screen is told of, up to the one of this number."""
    windows: list[str] = []
    while True:
        for call in json.loads(screen.recv(60)).get("calls", []):
            windows.append(call["window"])
            if call["number"] == number:
                return windows


def issue(many: Many, hall: str, count: int) -> list[str]:
    """The numbers that a hall gives."""
    return [many.post(hall, "/api/tickets", {"matter": "SZ-01"}, "guide")["ticket"]["number"] for _ in range(count)]


def test_two_halls_at_once_and_nothing_of_one_in_the_other(tmp_path: Path, folder: Path) -> None:
    with many_served(tmp_path / "var", folder, *BUSY) as many:
        for hall in ("east", "west"):
            many.post(hall, "/api/windows/1/open", {}, "supervisor")
        with screen(many, "east") as east, screen(many, "west") as west:
            with ThreadPoolExecutor(2) as pool:
                numbers = list(pool.map(lambda hall: issue(many, hall, 5), ("east", "west")))
            assert numbers[0] == numbers[1] and len(set(numbers[0])) == 5
            many.post("east", "/api/windows/1/call-next", {}, "clerk", window="1")
            assert calls_until(east, numbers[0][0]) == ["1"]
            # The west's own next call comes after it, so that a frame of the east's would have come before.
            many.post("west", "/api/windows/2/open", {}, "supervisor")
            many.post("west", "/api/tickets", {"matter": "SZ-08"}, "guide")
            called = many.post("west", "/api/windows/2/call-next", {}, "clerk", window="2")["ticket"]["number"]
            assert calls_until(west, called) == ["2"]
        _nothing_opens_the_other(many)
        with many.client(None) as front:
            figures = front.get("/metrics").text
        assert 'onewindow_calls{hall="east"} 1.0' in figures and 'onewindow_calls{hall="west"} 1.0' in figures
        assert 'onewindow_tickets{hall="west",state="waiting"} 5.0' in figures


def _nothing_opens_the_other(many: Many) -> None:
    """Bearer, tracking token and cookie of the east mean nothing in the west."""
    with many.client("east") as east, many.client("west") as west:
        bearer = many.bearer("east", "supervisor")
        assert east.get("/api/day", headers=bearer).is_success
        assert west.get("/api/day", headers=bearer).status_code == httpx.codes.UNAUTHORIZED
        reply = east.post("/api/tickets", json={"matter": "SZ-01"}, headers=many.bearer("east", "guide")).json()
        name, track = reply["ticket"]["id"], reply["track"]
        holder = {"Authorization": f"Bearer {track.removeprefix('/t/')}"}
        assert east.get(f"/api/tickets/{name}", headers=holder).is_success
        assert west.get(f"/api/tickets/{name}", headers=holder).status_code == httpx.codes.UNAUTHORIZED
        assert east.get(track).is_success and west.get(track).status_code == httpx.codes.NOT_FOUND
        account = next(line.split() for line in many.server.output().splitlines() if line.startswith("    guide"))
        signed = east.post("/api/sign-in", json={"name": account[0], "password": account[1]})
        cookie = {"Cookie": signed.headers["set-cookie"].partition(";")[0]}
        assert east.get("/api/desk", headers=cookie).is_success
        assert west.get("/api/desk", headers=cookie).status_code == httpx.codes.UNAUTHORIZED


def test_a_broken_hall_is_named_and_stops_nobody(tmp_path: Path, folder: Path) -> None:
    (write_hall(folder, "worse") / "hall.toml").write_text("[hall", encoding="utf-8")
    with many_served(tmp_path / "var", folder, *BUSY) as many:
        many.until(lambda: "found 'omniscient'" in many.server.output(), "every fault is told at the start")
        output = many.server.output()
        assert "broken:" in output and "worse:" in output and "2 hall(s)" in output
        assert many.states() == {"broken": "broken", "east": "asleep", "west": "asleep", "worse": "broken"}
        with many.client(None) as front:
            index = front.get("/", headers={"Accept": "text/html"}).text
            assert index.count("这个大厅现在打不开") == 2 and f"http://east.localhost:{many.server.port}/" in index
            # Nobody signs in here: what the files say, and where they lie, is for the log.
            assert "omniscient" not in index and "hall.toml" not in index and str(tmp_path) not in index
        with many.client("broken") as client:
            refused = client.get("/api/hall")
            assert (refused.status_code, refused.json()["code"]) == (503, "hall_unavailable")
            page = client.get("/", headers={"Accept": "text/html"}).text
            assert "打不开" in page
            (style,) = re.findall(r'href="(/static/css/base\.css[^"]*)"', page)
            assert client.get(style).is_success
        for name in ("broken", "worse"):
            shutil.rmtree(folder / name)
            write_hall(folder, name)
            many.until(lambda name=name: many.asked(name), "a mended hall is tried again")  # type: ignore[misc]
        with many.client("nowhere") as client:
            assert client.get("/api/hall").json()["code"] == "not_found"
        assert issue(many, "east", 1)
        assert many.states()["east"] == "at_work" and many.states()["west"] == "asleep"


def test_a_hall_is_let_go_when_nobody_needs_it_and_comes_back_as_it_was(tmp_path: Path, folder: Path) -> None:
    with many_served(tmp_path / "var", folder, "--idle-minutes", "0.01") as many:
        number = issue(many, "east", 1)
        gone = many.post("west", "/api/tickets", {"matter": "SZ-01"}, "guide")["ticket"]["id"]
        with screen(many, "west"):
            many.post("west", f"/api/tickets/{gone}/cancel", {}, "guide")
            assert many.states()["west"] == "at_work"
        many.until(lambda: many.states()["west"] == "asleep", "a hall without anybody is let go")
        assert many.states()["east"] == "at_work", "somebody waits there, and was there longer"
        again = many.post("west", "/api/tickets", {"matter": "SZ-01"}, "guide")["ticket"]["number"]
        assert again != number[0] and again == issue(many, "east", 1)[0], "numbers go on"
        with many.client(None) as front:
            assert 'onewindow_hall_loads_total{hall="west"} 2.0' in front.get("/metrics").text


def test_after_a_kill_the_halls_at_work_are_taken_up_though_nobody_asks(tmp_path: Path, folder: Path) -> None:
    with many_served(tmp_path / "var", folder, *BUSY) as many:
        before = {hall: issue(many, hall, 2) for hall in ("east", "west")}
        many.server.kill()
        many.server.start()
        many.until(lambda: list(many.states().values()).count("at_work") == 2, "both are taken up")
        for hall, numbers in before.items():
            (number,) = issue(many, hall, 1)
            assert number not in numbers
        with many.client("east") as client:
            zones = client.get("/api/board").text
        assert zones
