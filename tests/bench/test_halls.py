"""The benchmark of many halls runs, in a tiny size, and tells what it measured."""

from pathlib import Path

import msgspec
import pytest

from bench import halls, scale
from bench.halls_lab import Life, OnRedis
from bench.halls_load import Told
from bench.http_load import Spread
from bench.lab import Lab
from loadtest import sections

LIFE = Life(
    halls=4,
    empty_mib=60,
    hall_mib=6.5,
    after_mib=90,
    first_seconds=1.5,
    again_seconds=0.5,
    again_cpu=0.1,
    idle_cpu=0.001,
)
REDIS = OnRedis(halls=2, hall_mib=7, idle_cpu=0.003, connections=6, commands=9, redis_cpu=0.002, append_cpu=0.0001)


def told(count: int, cpu: float, pace: float = 1.0) -> Told:
    times = Spread(count=9, seconds=1, p50=2, p99=9)
    return Told(
        halls=count,
        pace=pace,
        sockets=100 * count,
        ready_seconds=1,
        rest_cpu=cpu / 2,
        work_cpu=cpu,
        load_cpu=0.1,
        visits=count * 0.13 * pace,
        bytes_a_second=1e6,
        mib=60 + count * 9,
        issue=times,
        call=times,
        shown=times,
    )


LATE = Spread(count=9, seconds=1, p50=800, p99=900)


def found(stages: list[Told]) -> halls.Found:
    return halls.Found(
        there=LIFE,
        shared=REDIS,
        told=stages,
        visit_bytes=5000.0,
        forecast_cpu=0.01,
        forecast_told=stages[0],
        forecast_cores=0.4,
        busy=[0.5],
    )


def test_what_a_process_carries_follows_from_its_largest_stage() -> None:
    stages = [told(10, 0.15), told(40, 0.4), msgspec.structs.replace(told(60, 0.3), issue=LATE)]
    assert halls.carried(stages) == pytest.approx(80), "sixty were not served in time"
    with pytest.raises(RuntimeError, match="too busy"):
        halls.held(stages[2:])
    text = halls.section(found(stages), "python -m bench.halls")
    for said in ("**80 halls**", "| 40 | ×1 | 4,000 |", "6.5 MiB", "10.0 ms of the forecaster's", "came late"):
        assert said in text


def test_a_higher_pace_shows_where_it_gives_out_and_not_how_many_halls_it_carries() -> None:
    stages = [told(40, 0.4), told(40, 0.9, pace=2.0), msgspec.structs.replace(told(40, 0.99, pace=3.0), issue=LATE)]
    assert halls.held(stages) is stages[0] and halls.carried(stages) == pytest.approx(80)
    text = halls.section(found(stages), "python -m bench.halls").replace("\n", " ")
    assert "With 40 halls at ×3 answers came late" in text and "the process was full" in text
    text = halls.section(found(stages[:2]), "python -m bench.halls").replace("\n", " ")
    assert "it still served in time" in text


def test_parts_are_kept_until_all_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, page = tmp_path / "kept.json", tmp_path / "performance.md"
    (tmp_path / "scale.md").touch()
    monkeypatch.setattr(halls, "life", lambda *_: LIFE)
    monkeypatch.setattr(halls, "on_redis", lambda *_: REDIS)
    monkeypatch.setattr(halls, "peak", lambda *_, **__: ([told(40, 0.4)], 5000.0))
    monkeypatch.setattr(halls, "forecasting", lambda _, count, __: (told(count, 0.3), 0.02 * count))
    for part in halls.PARTS:
        assert not page.exists()
        told_it = ["--kept", str(kept), "--page", str(page), "--work", str(tmp_path), "--seconds", "15"]
        assert halls.main(["--part", part, *told_it]) == 0
    text = page.read_text(encoding="utf-8")
    assert "`python -m bench.halls --seconds 15`" in text and "**80 halls**" in text
    assert "150 halls at their peak: the process 0.30 cores, the common forecaster 3.00" in text.replace("\n", " ")
    with pytest.raises(SystemExit):
        halls.main(["--part", "peak"])


def test_it_measures_a_hall_at_work(tmp_path: Path) -> None:
    with Lab(tmp_path / "work") as lab:
        ((one, faster), written) = halls.peak(lab, [1], rest=0.1, work=2.0, rate=20.0, paces=[1.5])
    assert faster.pace == 1.5 and faster.halls == 1 and faster.rest_cpu == one.rest_cpu
    assert one.halls == 1 and one.sockets == 60 + halls.WAITING
    assert 500 < written < 20_000
    assert one.visits > 0 and one.call.count > 1 and one.shown.count > 1 and one.work_cpu > 0
    page = tmp_path / "performance.md"
    calm = msgspec.structs.replace(one, issue=told(1, 0.1).issue)
    sections.put(page, halls.SECTION, halls.section(found([calm]), "python -m bench.halls"))
    assert "<!-- begin halls -->" in page.read_text(encoding="utf-8")


def test_a_country_is_computed_from_the_costs() -> None:
    costs = halls.costs(LIFE, REDIS, told(40, 0.4), 0.01, 5000.0)
    one, province, country = (scale.need(size, costs, 0.1) for size in scale.SIZES)
    assert one.processes == one.shards == 1
    assert province.cores == pytest.approx(150 * one.cores) and province.sockets == 15_000
    assert country.visits == pytest.approx(885, rel=0.01)
    assert country.redis_gib == pytest.approx(10_000_000 * 5000 * 2 / 2**30)
    text = scale.plan(costs, 0.1, "today")
    assert "10,000,000" in text and "| processes, each full at 80% of a core | 1 |" in text
