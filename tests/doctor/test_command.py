"""`python run.py doctor`, as people run it."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.doctor.worlds import some_commits
from tests.server import ANQIU, ROOT, free_port


def doctor(data: Path, *more: str, before: str = "") -> tuple[int, str]:
    """The exit status and what it says; `before` is run in the shell first."""
    command = [sys.executable, "run.py", "doctor", "--data", str(data), "--port", str(free_port()), *more]
    done = subprocess.run(
        ["/bin/sh", "-c", f'{before or ":"}; exec "$@"', "sh", *command],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_good_machine_may_serve(tmp_path: Path) -> None:
    status, said = doctor(tmp_path / "data")
    assert status == 0
    assert "✗" not in said and "可以开厅" in said
    for word in ("Python", "p50", "Asia/Shanghai", "293", "导询台小票打印机", "语音", "等候预测可用", "字体", "端口"):
        assert word in said
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_stops(tmp_path: Path) -> None:
    status, said = doctor(tmp_path, before="ulimit -f 0")
    assert status == 1
    assert "✗ 数据目录" in said and "✗ 不能写临时文件" in said and "→" in said


def test_bad_hall_files_stop_and_the_machine_is_looked_at_all_the_same(tmp_path: Path) -> None:
    hall = tmp_path / "hall"
    shutil.copytree(ANQIU, hall)
    (hall / "zones.csv").unlink()
    status, said = doctor(tmp_path / "data", "--hall", str(hall))
    assert status == 1
    assert "✗ 大厅文件" in said and f"check-hall {hall}" in said and "p50" in said


async def test_a_broken_journal_stops(tmp_path: Path) -> None:
    await some_commits(tmp_path)
    assert doctor(tmp_path)[0] == 0
    (tmp_path / "anqiu.journal").write_bytes(b"nothing")
    status, said = doctor(tmp_path)
    assert status == 1 and "✗ 日志" in said


def test_what_only_limps_may_serve(tmp_path: Path) -> None:
    status, said = doctor(tmp_path, "--public-url", "http://localhost:8000")
    assert status == 0
    assert "! public_url" in said
