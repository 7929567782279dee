"""A small soak: slow and restless watchers among others; nobody gets a version out of order or a call twice."""

from pathlib import Path

import pytest

from bench import soak
from bench.wire.watcher import Seen, Tally, Watcher


def test_a_few_seconds_of_all_kinds_of_watchers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "CALLS", 20.0)
    monkeypatch.setattr(soak, "LOOK", 1.0)
    calm, rough = soak.soak(tmp_path, clients=60, seconds=5.0, quiet=1.0)
    assert calm.tally.faults == rough.tally.faults == []
    assert calm.clients == rough.clients == 60 and rough.misbehaving == 3
    assert calm.late and rough.late
    assert rough.tally.frames > calm.tally.frames > 60
    assert rough.tally.resumed and rough.tally.connected > 60
    assert "**0** in" in soak.section(calm, rough, command="x", busy=0.0)


def watcher(tally: Tally) -> Watcher:
    return Watcher("/ws/hall", "", 1, 0, tally, good=True)


@pytest.mark.parametrize(
    "frames",
    [
        [("snapshot", 5), ("delta", 7)],
        [("snapshot", 5), ("delta", 5)],
        [("snapshot", 5), ("beat", 6)],
        [("snapshot", 5), ("snapshot", 4)],
        [("delta", 5)],
    ],
)
async def test_what_is_out_of_order_is_seen(frames: list[tuple[str, int]]) -> None:
    tally = Tally()
    one = watcher(tally)
    for kind, v in frames:
        one.take(Seen(v=v, kind=kind, epoch="e" if kind == "snapshot" else ""), 0)
    assert len(tally.faults) == 1
