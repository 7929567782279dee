"""All kinds of page at once against one real server in real time: frozen, killed and offline (断网演练).

Each prints what it has measured; `-s` shows it.
"""

import signal
from pathlib import Path

import pytest

from tests.displays.cut_hall import Drill, drilled, judge, now, played
from tests.displays.cut_pages import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FROZEN_S = 35
KILLED_S = 20
LONG_S = 36
SHORT_S = 17
"""As long as it takes to see every banner, and then some."""


def flashed_once(drill: Drill, after: float) -> None:
    """Fails unless every page that flashes has done so once since then."""
    counts = {name: page.record().flashes(after) for name, page in drill.pages.items() if KINDS[name].flashes}
    assert counts == dict.fromkeys(counts, 1)


def test_the_server_frozen(tmp_path: Path) -> None:
    with drilled(tmp_path) as drill:
        drill.server.process.send_signal(signal.SIGSTOP)
        cut = now()
        drill.wait(FROZEN_S)
        back = drill.resume("call-next")
        drill.wait(6)
        judge(drill, cut, back, flashes=1)
        assert len(played(drill, back)) == 1, "the call that was made as it came back, once"


def test_the_server_killed(tmp_path: Path) -> None:
    with drilled(tmp_path) as drill:
        called = now()
        drill.act("call-next")
        drill.wait(3)
        flashed_once(drill, called)
        cut = now()
        drill.server.kill()
        drill.wait(KILLED_S)
        drill.server.start()
        back = now()
        drill.answers()
        drill.wait(6)
        judge(drill, cut, back, flashes=0)
        assert played(drill, back) == []
        again = now()
        drill.act("recall")
        drill.wait(6)
        flashed_once(drill, again)
        assert len(played(drill, again)) == 1


def test_the_browser_offline(tmp_path: Path) -> None:
    with drilled(tmp_path, through_cable=True) as drill:
        cut = drill.go_offline(True)
        drill.wait(3)
        drill.act("call-next")
        drill.wait(LONG_S - 3)
        back = drill.go_offline(False)
        drill.wait(6)
        judge(drill, cut, back, flashes=0)
        assert played(drill, back) == []
        alarm = drill.alarmed(cut, devices=3)
        print(f"the supervisor's alarm after {alarm:.1f} s")
        assert alarm <= 30
        cut = drill.go_offline(True)
        drill.wait(SHORT_S - 5)
        drill.act("recall")
        drill.wait(5)
        back = drill.go_offline(False)
        drill.wait(6)
        judge(drill, cut, back, flashes=1)
