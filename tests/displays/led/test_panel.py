"""What the panel shows, for every state of the strip and of the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.displays.led.dots import HEAD, HEIGHT, WIDTH, as_dots, draw
from onewindow.displays.led.drivers import DriverFault, as_lines, driver_for
from onewindow.displays.led.panel import COLUMNS, FLASHES, Picture, columns, compose, cut, line

CALLED = {"window": "17", "state": "called", "state_zh": "请到本窗口", "number": "G031", "name_zh": "企业登记"}
IDLE = {
    "window": "17",
    "state": "idle",
    "state_zh": "空闲",
    "number": "",
    "name_zh": "企业登记综合受理与变更备案专窗",
}


def test_a_call_stands_on_the_panel() -> None:
    assert compose(CALLED, 0.5, 0) == Picture("17号 请到本窗口 ", "G031            ")


def test_a_new_call_flashes_three_times_and_then_stands() -> None:
    seen = [compose(CALLED, 0.5, 0, step).lower.strip() for step in range(FLASHES + 3)]
    assert seen == ["G031", "", "G031", "", "G031", "", "G031", "G031", "G031"]


def test_only_what_is_too_long_scrolls() -> None:
    lows = {compose(IDLE, 0.5, step).lower for step in range(40)}
    assert len(lows) > 10
    assert {compose(CALLED, 0.5, step).lower for step in range(40)} == {"G031            "}


def test_an_old_picture_says_so() -> None:
    assert compose(CALLED, 5, 0).lower == "G031        5s前"
    assert compose(CALLED, 7.9, 0).lower.endswith("7s前")
    stale = compose(CALLED, 15, 0)
    assert (stale.upper.strip(), stale.lower.strip()) == ("连接中断", "以窗口叫号为准")
    assert "G031" not in stale.lower
    assert compose(None, None, 0).upper.strip() == "正在连接…"


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Mn", "Me", "Cf")), max_size=40), st.integers(0, 300))
def test_a_line_is_always_sixteen_columns(text: str, step: int) -> None:
    assert columns(line(text, step)) == COLUMNS
    assert columns(cut(text, step % 20)) == COLUMNS


def test_a_line_that_scrolls_shows_all_of_it() -> None:
    text = "企业登记综合受理与变更备案专窗"
    shown = [line(text, step) for step in range(60)]
    assert all(any(char in picture for picture in shown) for char in text)


def test_a_record_of_lines() -> None:
    data = as_lines("gb18030")(compose(CALLED, 0.5, 0))
    assert data[:1] + data[-1:] == b"\x02\x03"
    upper, lower = data[1:-1].split(b"\n")
    assert (len(upper), len(lower)) == (16, 16), "two bytes a hanzi, one a letter: a column each"
    assert upper.decode("gb18030").startswith("17号")


def test_a_picture_of_dots() -> None:
    picture = compose(CALLED, 0.5, 0)
    data = as_dots()(picture)
    assert data.startswith(HEAD) and len(data) == len(HEAD) + WIDTH // 8 * HEIGHT
    image = draw(picture)
    assert image.size == (WIDTH, HEIGHT)
    assert image.crop((0, 0, WIDTH, 16)).getbbox() and image.crop((0, 16, 40, 32)).getbbox()
    assert image.crop((48, 16, WIDTH, 32)).getbbox() is None, "nothing stands behind the number"


@pytest.mark.parametrize("address", ["", "tcp://", "tcp://x", "serial:", "usb://1", "tcp://x:1?charset=klingon"])
def test_a_wrong_address_says_what_is_right(address: str) -> None:
    with pytest.raises(DriverFault, match="\n"):
        driver_for(address)


def test_a_pause_with_its_reason_fits() -> None:
    paused = {"window": "07", "state": "paused", "state_zh": "暂停 · 午餐", "number": "", "name_zh": "13:30 继续"}
    assert {compose(paused, 0.5, step) for step in range(30)} == {Picture("07号 暂停·午餐 ", "13:30 继续      ")}
