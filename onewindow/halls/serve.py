"""Serving many halls (运行多厅): the halls of a folder on one port, until the program is told to stop."""

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Final

from onewindow import serve as one
from onewindow.app import OpenApp, Workers, open_app
from onewindow.halls.check import check_apart
from onewindow.halls.front import Front
from onewindow.halls.house import LOCALHOST, Halls, open_halls
from onewindow.halls.marks import FileMarks, RedisMarks
from onewindow.halls.site import Site, find_sites
from onewindow.halls.workers import ForecastOfAll, VoiceOfAll
from onewindow.http.under_way import UnderWay
from onewindow.memory import tame_allocator, tame_collector
from onewindow.shared.link import ended
from onewindow.zones.faults import Fault
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

IDLE_MINUTES: Final = 15.0
"""So long a hall stays loaded after its last use."""


def serve_halls(options: one.Options, domain: str = LOCALHOST, idle_minutes: float = IDLE_MINUTES) -> None:
    """Serve the halls in the subfolders of `options.hall` until a signal; the data of each lie in a subfolder, too.

    Raises CannotServe, and HallFileError when there is no hall.
    """
    tame_allocator()
    sites = find_sites(options.hall, options.public_url)
    with one.bind(options.host, options.port) as listening, asyncio.Runner(loop_factory=one.loop_factory()) as runner:
        runner.run(_serve(sites, options, domain, idle_minutes * 60, listening))


async def _serve(
    sites: tuple[Site, ...], options: one.Options, domain: str, idle: float, listening: socket.socket
) -> None:
    if options.redis:
        await one.look_at(options)
    async with _workers(options) as workers:
        tame_collector()  # Before any hall is loaded: what a hall leaves behind must be collected.
        one.turn_threads_quickly()
        marks = RedisMarks(options.redis) if options.redis else FileMarks(options.data)
        opening = partial(_open, options, workers, UnderWay())  # They share the loop.
        async with open_halls(sites, opening, marks, domain=domain, idle=idle) as halls:
            halls.front = Front(halls)
            checking = asyncio.create_task(_check(halls, options), name="halls check")
            print(_welcome(sites, domain, listening.getsockname()[1]), flush=True)
            try:
                await one.HallServer(one.config(halls)).serve(sockets=[listening])
            finally:
                await ended(checking)
    print("已停止。 Stopped.", flush=True)


@asynccontextmanager
async def _workers(options: one.Options) -> AsyncIterator[Workers]:
    """The processes that all halls have in common; each is started when a hall first asks."""
    forecast = ForecastOfAll(options.data / "outlook") if options.forecast else None
    voice = VoiceOfAll()
    try:
        yield Workers(forecast, voice)
    finally:
        await voice.end()
        if forecast is not None:
            await forecast.end()


@asynccontextmanager
async def _open(options: one.Options, workers: Workers, under_way: UnderWay, hall: Hall) -> AsyncIterator[OpenApp]:
    code = hall.settings.code
    opening: AbstractAsyncContextManager[OpenApp] = open_app(
        hall,
        options.data / code,
        redis=options.redis,
        replicas=options.replicas,
        workers=workers,
        under_way=under_way,
    )
    async with opening as opened:
        if opened.first_accounts:
            print(f"\n大厅 {code} 第一次启动，已建账号；密码只显示这一次，请抄下来。", flush=True)
            print(f"First start of the hall {code}: accounts made. The passwords are shown only this once.")
            print("\n".join(f"    {name:<14}{password}" for name, password in opened.first_accounts), flush=True)
        yield opened


async def _check(halls: Halls, options: one.Options) -> None:
    """Check all files of all halls, and name every fault, once the halls are served."""
    try:
        found = await check_apart(options.hall, options.public_url)
    except (OSError, ValueError) as error:
        log.warning("The halls' files could not be checked: %s", error)
        return
    for code, faults in found.items():
        if (room := halls.rooms.get(code)) is not None:
            room.found_faulty(faults)
    if found:
        print(_faults(found), file=sys.stderr, flush=True)


def _faults(found: dict[str, tuple[Fault, ...]]) -> str:
    """Every fault of every hall."""
    count = sum(map(len, found.values()))
    lines = [
        f"\n{len(found)} 个大厅的文件有 {count} 处错误。 {len(found)} hall(s) have {count} fault(s) in their files."
    ]
    for code, faults in found.items():
        lines += [f"{code}:", *(f"  {fault.english()}\n      {fault.chinese()}" for fault in faults)]
    return "\n".join(lines)


def _welcome(sites: tuple[Site, ...], domain: str, port: int) -> str:
    """What is printed at the start."""
    lines = [f"一窗 OneWindow · {len(sites)} 个大厅 halls", "", f"  总页 Index: http://127.0.0.1:{port}/", ""]
    lines += [f"  {site.code:<16}http://{site.code}.{domain}:{port}/" for site in sites[:20]]
    if len(sites) > 20:
        lines.append(f"  … 共 {len(sites)} 个 in all")
    lines += ["", "  大厅第一次被访问时载入。 A hall is loaded when it is first asked for.", "  Ctrl+C 停止 stops."]
    return "\n".join(lines)
