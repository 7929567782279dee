"""Serving (运行): one hall on one port, by uvicorn, until it is told to stop."""

import asyncio
import contextlib
import errno
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

import msgspec
import uvicorn
from redis.exceptions import RedisError

from onewindow.app import OpenApp, open_app
from onewindow.displays.framed import FramedProtocol
from onewindow.http.bounded import BoundedProtocol
from onewindow.memory import tame_allocator, tame_collector
from onewindow.runtime.hall import journal_path
from onewindow.shared.link import Keys, client, shown
from onewindow.shared.promise import unreachable, weaknesses
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall

STOP_SECONDS: Final = 10
"""So long requests may take to end when the server stops; then they are cut."""
KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the pages' own rhythm and than most proxies' 60 s, so that a connection isn't cut while in use."""
LARGEST_FRAME: Final = 16 * 1024
"""Bytes that a display may send in one message; they only acknowledge."""
BACKLOG: Final = 2048
SWITCH_SECONDS: Final = 0.0005
"""After so long a thread that computes lets another one that waits have the interpreter."""


@dataclass(frozen=True)
class Options:
    """What `run.py serve` was asked."""

    hall: Path
    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    """Instead of the hall files' address for phones."""
    forecast: bool = True
    """Forecast waits in a process of its own."""
    redis: str = ""
    """Address of the Redis in which store and journal lie; empty: under `data`."""
    replicas: int = 0
    """Copies of that Redis that should have each commit."""


class CannotServe(Exception):
    """The server can't start; says why and what to do, Chinese first."""


class HallServer(uvicorn.Server):
    """Ended by a signal without the signal's own effect: what follows in the program still has to be done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop gracefully at the first signal, at once at the second."""
        before = {s: signal.signal(s, self.handle_exit) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the wish to end."""
        self.force_exit = self.should_exit
        self.should_exit = True


def config(app: Any, *, ws: Any = FramedProtocol) -> uvicorn.Config:
    """How uvicorn serves us."""
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws=ws,
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_FRAME,
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def bind(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else is opened. Raises CannotServe."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.create_server((host, port), family=family, backlog=BACKLOG)
        # Python's own loop sends at once (TCP_NODELAY) only where a socket says that it is TCP; else the second part
        # of each answer waits 40 ms for the client's acknowledgement of the first.
        return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=made.detach())
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise CannotServe(
                f"端口 {port} 已被占用。请停掉占用它的程序，或用 --port 换一个端口。\n"
                f"Port {port} is taken. Stop the program that has it, or choose another with --port."
            ) from error
        found = error.strerror if isinstance(error, OSError) else error
        raise CannotServe(
            f"不能在 {host}:{port} 上提供服务：{found}。请检查 --host 和 --port。\n"
            f"Can't serve on {host}:{port}: {found}. Check --host and --port."
        ) from error


def hall_of(options: Options) -> Hall:
    """The hall, with the public address of the options. Raises HallFileError."""
    hall = load_hall(options.hall)
    if options.public_url is None:
        return hall
    settings = msgspec.structs.replace(hall.settings, public_url=options.public_url.rstrip("/"))
    return msgspec.structs.replace(hall, settings=settings)


def serve(options: Options) -> None:
    """Serve until a signal. Raises CannotServe, HallFileError and what `open_app` raises."""
    tame_allocator()
    hall = hall_of(options)
    with bind(options.host, options.port) as listening, asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(hall, options, listening))


async def _serve(hall: Hall, options: Options, listening: socket.socket) -> None:
    if options.redis:
        await look_at(options, hall)
    async with open_app(
        hall, options.data, forecast=options.forecast, redis=options.redis, replicas=options.replicas
    ) as opened:
        tame_collector()
        turn_threads_quickly()
        print(welcome(hall, options, listening.getsockname()[1], opened), flush=True)
        await HallServer(config(opened.asgi)).serve(sockets=[listening])
    print("已停止。 Stopped.", flush=True)


async def look_at(options: Options, hall: Hall | None = None) -> None:
    """Say what Redis doesn't promise, or lacks of the hall. Raises CannotServe when it can't be reached."""
    address = shown(options.redis)
    try:
        redis = client(options.redis)
        try:
            found = await weaknesses(redis, options.replicas)
            empty = hall is not None and not await redis.xlen(Keys(hall.settings.code).days)
        finally:
            await redis.aclose()
    except (RedisError, ValueError, OSError) as error:
        raise CannotServe(unreachable(address, error)) from error
    for one in found:
        print(f"\n注意 WARNING · Redis {address}\n{one}\n", file=sys.stderr, flush=True)
    if empty and hall is not None and (file := journal_path(hall, options.data)).exists():
        print(
            f"\n注意 WARNING\nRedis 里还没有日志，{file} 里有：号码会从头开始。要接着用，请先搬移最近两天：\n"
            f"Redis has no journal, {file} has one: numbers begin anew. To go on with it, move its last two days:"
            "\n"
            "  python run.py move-day DAY --from sqlite --to redis\n",
            file=sys.stderr,
            flush=True,
        )


def turn_threads_quickly() -> None:
    """Let the journal's thread have its turn soon: while frames go out to thousands, it would wait 5 ms each time."""
    sys.setswitchinterval(SWITCH_SECONDS)


def loop_factory() -> Any:
    """Uvloop where it exists, else Python's own loop."""
    try:
        import uvloop
    except ImportError:  # Windows
        return None
    return uvloop.new_event_loop


def welcome(hall: Hall, options: Options, port: int, opened: OpenApp) -> str:
    """What is printed at the start: the pages' addresses, and how to sign in."""
    shown = "127.0.0.1" if options.host in ("127.0.0.1", "localhost") else _own_address(options.host)
    base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    first_zone, first_window = next(iter(hall.zones)), next(iter(hall.windows))
    pages = [
        ("首页", "All pages", "/"),
        ("导询台", "Guide desk", "/guide"),
        ("窗口", "Clerk's window", f"/windows/{first_window}"),
        ("自助取号", "Kiosk", "/kiosk"),
        ("大厅总屏", "Hall screen", "/screens/hall"),
        ("分区屏", "Zone screen", f"/screens/zones/{first_zone}"),
        ("窗口条屏", "Window strip", f"/screens/windows/{first_window}"),
        ("大厅主任", "Supervisor", "/supervisor"),
    ]
    lines = [f"一窗 OneWindow · {hall.settings.zh} {hall.settings.en}", ""]
    lines += [f"  {_wide(zh, 10)}{_wide(en, 16)}{base}{path}" for zh, en, path in pages]
    lines.append("")
    if opened.first_accounts:
        lines += [
            "  第一次启动，已建账号；密码只显示这一次，请抄下来。",
            "  First start: accounts made. The passwords are shown only this once.",
        ]
        lines += [f"    {_wide(name, 14)}{password}" for name, password in opened.first_accounts]
    else:
        lines.append(f"  登录 Sign in: {base}/sign-in · 账号 accounts: python run.py accounts")
    lines += ["  改密码 New password: python run.py passwd NAME", "", "  Ctrl+C 停止 stops."]
    return "\n".join(lines)


def _wide(text: str, width: int) -> str:
    """The text, filled up to a width in which a Chinese character takes two places."""
    return text + " " * max(1, width - sum(2 if ord(letter) > 0x2E7F else 1 for letter in text))


def _own_address(host: str) -> str:
    """The address that others reach: for `0.0.0.0` that of the way out; nothing is sent to find it."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
    return "127.0.0.1"
