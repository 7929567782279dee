"""The demonstration's run (运行): the server and its made-up people in one process, ended together by one signal."""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

from onewindow.access.principal import Role
from onewindow.access.tokens import Tokens
from onewindow.admin import Refused
from onewindow.app import open_app
from onewindow.demo.cast import TokenFor, clerk_name
from onewindow.demo.client import Client
from onewindow.demo.player import Player
from onewindow.runtime.hall import journal_path
from onewindow.serve import CannotServe, HallServer, Options, bind, config, hall_of, welcome
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

MARK: Final = "DEMO"
"""A file that marks a data directory as the demonstration's."""
MARK_TEXT: Final = "演示数据，可以删除。 Data of a demonstration; may be deleted.\n"
SLOWEST, FASTEST = 0.1, 120.0
SEED: Final = 1
HOURS: Final = 24.0 * 30


def run(host: str, port: int, hall_dir: Path, data: Path, speed: float) -> None:
    """Serve and play until a signal. Raises Refused, HallFileError and what `open_app` raises."""
    if not SLOWEST <= speed <= FASTEST:
        raise Refused(f"--speed 取 {SLOWEST:g} 到 {FASTEST:g}。\n--speed takes {SLOWEST:g} to {FASTEST:g}.")
    options = Options(hall_dir, data, host, port)
    hall = hall_of(options)
    claim(hall, data)
    try:
        listening = bind(host, port)
    except CannotServe as error:
        raise Refused(str(error)) from error
    with listening:
        asyncio.run(_run(hall, options, listening, speed))


def claim(hall: Hall, data: Path) -> None:
    """Mark the data directory as the demonstration's. Raises Refused for one with a hall's own journal."""
    mark = data / MARK
    if not mark.exists() and journal_path(hall, data).exists():
        raise Refused(
            f"{data} 里有大厅自己的日志，演示不写进去。请用 --data 指定另一个目录，例如 var/demo/。\n"
            f"{data} holds a hall's own journal; a demonstration doesn't write there. "
            "Name another directory with --data, for example var/demo/."
        )
    data.mkdir(parents=True, exist_ok=True)
    mark.write_text(MARK_TEXT, encoding="utf-8")


class DemoServer(HallServer):
    """Tells the player of the signal that ends it, so that nobody asks a server that is closing."""

    def __init__(self, configured: Any, ending: Callable[[], object]) -> None:
        super().__init__(configured)
        self._ending = ending
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the wish to end, and pass it on."""
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._ending)


async def _run(hall: Hall, options: Options, listening: Any, speed: float) -> None:
    async with open_app(hall, options.data, forecast=options.forecast) as opened:
        port = listening.getsockname()[1]
        print(welcome(hall, options, port, opened), flush=True)
        print(_words(speed), flush=True)
        host = "127.0.0.1" if options.host in ("0.0.0.0", "localhost") else options.host  # noqa: S104 - compared
        client = Client("::1" if host == "::" else host, port)
        player = Player(hall, client, token_for(opened.tokens), speed=speed, seed=SEED)
        playing = asyncio.create_task(player.play(), name="demo")
        server = DemoServer(config(opened.asgi), playing.cancel)
        playing.add_done_callback(_report)
        try:
            await server.serve(sockets=[listening])
        finally:
            playing.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await playing
            client.close()
    print("已停止。 Stopped.", flush=True)
    if not playing.cancelled() and playing.exception() is not None:
        raise Refused("演示因程序错误停止，见上。\nThe demonstration ended by a fault; see above.")


def token_for(tokens: Tokens) -> TokenFor:
    """Makes the cast's tokens."""

    def make(role: str, window: str | None) -> str:
        name = clerk_name(window) if window else f"demo-{role}"
        return tokens.make(Role(role), name, hours=HOURS, window=window)

    return make


def _report(playing: "asyncio.Task[None]") -> None:
    """The player never ends by itself: when it does, that is a fault, and the server must not go on alone."""
    if not playing.cancelled() and (error := playing.exception()) is not None:
        log.error("The demonstration failed.", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


def _words(speed: float) -> str:
    return (
        f"\n  演示：来宾和窗口都是模拟的，{speed:g} 倍速；没有开的窗口留给您试。\n"
        f"  A demonstration at {speed:g} times the speed: its people are made up. Try a window that is closed."
    )
