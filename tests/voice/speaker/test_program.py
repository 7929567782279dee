"""The loudspeaker's program on the real server: real sounds, an outside player, a line that breaks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onewindow.voice.speaker.sound import player_words
from tests.callers.browsers import Desk
from tests.server import ROOT, Server

DEED = "REA-001"
PLAYER = """
import sys, wave
with wave.open(sys.argv[-1]) as sound:
    frames = sound.getnframes()
with open(sys.argv[1], "a") as log:
    log.write(f"{frames}\\n")
"""


class Loudspeaker:
    """The running program; its lines say what it plays, its player's log how much sound there was."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    def says(self, *words: str) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        for word in words:
            assert word in line, line

    def played(self) -> list[int]:
        return [int(line) for line in self._log.read_text().split()] if self._log.exists() else []


@contextmanager
def running(server: Server, folder: Path) -> Iterator[Loudspeaker]:
    script, log = folder / "player.py", folder / "played.txt"
    script.write_text(PLAYER, encoding="utf-8")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "onewindow.voice.speaker", "--zone", "real_estate", "--url", server.url),
            *("--device", "pc-1", "--play", f"{sys.executable} {script} {log}"),
        ],
        cwd=ROOT,
        env=os.environ | {"ONEWINDOW_TOKEN": server.token("speaker")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Loudspeaker(process, log)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def test_it_says_each_call_once_and_in_order_over_a_restart(server: Server, tmp_path: Path) -> None:
    desk = Desk(server)
    try:
        with running(server, tmp_path) as loudspeaker:
            numbers = [desk.issue(DEED) for _ in range(3)]
            for window in ("07", "08"):
                desk.post(f"/api/windows/{window}/open")
                desk.post(f"/api/windows/{window}/call-next")
            loudspeaker.says("七号窗口")
            loudspeaker.says("八号窗口")  # the second is sent once the first was acknowledged
            assert loudspeaker.played()[:1] != [0]
            server.kill()
            server.start()
            desk.post("/api/windows/09/open")
            desk.post("/api/windows/09/call-next")
            loudspeaker.says("九号窗口")
            assert len(numbers) == 3
    finally:
        desk.close()


def test_a_machine_without_a_player_says_so(server: Server) -> None:
    assert player_words("no-such-player-here") == ()
    done = subprocess.run(
        [sys.executable, "-m", "onewindow.voice.speaker", "--zone", "business", "--play", "no-such-player-here"],
        cwd=ROOT,
        env=os.environ | {"ONEWINDOW_TOKEN": "x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "--play" in done.stderr
