"""`run.py serve` (启动): its options, for one hall or for many."""

import argparse
import contextlib
import threading
from pathlib import Path
from typing import Any

from onewindow import options
from onewindow.admin import Refused
from onewindow.guide_desk.entries import look_ahead
from onewindow.zones.load import HallFileError, load_hall


def add(commands: Any) -> None:
    """Add the command."""
    serve = options.command(commands, "serve", run, "启动大厅 · serve the hall, or many")
    options.option(serve, "--host", "127.0.0.1", "监听地址 · address to listen on")
    options.option(serve, "--port", 8000, "端口 · port", type=int)
    options.hall(serve)
    options.data(serve)
    options.option(serve, "--public-url", None, "手机能打开的地址 · address that phones reach, for the QR")
    options.option(
        serve,
        "--redis-replicas",
        0,
        "提交要在几个 Redis 副本上才算数 · replicas that must have a commit before it counts",
        type=int,
    )
    options.option(
        serve, "--forecast", "on", "等候预测 · forecast waits in a process of its own", choices=("on", "off")
    )
    many = serve.add_argument_group("多个大厅 · many halls")
    options.option(many, "--halls", None, "目录，每个子目录一个大厅 · folder, a hall in each subfolder", type=Path)
    options.option(many, "--domain", "localhost", "域名：大厅在 <代号>.<域名> · a hall is at <code>.<domain>")
    options.option(
        many, "--idle-minutes", 15.0, "没人用多久就收起 · minutes before an unused hall is let go", type=float
    )


def run(asked: argparse.Namespace) -> None:
    """Serve until a signal. Raises Refused."""
    if asked.halls is None:
        threading.Thread(target=_read_ahead, args=(Path(asked.hall),), daemon=True).start()
    from onewindow.serve import CannotServe, Options, serve

    found = Options(
        hall=Path(asked.halls or asked.hall),
        data=Path(asked.data),
        host=asked.host,
        port=asked.port,
        public_url=asked.public_url,
        forecast=asked.forecast == "on",
        redis=asked.redis,
        replicas=asked.redis_replicas,
    )
    try:
        if asked.halls is None:
            serve(found)
            return
        from onewindow.halls.serve import serve_halls

        if asked.public_url is not None and "{hall}" not in asked.public_url:
            raise Refused(
                "多个大厅时，--public-url 里要写 {hall}，例如 https://{hall}.example.cn。\n"
                "With many halls --public-url holds {hall}, as in https://{hall}.example.cn."
            )
        serve_halls(found, asked.domain.strip(".").lower(), max(0.0, asked.idle_minutes))
    except CannotServe as error:
        raise Refused(str(error)) from error


def _read_ahead(folder: Path) -> None:
    """Have the search's readings looked up while the program is still being loaded: half a second less to wait."""
    with contextlib.suppress(HallFileError):  # `serve` says what is wrong with the files.
        look_ahead(load_hall(folder))
