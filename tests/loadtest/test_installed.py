"""A copy of an installed hall holds none of its days and prints nothing; the hall itself stays as it is."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from loadtest.installed import copied_data, copied_hall, taking_numbers, who_was_here
from loadtest.own_process import server_faults
from onewindow.queue import commands as cmd
from onewindow.queue.journal import StoredCommit
from onewindow.zones.load import load_hall
from tests.core_hall import DAY
from tests.loadtest.made import MadeDay, sealed
from tests.server import ANQIU


def test_a_copys_printers_have_no_address(tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in ANQIU.iterdir() if path.is_file()}
    text = (ANQIU / "devices.csv").read_text(encoding="utf-8-sig")
    hall = tmp_path / "hall"
    hall.mkdir()
    for name, body in before.items():
        (hall / name).write_bytes(body)
    printer = next(d for d in load_hall(ANQIU).devices.values() if d.kind == "printer")
    line = next(row for row in text.splitlines() if row.startswith(f"{printer.id},"))
    real = line.replace(printer.address, "network://192.168.9.9:9100") if printer.address else line
    (hall / "devices.csv").write_text(text.replace(line, real), encoding="utf-8")
    copy = load_hall(copied_hall(hall, tmp_path / "copy"))
    assert not any(d.address for d in copy.devices.values() if d.kind == "printer")
    assert set(copy.devices) == set(load_hall(hall).devices) and copy.matters == load_hall(ANQIU).matters
    assert (hall / "devices.csv").read_text(encoding="utf-8") == text.replace(line, real)


@pytest.mark.parametrize("said", ["stop_intake_by_forecast = true  # as ever\n", "", None])
def test_a_copys_groups_give_numbers_whatever_the_forecast(tmp_path: Path, said: str | None) -> None:
    copy = copied_hall(ANQIU, tmp_path / "copy")
    text = (copy / "hall.toml").read_text(encoding="utf-8")
    if said is None:
        before, _, rest = text.partition("[timing]\n")
        text = before + rest[rest.index("\n[") :]
    else:
        text = text.replace("stop_intake_by_forecast = true\n", said)
    (copy / "hall.toml").write_text(text, encoding="utf-8")
    assert load_hall(copy).settings.timing.stop_intake_by_forecast
    taking_numbers(copy)
    timing = load_hall(copy).settings.timing
    assert not timing.stop_intake_by_forecast
    if said is not None:
        assert timing.no_show_after_seconds == load_hall(ANQIU).settings.timing.no_show_after_seconds


def test_a_copy_has_accounts_and_settings_and_no_days(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for folder in ("voice", "outlook", "voice-pack"):
        (data / folder).mkdir(parents=True)
        (data / folder / "x").write_text(folder)
    for name in ("h.journal", "h.journal-wal", "h.journal.lock", "h.alive", "server.log", "voice-volumes.json"):
        (data / name).write_text(name)
    store = sqlite3.connect(data / "store.sqlite")
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("CREATE TABLE t (x)")
    store.execute("INSERT INTO t VALUES (7)")
    store.commit()  # It stays open: the hall is running.
    copied_data(data, tmp_path / "copy")
    store.close()
    found = {path.name for path in (tmp_path / "copy").iterdir()}
    assert found == {"voice-pack", "voice-volumes.json", "store.sqlite"}
    copy = sqlite3.connect(tmp_path / "copy" / "store.sqlite")
    assert copy.execute("SELECT x FROM t").fetchall() == [(7,)]
    copy.close()
    assert (tmp_path / "copy" / "store.sqlite").stat().st_mode & 0o777 == 0o600


def test_people_at_work_are_told_from_load_tests() -> None:
    day = MadeDay()
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-1"),)))
    day.do(cmd.IssueTickets(items=(cmd.Item(matter="N-2"),)))

    def by(*names: str) -> list[StoredCommit]:
        return sealed(
            [
                msgspec.structs.replace(commit, entries=(msgspec.structs.replace(commit.entries[0], by=name),))
                for commit, name in zip(day.commits, names, strict=True)
            ]
        )

    assert who_was_here(DAY, "core", by("system", "load-guide", "load-kiosk")) == set()
    assert who_was_here(DAY, "core", by("system", "load-guide", "王")) == {"王"}


def test_errors_of_the_servers_log_are_found(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("一窗 OneWindow\n  Ctrl+C 停止 stops.\nthe clock stepped back\n", encoding="utf-8")
    assert list(server_faults(log)) == []
    log.write_text("it failed\nTraceback (most recent call last):\nERROR:    Exception in ASGI application\n")
    assert len(list(server_faults(log))) == 2
