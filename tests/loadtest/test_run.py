"""The load test as it is started: real Locust against the real server, and the verdict on its journal."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest

from loadtest import evidence
from loadtest.__main__ import main
from loadtest.report import Report
from loadtest.server import NotHere, loopback
from loadtest.times import SCREEN
from tests.e2e.history import journal
from tests.server import served

SHORT = ("--compress", "60", "--minutes", "0.1", "--phones", "24", "--guides", "2", "--kiosks", "1", "--screens", "7")


def loaded(out: Path, *more: str) -> int:
    return main([*SHORT, "--out", str(out), *more])


def test_a_short_load_on_its_own_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, page = tmp_path / "out", tmp_path / "performance.md"
    page.write_text("# Performance\n", encoding="utf-8")
    assert loaded(out, "--page", str(page)) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "核对通过" in said and SCREEN in said
    found = evidence.read(out / "evidence.json")
    # However slow the machine is: the run goes on until everybody who came has a number, and every clerk has called.
    assert len(found.issued) == found.expected >= 40 and not found.unserved and not found.faults
    assert len(found.called) >= 25
    screens = [watched for watched in found.crowd.watched if not watched.channel.startswith("tickets")]
    assert {watched.channel for watched in screens} == {
        *("hall", "zones/investment", "zones/real_estate", "zones/business", "zones/convenience"),
        *("windows/01", "windows/02"),
    }
    assert all(watched.snapshots == 1 for watched in screens)
    assert len(next(watched for watched in screens if watched.channel == "hall").calls) >= 25
    assert found.crowd.most == 7 + 18 + 4, "screens, phones by socket, loudspeakers"
    figures = msgspec.json.decode((out / "figures.json").read_bytes(), type=Report)
    assert figures.faults == [] and figures.issued == sum(len(one.tickets) for one in found.issued)
    for name in ("report.html", "locust.html"):
        assert (out / name).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert not (out / "plan.json").exists(), "it holds tokens"
    section = page.read_text(encoding="utf-8")
    assert "<!-- begin load-x60 -->" in section and "Errors: **0**" in section
    assert (tmp_path / "load" / "x60-times.svg").read_text(encoding="utf-8").startswith("<svg")
    assert loaded(out) == 2, "an earlier run's journal must not be judged again"


def test_a_running_hall_is_loaded_only_while_nobody_works_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path / "var") as server:
        there = ("--host", server.url, "--data", str(server.data))
        assert loaded(tmp_path / "out", *there) == 0, capsys.readouterr().out
        before = len(asyncio.run(asyncio.to_thread(journal, server)))
        issued = httpx.post(
            f"{server.url}/api/tickets", json={"matter": "BIZ-002"}, headers=server.bearer("guide"), trust_env=False
        )
        assert issued.status_code == httpx.codes.CREATED
        assert loaded(tmp_path / "again", *there) == 2
        assert "People are at work in this hall today" in capsys.readouterr().err
        assert len(asyncio.run(asyncio.to_thread(journal, server))) == before + 1 > 40
        stop = f"{server.url}/api/groups/C/stop"
        assert httpx.post(stop, headers=server.bearer("supervisor"), json={}, trust_env=False).is_success
        capsys.readouterr()
        assert loaded(tmp_path / "again", *there, "--serving") == 1, "some who came got no number"
        assert "request_failed: issue" in capsys.readouterr().out
        figures = msgspec.json.decode((tmp_path / "again" / "figures.json").read_bytes(), type=Report)
        assert figures.by_code == {"request_failed": 1}
        assert "✗" in (tmp_path / "again" / "report.html").read_text(encoding="utf-8")
        after = len(asyncio.run(asyncio.to_thread(journal, server)))
        assert after > before + 1
        assert loaded(tmp_path / "copy", "--data", str(server.data)) == 0, capsys.readouterr().out
        assert len(asyncio.run(asyncio.to_thread(journal, server))) == after, "the hall itself was not touched"


@pytest.mark.parametrize(
    "url", ["http://192.168.1.20:8000", "https://127.0.0.1", "http://example.org", "http://0.0.0.0:8000", "http://"]
)
def test_only_this_machine_is_loaded(url: str, tmp_path: Path) -> None:
    with pytest.raises(NotHere):
        loopback(url)
    with pytest.raises(SystemExit) as stopped:
        main(["--host", url, "--data", str(tmp_path)])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("url", "means"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://[::1]:9", "http://[::1]:9"),
        ("http://127.8.9.1", "http://127.8.9.1:80"),
    ],
)
def test_an_address_of_this_machine(url: str, means: str) -> None:
    assert loopback(url) == means


@pytest.mark.parametrize(
    "wrong",
    [
        ("--minutes", "61"),
        ("--compress", "0"),
        ("--phones", "10001"),
        ("--screens", "501"),
        ("--from", "9:75"),
        ("--host", "http://127.0.0.1"),
        ("--serving",),
    ],
)
def test_a_load_without_bounds_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(list(wrong))
    assert stopped.value.code == 2
