"""A server of the benchmark (被测服务): the application with its journal, or with one in memory; or a bare floor.

    python -m bench.app --port N --data DIR --hall FILES --journal sqlite|memory|floor

`floor` is what the same server and framework do with a POST from JSON to JSON and nothing else.
"""

import argparse
from pathlib import Path
from typing import Any, Final

import msgspec
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onewindow.app import open_app
from onewindow.memory import tame_collector
from onewindow.queue.journal_memory import MemoryJournal
from onewindow.serve import HallServer, bind, config, turn_threads_quickly
from onewindow.zones.load import load_hall

ANSWER: Final = {"ticket": {"id": "20261124-A001", "number": "A001", "windows": ["01", "02", "03", "04"]}}


class _Body(msgspec.Struct):
    matter: str
    applicant: str


def floor() -> Starlette:
    """JSON in, checked; JSON out."""
    decoder, encoder = msgspec.json.Decoder(_Body), msgspec.json.Encoder()

    async def post(request: Request) -> Response:
        decoder.decode(await request.body())
        return Response(encoder.encode(ANSWER), status_code=201, media_type="application/json")

    async def ready(request: Request) -> Response:
        return Response(b"")

    return Starlette(routes=[Route("/post", post, methods=["POST"]), Route("/readyz", ready)])


async def serve(port: int, data: Path, hall: Path, journal: str) -> None:
    """Serve until a signal."""
    with bind("127.0.0.1", port) as listening:
        if journal == "floor":
            await _until_signal(floor(), listening)
            return
        kept = MemoryJournal() if journal == "memory" else None
        async with open_app(load_hall(hall), data, journal=kept) as opened:
            await _until_signal(opened.asgi, listening)


async def _until_signal(app: Any, listening: Any) -> None:
    tame_collector()
    turn_threads_quickly()
    await HallServer(config(app)).serve(sockets=[listening])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--hall", type=Path, required=True)
    parser.add_argument("--journal", choices=("sqlite", "memory", "floor"), required=True)
    asked = parser.parse_args()
    uvloop.run(serve(asked.port, asked.data, asked.hall, asked.journal))


if __name__ == "__main__":
    main()
