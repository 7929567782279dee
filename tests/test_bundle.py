"""The bundle for a hall without internet: made, carried, installed and served with the network off."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.offline_hall import PAGES
from tests.server import ROOT, free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a new bundle."""
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        ["scripts/bundle", str(out)],
        cwd=ROOT,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    (found,) = out.glob("onewindow-*.tar.gz")
    assert (out / found.name.removesuffix(".tar.gz") / "install.sh").is_file()
    return found


@pytest.fixture
def folder(archive: Path, tmp_path: Path) -> Path:
    """The bundle as it is unpacked in the hall."""
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path)], check=True, timeout=60)
    return tmp_path / archive.name.removesuffix(".tar.gz")


def network_off() -> list[str]:
    """What starts a program in a network namespace of its own, as root or as a user who may; else nothing."""
    for command in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return []


def install(folder: Path) -> subprocess.CompletedProcess[str]:
    """`install.sh` alone."""
    return subprocess.run(
        ["./install.sh"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_it_is_installed_and_served_without_a_network(folder: Path, tmp_path: Path) -> None:
    off = network_off()
    program = [sys.executable, "-m", "tests.offline_hall"]
    done = subprocess.run(
        [*off, *program, str(folder), str(tmp_path / "data"), str(free_port()), *(["--cut"] if off else [])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen["install"]["status"] == 0, seen["install"]["said"]
    assert seen["doctor"]["status"] == 0, seen["doctor"]["said"]
    assert "\n!" not in seen["doctor"]["said"] and "✗" not in seen["doctor"]["said"]
    assert seen["serve"]["pages"] == dict.fromkeys(PAGES, 200)
    assert seen["serve"]["status"] == 0 and "Stopped." in seen["serve"]["said"]


def test_it_carries_no_more_than_the_hall_needs(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        *("onewindow", "halls", "requirements", "docs", "wheels", "run.py", "install.sh"),
        *("README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "VERSION", "SHA256SUMS"),
    }
    assert not list(folder.rglob("__pycache__")) and not list(folder.rglob("*.journal"))
    pins = (folder / "requirements" / "run.lock").read_text(encoding="utf-8").count("==")
    assert len(list((folder / "wheels").glob("*.whl"))) == pins


def test_a_damaged_copy_is_refused(folder: Path) -> None:
    wheel = next((folder / "wheels").glob("starlette-*.whl"))
    whole = bytearray(wheel.read_bytes())
    whole[len(whole) // 2] ^= 1
    wheel.write_bytes(whole)
    done = install(folder)
    assert done.returncode == 1 and "重新复制" in done.stderr and wheel.name in done.stdout + done.stderr
    assert not (folder / ".venv").exists()


def test_a_wheel_that_was_swapped_with_its_sum_is_refused(folder: Path) -> None:
    wheel = next((folder / "wheels").glob("starlette-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    (folder / "SHA256SUMS").write_text("\n".join(line for line in lines if wheel.name not in line) + "\n")
    done = install(folder)
    assert done.returncode == 1 and "安装失败" in done.stderr and "starlette" in done.stderr


def test_a_machine_with_another_python_is_told(folder: Path) -> None:
    (folder / "wheels" / "PYTHON").write_text("3.99 Linux x86_64\n")
    done = install(folder)
    assert done.returncode == 1 and "Python 3.99" in done.stderr
    assert not (folder / ".venv").exists()
