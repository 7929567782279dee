"""The machine (电脑): its Python, the packages, the port, and the address for phones."""

import contextlib
import http.client
import ipaddress
import json
import platform
import re
import sqlite3
import sys
from importlib import metadata
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from onewindow.doctor.finding import Finding, ok, stop, warn
from onewindow.serve import CannotServe, bind

OLDEST_PYTHON: Final = (3, 11)
LOCK: Final = Path(__file__).resolve().parents[2] / "requirements" / "run.lock"
PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^\s;]+)\s*(;)?", re.MULTILINE)
ASK_SECONDS: Final = 2.0


def python(found: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether this Python is new enough."""
    version = ".".join(str(part) for part in found)
    if found[:2] < OLDEST_PYTHON:
        return stop(
            f"Python {version} 太旧",
            f"Python {version} is too old",
            "安装 Python 3.11 或更新的版本，删除 .venv，再运行 make setup。",
            "Install Python 3.11 or newer, remove .venv and run make setup.",
        )
    rest = f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}"
    return ok(f"Python {version}，{rest}", f"Python {version}, {rest}")


def packages(lock: Path = LOCK) -> Finding:
    """Whether what is installed is what was tested: the versions of the run lock.

    Never a reason to stop: what the program can't do without was imported before this ran.
    """
    try:
        pins = PINNED.findall(lock.read_text(encoding="utf-8"))
    except OSError as error:
        return warn(
            f"版本清单 {lock} 打不开：{error.strerror}",
            f"The lock file {lock} can't be opened: {error.strerror}",
            "用完整的程序目录来运行。",
            "Run from the whole folder of the program.",
        )
    other = []
    for name, version, condition in pins:
        found = _installed(name)
        if found != version and not (found is None and condition):
            other.append(f"{name} {found or '-'} ≠ {version}")
    if other:
        names = ", ".join(other)
        return warn(
            f"软件包版本与测试时不同：{names}",
            f"Other versions than were tested: {names}",
            "重新安装：make setup（没有网络时用离线安装包里的 install.sh）。",
            "Install again: make setup (without internet: install.sh of the bundle).",
        )
    return ok(f"{len(pins)} 个软件包与清单一致", f"All {len(pins)} packages are as in the lock file")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def port(host: str, number: int) -> Finding:
    """Whether the hall can listen there; a hall that listens there already is well, too."""
    try:
        bind(host, number).close()
    except CannotServe as error:
        if _serves(host, number):
            return ok(f"大厅正在端口 {number} 上运行", f"The hall is running on port {number}")
        zh, _, en = str(error).partition("\n")
        return stop(
            zh,
            en,
            f"看看是谁占用：ss -ltnp 'sport = :{number}'。",
            f"See who has it: ss -ltnp 'sport = :{number}'.",
        )
    return ok(f"端口 {number} 空着", f"Port {number} is free")


def _serves(host: str, number: int) -> bool:
    """Whether OneWindow answers there, ready or not."""
    at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        connection = http.client.HTTPConnection(at, number, timeout=ASK_SECONDS)
        try:
            connection.request("GET", "/readyz")
            said = json.loads(connection.getresponse().read(4096))
        finally:
            connection.close()
        return isinstance(said, dict) and (said.get("ready") is True or said.get("code") == "not_ready")
    return False


def public_url(url: str) -> Finding:
    """Whether phones can open the address that is printed in the QR; nothing is sent to find out."""
    if not url:
        return ok("没有设 public_url，小票上不印二维码", "No public_url: no QR on the slips")
    todo = (
        "写手机能打开的地址，例如 http://192.168.1.10:8000；不用二维码就留空。",
        "Give an address that phones reach, such as http://192.168.1.10:8000; leave it empty for no QR.",
    )
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return warn(f"public_url “{url}” 不是网址", f"public_url {url} is no web address", *todo)
    if _is_own(parts.hostname):
        return warn(f"public_url {url} 指的是手机自己", f"public_url {url} means the phone itself", *todo)
    return ok(f"二维码指向 {url}，请用手机试一下", f"The QR leads to {url}; try it with a phone")


def _is_own(host: str) -> bool:
    """Whether a name or address means the very device that asks."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
