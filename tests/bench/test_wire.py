"""The wire bench measures what it says, on a few connections."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.wire import measures
from bench.wire.page import section


@pytest.fixture
def place(tmp_path: Path) -> Callable[[], Path]:
    made: list[Path] = []

    def fresh() -> Path:
        made.append(tmp_path / str(len(made)))
        made[-1].mkdir()
        return made[-1]

    return fresh


def test_every_screen_gets_the_call_and_the_section_says_when(
    place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("GAP", 0.02), ("SCREENS", 4), ("PHONES", 6), ("TICKETS", 3), ("BATCH", 5), ("BATCHES", 2)):
        monkeypatch.setattr(measures, name, value)
    (fan,) = measures.fan_out(place, (5,), 2)
    assert fan.screens == 5 and len(fan.call) == len(fan.floor) == len(fan.straight) == 2
    assert min(*fan.call, *fan.floor, *fan.call_cpu, *fan.floor_cpu, *fan.straight_cpu) > 0
    assert all(whole >= cpu for whole, cpu in zip(fan.whole_cpu, fan.call_cpu, strict=True))
    assert 300 < fan.size < 2000
    crowd = measures.crowd(place)
    assert crowd.gone == 0 and [len(of) for of in (crowd.idle, crowd.resting, crowd.calm, crowd.busy)] == [4, 2, 2, 2]
    assert len(crowd.shown) == 2 and all(screens > 0 and 0 < first <= last for screens, first, last in crowd.shown)
    squeezed = measures.squeezed(place, clients=3)
    assert 0 < squeezed.small < squeezed.size
    stalled = measures.Stalled(
        screens=1, alone=[[0.1]] * 3, beside=[[0.1], [0.1], [0.9]], grown=[0] * 3, control=[512] * 3, dropped=8.0
    )
    text = section([fan], crowd, stalled, squeezed, command="x", day="2026-01-05", busy=0.0)
    stuck = measures.Stalled(alone=[[0.1]], beside=[[0.1]], grown=[0], control=[0])
    assert "not met" in section([fan], crowd, stuck, squeezed, command="x", day="", busy=0.0)
    assert "| 5 |" in text and "cut off after **8.0 s**" in text and "**1.00** times" in text and "+0.50 MiB" in text


def test_a_client_that_stalls_is_measured_beside_batches_without_it(
    place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "PAIRS", 2)
    found = measures.stalled(place, 3, 2)
    assert [len(batch) for batch in (*found.alone, *found.beside)] == [6] * 4 and len(found.grown) == len(
        found.control
    ) == 2
    assert found.dropped is not None and found.dropped > 8
