"""The morning check's rules: what is tried, when the reminder stands, what is kept."""

from pathlib import Path

import msgspec

from onewindow.supervision.check import Check, Found, Verdict, is_due, page_of, sentence_of, to_try
from onewindow.supervision.checking import FILE, _kept
from onewindow.zones.load import load_hall
from tests.core_hall import DAY, MINUTE, T0
from tests.server import ANQIU

HALL = load_hall(ANQIU)


def check(day: str, ended: int | None) -> Check:
    return Check(day=day, by="zhang", began=T0 - 10 * MINUTE, ended=ended)


def test_every_device_of_the_hall_is_tried() -> None:
    found = to_try(HALL, ["speaker-business", "speaker-business", "speaker-far"])
    kinds = [one.kind for one in found]
    assert kinds == ["speaker"] * 2 + ["screen"] * 49 + ["printer"] + ["kiosk"] * 2
    assert [one.zh for one in found[:2]] == ["商事登记区扬声器", "speaker-far"]
    assert {one.device for one in found[2:]} | {"speaker-far"} <= set(HALL.devices) | {"speaker-far"}


def test_each_screen_has_an_address() -> None:
    pages = {name: page_of(HALL.devices[name]) for name in ("tv-hall", "tv-real-estate", "led-07")}
    assert pages == {
        "tv-hall": "/screens/hall?device=tv-hall",
        "tv-real-estate": "/screens/zones/real_estate?device=tv-real-estate",
        "led-07": "/screens/windows/07?device=led-07",
    }


def test_what_a_loudspeaker_says() -> None:
    assert sentence_of(HALL, ["convenience"]).startswith("测试，")
    assert sentence_of(HALL, ["convenience"]).endswith("区音响正常")
    assert "区区" not in sentence_of(HALL, ["convenience", "business"])


def test_the_reminder_stands_from_twenty_minutes_before_opening_until_it_is_done() -> None:
    assert not is_due(HALL, DAY, T0 - 20 * MINUTE - 1, None)
    assert is_due(HALL, DAY, T0 - 20 * MINUTE, None)
    assert is_due(HALL, DAY, T0 + 60 * MINUTE, None)
    assert is_due(HALL, DAY, T0, check("2026-11-23", T0)), "yesterday's check is no check of today"
    assert is_due(HALL, DAY, T0, check(DAY, None)), "one that was broken off is none"
    assert not is_due(HALL, DAY, T0, check(DAY, T0))
    assert not is_due(HALL, DAY, T0 + 9 * 60 * MINUTE, None), "nobody checks after the hall has closed"
    saturday = "2026-11-28"
    assert not is_due(HALL, saturday, T0 + 4 * 24 * 60 * MINUTE, None)


def test_a_damaged_record_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / FILE
    assert _kept(file) is None
    file.write_bytes(b'{"day": 7')
    assert _kept(file) is None
    whole = msgspec.structs.replace(
        check(DAY, T0), devices=(Found(device="tv", zh="屏", kind="screen", verdict=Verdict.BAD),)
    )
    file.write_bytes(msgspec.json.encode(whole))
    assert _kept(file) == whole
    assert whole.count(Verdict.BAD) == 1
