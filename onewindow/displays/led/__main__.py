"""`python -m onewindow.displays.led --window 12`: drives the LED bar above a window."""

import argparse
import asyncio
import contextlib
import sys
import time
from pathlib import Path
from typing import Final

from onewindow.device.link import socket_address
from onewindow.displays.led.drivers import Driver, DriverFault, driver_for
from onewindow.displays.led.follow import Follower, Trial
from onewindow.displays.led.panel import COLUMNS, LINES, Picture, card, compose

STEP_SECONDS: Final = 0.3
"""How fast a long line scrolls, and a new call flashes."""


def main() -> int:
    """Drive one panel until it is told to stop; the exit status."""
    options = _parser().parse_args()
    try:
        driver = driver_for(options.panel, options.font)
        address = socket_address(options.url, f"/ws/windows/{options.window}", options.device)
    except (DriverFault, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(drive(Follower(address), driver))
    driver.close()
    return 0


async def drive(follower: Follower, driver: Driver) -> None:
    """Follow and draw: at once when something has changed, else step by step; the same picture is sent once."""
    following = asyncio.create_task(follower.run())
    shown: Picture | None = None
    ill = answered = ""
    step = 0
    try:
        while not following.done():
            trial = _standing(follower.trial)
            strip, called = follower.cells.get("strip"), _steps_since(follower.called_at)
            picture = compose(strip, follower.silent, step, called) if trial is None else card(trial.zh, step)
            if picture != shown:
                try:
                    await asyncio.to_thread(driver.show, picture)
                    shown, ill = picture, ""
                except OSError as error:
                    shown = None
                    ill = _complain(str(error), ill)
            # Only what the panel has taken is acknowledged: a dead bar must not pass the morning check.
            if trial is not None and shown is not None and trial.name != answered:
                answered = trial.name
                await follower.tried(trial, (COLUMNS, LINES))
            if not await _changed(follower):
                step += 1
        following.result()
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _standing(trial: Trial | None) -> Trial | None:
    """The test card, while it is to be shown."""
    return trial if trial is not None and time.monotonic() < trial.until else None


def _steps_since(called_at: float | None) -> int | None:
    return None if called_at is None else int((time.monotonic() - called_at) / STEP_SECONDS)


async def _changed(follower: Follower) -> bool:
    """Wait a step, or until something comes; whether it came."""
    try:
        await asyncio.wait_for(follower.changed.wait(), STEP_SECONDS)
    except TimeoutError:
        return False
    follower.changed.clear()
    return True


def _complain(found: str, before: str) -> str:
    """Say once what is wrong with the panel."""
    if found != before:
        sys.stderr.write(f"条屏不通，会再试 · The panel can't be reached, trying again: {found}\n")
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m onewindow.displays.led", description="驱动窗口条屏 Drives the LED bar above a window."
    )
    parser.add_argument("--window", required=True, help="窗口号 the window's number")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="服务器地址 the server's address")
    parser.add_argument("--panel", default="terminal:", help="terminal: | tcp://… | serial://… | file://…")
    parser.add_argument("--font", type=Path, help="点阵字体 a font for dots; the shipped one without it")
    parser.add_argument("--device", default="", help="devices.csv 里的代号 its code, so that the supervisor sees it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
