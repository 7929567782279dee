"""`python -m onewindow.voice.speaker --zone business`: this machine is the zone's loudspeaker."""

import argparse
import asyncio
import contextlib
import os
import platform
import re
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from onewindow.device.link import Link, socket_address
from onewindow.voice.speaker.player import Speaker
from onewindow.voice.speaker.sound import USUAL, NoSound, player_words

VARIABLE: Final = "ONEWINDOW_TOKEN"
SILENT_SECONDS: Final = 14.0
FETCH_SECONDS: Final = 5.0
MOST_BYTES: Final = 32 * 1024 * 1024


def main() -> int:
    """Be a loudspeaker until told to stop; the exit status."""
    options = _parser().parse_args()
    token = options.token or os.environ.get(VARIABLE, "")
    if not token:
        return _fail(f"缺令牌：--token 或变量 {VARIABLE}\nNo token: --token or the variable {VARIABLE}")
    words = player_words(options.play)
    if not words:
        wanted = options.play or "、".join(USUAL)
        return _fail(
            f"没有放音程序：{wanted}；请装 alsa-utils，或用 --play\nNo player: {wanted}; install one, or --play"
        )
    try:
        address = socket_address(options.url, f"/ws/speakers/{options.zone}", options.device)
    except ValueError as error:
        return _fail(str(error))
    with contextlib.suppress(KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="onewindow-") as folder:
        asyncio.run(speak(address, options.url, token, words, Path(folder)))
    return 0


async def speak(address: str, url: str, token: str, words: tuple[str, ...], folder: Path) -> None:
    """Play for ever what the server sends."""
    fetched = Sounds(url, folder)
    speaker = Speaker(words, fetched.get, say)
    link = Link(
        address,
        take=speaker.take,
        beat=lambda: {"beat": True, "muted": speaker.muted},
        silent_seconds=SILENT_SECONDS,
        headers={"Authorization": f"Bearer {token}"},
        refused=_refused,
    )
    speaker.send = link.send
    try:
        await link.run()
    finally:
        await speaker.aclose()


class Sounds:
    """The sounds that were fetched: their addresses name their content, so each is fetched once."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url.rstrip("/")
        self._folder = folder

    async def get(self, address: str) -> Path:
        """The file of a sound. Raises NoSound."""
        path = self._folder / re.sub(r"[^A-Za-z0-9.]", "_", address)
        if not path.exists():
            await asyncio.to_thread(self._fetch, self._url + address, path)
        return path

    def _fetch(self, url: str, path: Path) -> None:
        try:
            with urllib.request.urlopen(url, timeout=FETCH_SECONDS) as answer:  # noqa: S310 - http(s) only, checked
                data = answer.read(MOST_BYTES)
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise NoSound(str(error)) from error
        fresh = path.with_suffix(".new")
        fresh.write_bytes(data)
        fresh.replace(path)


def say(text: str) -> None:
    """One line of what is being said."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _refused(code: int) -> None:
    words = {
        4403: "令牌无效或没有权限 · The token is not valid here",
        4404: "没有这个分区的扬声器 · No such loudspeaker",
    }
    sys.stderr.write(f"{words.get(code, code)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m onewindow.voice.speaker", description="本机作分区扬声器 This machine is a zone's loudspeaker."
    )
    parser.add_argument("--zone", required=True, help="分区代号 the zone's code")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="服务器地址 the server's address")
    parser.add_argument("--token", help=f"扬声器令牌 a speaker's token; else the variable {VARIABLE}")
    parser.add_argument("--device", default=f"{platform.node() or 'speaker'}"[:64], help="这台设备的名称 its name")
    parser.add_argument("--play", default="", help=f"放音命令 the command that plays a file; else {', '.join(USUAL)}")
    return parser


def _fail(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
