"""What the SQLite journal promises beyond the contract: the file, its owner, and what it refuses to open."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from onewindow.queue.file_lock import FileInUse, FileLock
from onewindow.queue.journal import JournalBroken, hash_of
from onewindow.queue.journal_sqlite import APPLICATION_ID, LAYOUT, SqliteJournal
from tests.core_hall import DAY

HOLDER = """
import sys
from pathlib import Path
from onewindow.queue.file_lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


async def fill(journal: SqliteJournal, count: int, first: int = 1) -> None:
    for n in range(first, first + count):
        await journal.append(DAY, n, b"commit", hash_of(b"commit"))


async def test_what_was_appended_is_there_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "var" / "core.journal"
    journal = await SqliteJournal.open(path)
    await fill(journal, 3)
    await journal.close()
    journal = await SqliteJournal.open(path)
    await fill(journal, 1, first=4)
    assert (await journal.head(DAY)).n == 4
    await journal.close()


async def test_only_the_owner_may_read_its_files(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    path.touch(0o644)
    journal = await SqliteJournal.open(path)
    await fill(journal, 1)
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in os.scandir(tmp_path)}
    await journal.close()
    assert set(modes) == {"core.journal", "core.journal-wal", "core.journal-shm", "core.journal.lock"}
    assert set(modes.values()) == {"0o600"}


async def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    journal = await SqliteJournal.open(path)
    await journal.close()
    with sqlite3.connect(path) as plain:
        found = [plain.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        mode = plain.execute("PRAGMA journal_mode").fetchone()[0]
    plain.close()
    assert (found, mode) == ([APPLICATION_ID, LAYOUT], "wal")


async def test_a_second_process_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"held\n"
    with pytest.raises(FileInUse) as refused:
        await SqliteJournal.open(path)
    message = str(refused.value)
    assert str(path) in message and str(child.pid) in message
    assert "请先停掉它" in message and "Stop that one first" in message and "--data" in message
    child.kill()
    await child.communicate()
    journal = await SqliteJournal.open(path)  # a killed owner leaves nothing that locks
    await journal.close()


async def test_the_lock_is_given_back_when_opening_fails(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    path.write_bytes(b"this is a letter, and no journal at all" * 50)
    with pytest.raises(JournalBroken, match="不是 OneWindow 的日志文件"):
        await SqliteJournal.open(path)
    FileLock(path).release()
    assert path.read_bytes().startswith(b"this is a letter")


async def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes(name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(JournalBroken, match="no journal of OneWindow"):
        await SqliteJournal.open(path)
    assert path.read_bytes() == before


async def test_a_newer_layout_is_refused_with_both_numbers(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    await (await SqliteJournal.open(path)).close()
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {LAYOUT + 1}")
    newer.close()
    with pytest.raises(JournalBroken, match=f"layout {LAYOUT + 1}; this program knows layouts up to {LAYOUT}"):
        await SqliteJournal.open(path)


async def test_a_damaged_page_is_reported_and_named(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    journal = await SqliteJournal.open(path)
    for n in range(1, 201):
        await journal.append(DAY, n, b"x" * 500, hash_of(b"x" * 500))
    await journal.close()
    torn = bytearray(path.read_bytes())
    for page in range(2, len(torn) // 4096):  # page 1 is the header, page 2 the table's root
        torn[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(torn)
    journal = await SqliteJournal.open(path)
    with pytest.raises(JournalBroken, match=rf"{DAY} can't be read after commit 0"):
        [stored async for stored in journal.read(DAY)]
    await journal.close()


@pytest.mark.parametrize("spoil", ["cut", "emptied"])
async def test_a_torn_file_is_not_taken_for_somebody_elses(tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "core.journal"
    journal = await SqliteJournal.open(path)
    for n in range(1, 201):
        await journal.append(DAY, n, b"x" * 500, hash_of(b"x" * 500))
    await journal.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if spoil == "cut" else whole[:4096] + bytes(4096) + whole[8192:])
    with pytest.raises(JournalBroken, match=r"is damaged .* don't delete it"):
        opened = await SqliteJournal.open(path)
        try:
            await opened.days()
        finally:
            await opened.close()
    FileLock(path).release()


async def test_the_log_is_carried_over_when_nobody_appends(tmp_path: Path) -> None:
    path = tmp_path / "core.journal"
    journal = await SqliteJournal.open(path, idle_seconds=0)
    await fill(journal, 1)
    async with asyncio.timeout(30):
        await journal.rested.wait()
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as file_alone:  # without the log
        assert file_alone.execute("SELECT max(n) FROM commits").fetchone() == (1,)
    file_alone.close()
    await journal.close()
