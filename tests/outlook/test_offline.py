"""What if without a server: the data folder alone gives the answer that the server gave, and is only read."""

import asyncio
import hashlib
import os
import sys
from pathlib import Path

from onewindow.access.principal import Role
from onewindow.outlook.command import lines
from tests.hall_app import done, running
from tests.outlook.conftest import CACHE
from tests.outlook.patience import until
from tests.server import ROOT


async def what_if(data: Path, *asked: str) -> tuple[int, str, str]:
    """Run the command on this folder: exit status, output, errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "run.py", "what-if", "--offline", "--data", str(data), *asked),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "NUMBA_CACHE_DIR": str(CACHE)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder by its digest; without those that SQLite makes beside a database for any reader."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(("-shm", "-wal"))]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


async def test_the_data_folder_alone_gives_the_servers_answer(tmp_path: Path) -> None:
    async with running(tmp_path, forecast=True) as api:
        data = Path(api.opened.store.place).parent
        await api.clerk("32", "open")
        for _ in range(10):
            api.clock.on(60)
            await api.issue(matter="CNV-001")
        await api.clerk("32", "call-next")
        state = await api.opened.runtime.committed()
        await until(lambda: state.outlook is not None and state.outlook.engine == "kernel")
        asked = {"alternatives": [[{"do": "open", "window": "33"}]]}
        one = done(await api.post("/api/what-if", asked, Role.SUPERVISOR))
        ranked = done(await api.get("/api/what-if/moves?zone=convenience", Role.SUPERVISOR))
        # Beside the running server, which goes on writing afterwards.
        status, out, err = await what_if(data, "--window", "33", "--open")
        assert (status, err) == (0, "")
        assert out.splitlines()[1:] == lines(one)
        await api.issue(matter="CNV-001")
        await api.clerk("32", "start")
        later = done(await api.post("/api/what-if", asked, Role.SUPERVISOR))
    assert ranked["alternatives"]
    before = contents(data)
    status, out, _ = await what_if(data, "--window", "33", "--open")
    assert status == 0
    assert out.splitlines()[0].startswith("日志到 the journal ends: 2026-11-24 ")
    assert out.splitlines()[1:] == lines(later) != lines(one)
    status, out, _ = await what_if(data, "--zone", "convenience")
    assert status == 0
    assert "开 33 号窗口" in out
    assert contents(data) == before


async def test_what_makes_no_sense_is_said_in_words(tmp_path: Path) -> None:
    status, _, err = await what_if(tmp_path, "--zone", "convenience")
    assert status != 0 and "Traceback" not in err
    async with running(tmp_path) as api:
        await api.clerk("32", "open")
        data = Path(api.opened.store.place).parent
    for asked, words in (
        (("--zone", "moon"), "moon"),
        (("--window", "99", "--open"), "99"),
        (("--window", "32", "--open"), "32"),
        (("--zone", "convenience", "--minutes", "5"), "--minutes"),
    ):
        status, out, err = await what_if(data, *asked)
        assert (status != 0, out) == (True, "")
        assert words in err and "Traceback" not in err
