"""The core is pure: zones <- routing <- queue <- forecast, and nothing in them knows clocks, sockets or chance."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "onewindow"

# Each room of the core may import itself and those before it.
ROOMS = ("zones", "routing", "queue", "forecast")
LIBRARIES = {"msgspec", "sortedcontainers"}
# Standard modules that compute and do nothing else. Left out on purpose: time, random, secrets, uuid, os, asyncio…
PURE = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "collections.abc",
    "copy",
    "dataclasses",
    "datetime",  # its clock is caught as a call
    "enum",
    "fractions",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "itertools",
    "math",
    "operator",
    "re",
    "statistics",
    "string",
    "types",
    "typing",
    "unicodedata",
}
# What the loader of the hall's files needs beside.
LOADER = {"csv", "difflib", "io", "json", "pathlib", "tomllib", "zoneinfo"}
# Working days need the State Council's arrangements: a table in a package, no clock.
TABLES = {"onewindow.zones.calendar": {"chinese_calendar"}}
# The command that checks a hall's files prints what it found.
COMMANDS = {"onewindow.zones.check"}
# The journals and the lock of their file are the shell, though they stand beside the core's port for them.
SHELL_MODULES = ("journal_", "file_lock")
# The port says how a journal is used, `async` included; `upcast.verify` reads through it. Neither does I/O itself.
ASYNCHRONOUS = {"onewindow.queue.journal", "onewindow.queue.upcast"}

CLOCK_CALLS = {"now", "utcnow", "today", "fromtimestamp"}
WORLD_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}


def is_shell(module: str) -> bool:
    parts = module.split(".")
    if module in COMMANDS:
        return True
    return parts[:2] == ["onewindow", "queue"] and len(parts) > 2 and parts[2].startswith(SHELL_MODULES)


def imported(tree: ast.AST, module: str) -> set[str]:
    """The full names of all modules that a module's source imports, `from package import module` included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            names.add(base)
            if base.split(".")[0] == "onewindow":
                names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def import_fault(name: str, room: str) -> str | None:
    """Why a module of this room may not import that name; None when it may."""
    parts = name.split(".")
    if parts[0] == "onewindow":
        if parts == ["onewindow"]:
            return None  # `from onewindow import x` is judged by onewindow.x
        if parts[1] not in ROOMS[: ROOMS.index(room) + 1]:
            return f"imports {name}, which is not before {room}"
        return f"imports {name}, which is of the shell" if is_shell(name) else None
    allowed = LIBRARIES | PURE | (LOADER if room == "zones" else set())
    return None if name in allowed or parts[0] in LIBRARIES else f"imports {name}"


def call_fault(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS:
        return f"line {node.lineno} asks the clock: {ast.unparse(node.func)}()"
    if isinstance(node.func, ast.Name) and node.func.id in WORLD_CALLS:
        return f"line {node.lineno} reaches out: {node.func.id}()"
    return None


def faults(module: str, source: str) -> list[str]:
    """All that is impure in the source of a module of the core."""
    tree = ast.parse(source)
    room = module.split(".")[1]
    names = imported(tree, module) - TABLES.get(module, set())
    found = [import_fault(name, room) for name in sorted(names)]
    for node in ast.walk(tree):
        found.append(call_fault(node))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await) and module not in ASYNCHRONOUS:
            found.append(f"line {node.lineno} is asynchronous")
    return [fault for fault in found if fault is not None]


def core_modules() -> dict[str, Path]:
    paths = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


def test_every_room_of_the_core_is_looked_at() -> None:
    assert {module.split(".")[1] for module in core_modules()} == set(ROOMS)


@pytest.mark.parametrize(("module", "path"), core_modules().items(), ids=core_modules())
def test_the_core_is_pure(module: str, path: Path) -> None:
    if not is_shell(module):
        assert faults(module, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("onewindow.queue.decide", "import asyncio"),
        ("onewindow.queue.decide", "import time"),
        ("onewindow.queue.decide", "from random import choice"),
        ("onewindow.queue.decide", "def f():\n    import sqlite3"),
        ("onewindow.queue.decide", "from pathlib import Path"),
        ("onewindow.queue.decide", "import redis.asyncio"),
        ("onewindow.queue.decide", "from onewindow.queue.journal_sqlite import SqliteJournal"),
        ("onewindow.queue.decide", "from onewindow.queue import journal_redis"),
        ("onewindow.queue.decide", "from . import journal_redis"),
        ("onewindow.queue.decide", "from .file_lock import FileLock"),
        ("onewindow.queue.decide", "from onewindow import forecast"),
        ("onewindow.queue.decide", "import onewindow.web.app"),
        ("onewindow.queue.decide", "async def f(): ..."),
        ("onewindow.queue.decide", "import datetime\nprint(datetime.datetime.now())"),
        ("onewindow.routing.rules", "from onewindow.queue.state import HallDay"),
        ("onewindow.zones.model", "from onewindow.routing.lines import Lines"),
        ("onewindow.zones.model", "from starlette.requests import Request"),
        ("onewindow.zones.model", "import chinese_calendar"),
        ("onewindow.zones.load", "from onewindow.zones.check import main"),
        ("onewindow.forecast.estimate", "day = date.today()"),
    ],
)
def test_an_impure_module_is_noticed(module: str, source: str) -> None:
    assert faults(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "onewindow.zones.files",
            "import csv, tomllib\nfrom pathlib import Path\nfrom onewindow.zones.model import Hall",
        ),
        (
            "onewindow.routing.rules",
            "from onewindow.zones.model import Hall\nfrom sortedcontainers import SortedList",
        ),
        (
            "onewindow.queue.decide",
            "import msgspec.json\nfrom onewindow.queue import events\nfrom .state import HallDay",
        ),
        ("onewindow.queue.decide", "from datetime import datetime, timedelta\nlater = datetime(2018, 8, 1)"),
        ("onewindow.forecast.estimate", "from onewindow import queue\nimport heapq"),
    ],
)
def test_a_pure_module_passes(module: str, source: str) -> None:
    assert faults(module, source) == []
