"""What is wrong with a screen's frames is noticed as they come."""

from typing import Any

import pytest

from loadtest.fold import Fold

SNAPSHOT = {"v": 7, "kind": "snapshot", "cells": {"a": 1, "b": 2}}


def delta(v: int, *calls: str) -> dict[str, Any]:
    return {"v": v, "kind": "delta", "set": {"a": v}, "del": ["b"], "calls": [{"id": call} for call in calls]}


def folded(*frames: dict[str, Any]) -> Fold:
    fold = Fold("hall")
    for at, frame in enumerate(frames, 100):
        fold.take(frame, at)
    return fold


def test_a_snapshot_then_every_version() -> None:
    fold = folded(SNAPSHOT, {"v": 7, "kind": "beat"}, delta(8, "d-1"), delta(9, "d-2", "d-3"))
    assert fold.cells == {"a": 9} and fold.v == 9
    assert fold.watched.faults == [] and fold.watched.calls == ["d-1", "d-2", "d-3"]
    assert (fold.watched.since_ms, fold.watched.frames, fold.watched.snapshots) == (100, 4, 1)


def test_a_fresh_snapshot_may_leap() -> None:
    fold = folded(SNAPSHOT, delta(8), {"v": 31, "kind": "snapshot", "cells": {"c": 3}}, delta(32))
    assert fold.watched.faults == [] and fold.watched.snapshots == 2
    assert fold.watched.since_ms == 100


@pytest.mark.parametrize(
    ("frames", "fault"),
    [
        ((delta(1),), "before any snapshot"),
        (({"v": 1, "kind": "beat"},), "before any snapshot"),
        ((SNAPSHOT, delta(9)), "version 9 after 7"),
        ((SNAPSHOT, delta(8), delta(8)), "version 8 after 8"),
        ((SNAPSHOT, delta(8), delta(7)), "version 7 after 8"),
        ((SNAPSHOT, {"v": 8, "kind": "beat"}), "a beat of version 8"),
    ],
)
def test_a_wrong_frame_is_noted(frames: tuple[dict[str, Any], ...], fault: str) -> None:
    (found,) = folded(*frames).watched.faults
    assert fault in found
