"""A hall that differs from the sample in all it can: one zone, zone numbers, another clock, no chains."""

from collections.abc import Callable
from pathlib import Path

import pytest

from onewindow.zones.check import main
from onewindow.zones.load import load_hall
from onewindow.zones.model import WindowKind
from tests.zones.broken_hall import ANQIU, SMALL, copy_hall
from tests.zones.table_breaks import TABLE_BREAKS


def test_the_small_hall() -> None:
    hall = load_hall(SMALL)
    assert list(hall.zones) == ["service"]
    assert [w.kind for w in hall.windows.values()] == [
        WindowKind.COMPREHENSIVE,
        WindowKind.SPECIALIST,
        WindowKind.ISSUING,
    ]
    assert (len(hall.matters), len(hall.groups), hall.chains, hall.aliases) == (10, 2, {}, ())
    assert (hall.settings.numbers.series, hall.settings.numbers.width) == ("zone", 2)
    assert hall.settings.numbers.skip == {4, 14}
    assert hall.settings.time_zone == "Asia/Urumqi"
    assert hall.zones["service"].letter not in hall.groups
    assert hall.window_named("02") is hall.windows["2"]


def test_what_the_small_hall_does_not_say_has_its_default() -> None:
    settings, sample = load_hall(SMALL).settings, load_hall(ANQIU).settings
    assert settings.routing == sample.routing
    assert settings.timing == sample.timing
    assert settings.voice.expire_seconds == sample.voice.expire_seconds
    assert settings.public_url == ""


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("zones.csv", lambda text: text.replace(",N,", ",A,")),
        ("hall.toml", lambda text: text.replace('series = "zone"', 'series = "group"')),
    ],
)
def test_letters_are_ambiguous_only_where_they_are_printed(
    file: str, change: Callable[[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_hall(SMALL, tmp_path)
    path = folder / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    ambiguous = file == "zones.csv"
    assert main([str(folder)]) == int(ambiguous)
    assert ("zones.csv:2: ticket_prefix" in capsys.readouterr().err) == ambiguous


def test_check_hall_sums_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ANQIU)]) == 0
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first == "4 zones, 24 groups, 43 departments, 293 matters, 44 windows, 4 points, 9 chains, 56 devices"
    assert "安丘市政务服务大厅" in second
    assert err == ""


def test_check_hall_prints_every_fault_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    for name in ("matter kind", "window row", "zone led by"):
        TABLE_BREAKS[name](folder)
    assert main([str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    for start in ("matters.csv:2: kind:", "windows.csv:2: row:", "zones.csv:2: led_by:"):
        assert sum(line.strip().startswith(start) for line in err.splitlines()) == 2, "English and Chinese"
    assert "3 faults. 共 3 处错误。" in err
