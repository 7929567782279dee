"""The load test as it is started: real Locust against the real server, and the verdict on its journal."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from loadtest import evidence
from loadtest.__main__ import main
from loadtest.scene import SHOWN, figure_of
from loadtest.server import NotHere, loopback
from tests.e2e.load import journal
from tests.server import Server, served

SHORT = ("--compress", "60", "--minutes", "0.1", "--users", "8", "--guides", "2", "--kiosks", "1")


def loaded(out: Path, server: Server | None = None) -> int:
    where = ("--host", server.url, "--data", str(server.data)) if server is not None else ()
    return main([*SHORT, "--screens", "7", "--out", str(out), *where])


def test_a_short_load_on_its_own_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert loaded(tmp_path / "out") == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "核对通过" in said and SHOWN in said
    found = evidence.read(tmp_path / "out" / "evidence.json")
    assert len(found.issued) >= 40 and len(found.called) >= 25 and not found.faults
    screens = [watched for watched in found.watched if not watched.channel.startswith("tickets")]
    assert {watched.channel for watched in screens} == {
        *("hall", "zones/investment", "zones/real_estate", "zones/business", "zones/convenience"),
        *("windows/01", "windows/02"),
    }
    assert all(watched.snapshots == 1 for watched in screens)
    assert len(next(watched for watched in screens if watched.channel == "hall").calls) >= 25
    figures = msgspec.json.decode((tmp_path / "out" / "figures.json").read_bytes())
    assert figures["faults"] == [] and figures["issued"] == sum(len(one.tickets) for one in found.issued)
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert not (tmp_path / "out" / "plan.json").exists(), "it holds tokens"
    assert loaded(tmp_path / "out") == 2, "an earlier run's journal must not be judged again"


def test_a_running_server_is_loaded_beside_what_it_did_before(tmp_path: Path) -> None:
    with served(tmp_path / "var") as server:
        assert loaded(tmp_path / "out", server) == 0
        before = len(asyncio.run(asyncio.to_thread(journal, server)))
        assert loaded(tmp_path / "again", server) == 0
        assert len(asyncio.run(asyncio.to_thread(journal, server))) > before > 40


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
        ("--users", "501"),
        ("--from", "9:75"),
        ("--host", "http://127.0.0.1"),
    ],
)
def test_a_load_without_bounds_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(list(wrong))
    assert stopped.value.code == 2


def test_percentiles_of_single_times() -> None:
    figure = figure_of("x", [float(n) for n in range(100, 0, -1)])
    assert (figure.count, figure.p50, figure.p95, figure.p99, figure.most) == (100, 51.0, 96.0, 100.0, 100.0)
    assert figure_of("y", [7.0]).p99 == 7.0
