"""Numbers and odd characters become words that a voice reads right."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.voice.spoken_text import (
    digits_en,
    digits_zh,
    number_en,
    number_zh,
    speakable_en,
    speakable_zh,
)

ZH_VALUES = {"零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
ZH_SIZES = {"十": 10, "百": 100, "千": 1000}


def read_zh(words: str) -> int:
    """An independent reader of Chinese numbers."""
    total, digit = 0, None
    for character in words:
        if character in ZH_SIZES:
            total += (1 if digit is None else digit) * ZH_SIZES[character]
            digit = None
        else:
            digit = ZH_VALUES[character]
    return total + (digit or 0)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (20, "二十", "twenty"),
        (32, "三十二", "thirty-two"),
        (100, "一百", "one hundred"),
        (102, "一百零二", "one hundred and two"),
        (110, "一百一十", "one hundred and ten"),
        (112, "一百一十二", "one hundred and twelve"),
        (1001, "一千零一", "one thousand and one"),
        (1010, "一千零一十", "one thousand and ten"),
        (1100, "一千一百", "one thousand one hundred"),
        (9999, "九千九百九十九", "nine thousand nine hundred and ninety-nine"),
    ],
)
def test_numbers_as_words(value: int, zh: str, en: str) -> None:
    assert number_zh(value) == zh
    assert number_en(value) == en


def test_every_number_reads_back_and_none_is_said_twice() -> None:
    assert [read_zh(number_zh(value)) for value in range(10000)] == list(range(10000))
    assert len({number_en(value) for value in range(10000)}) == 10000
    assert not any("零零" in number_zh(value) for value in range(10000))


@pytest.mark.parametrize("value", [-1, 10000])
def test_numbers_beyond_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match=r"0\.\.9999"):
        number_zh(value)
    with pytest.raises(ValueError, match=r"0\.\.9999"):
        number_en(value)


def test_digits_one_by_one() -> None:
    assert digits_zh("031") == "零 三 一"
    assert digits_zh("110", one="幺") == "幺 幺 零"
    assert digits_zh("０１２") == "零 一 二"
    assert digits_en("031") == "zero three one"


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("户政", "户政"),
        ("#3", "三"),
        ("３号", "三号"),
        ("①号", "一号"),
        ("VIP", "V，I，P"),
        ("vip区", "V，I，P，区"),
        ("B1", "B，一"),
        ("AB012", "A，B，零 一 二"),
        ("Ａ０１２", "A，零 一 二"),
        ("12号窗口,请!", "十二号窗口，请！"),
        ("水电 (供电)", "水电供电"),
        ("<b>税务</b>", "B，税务，B"),
        ("[[k@n]]", "K，N"),
        ("12345", "一 二 三 四 五"),
        ("😀", ""),
    ],
)
def test_chinese_texts(text: str, zh: str) -> None:
    assert speakable_zh(text) == zh


@pytest.mark.parametrize(
    ("text", "en"),
    [
        ("Household registration", "Household registration"),
        ("Real estate, on the spot and look-up", "Real estate, on the spot and look-up"),
        ("#3", "three"),
        ("VIP desk", "V, I, P, desk"),
        ("AB012", "A, B, zero one two"),
        ("Window 102", "Window one hundred and two"),
        ("A notice", "A notice"),
        ("B1", "B, one"),
        ("clerk's desk", "clerk's desk"),
        ("税务 Tax", "Tax"),
    ],
)
def test_english_texts(text: str, en: str) -> None:
    assert speakable_en(text) == en


@given(st.text(max_size=40))
def test_any_text_leaves_only_what_a_chinese_voice_can_say(text: str) -> None:
    said = speakable_zh(text)
    for character in said:
        assert character in " ，。、；：！？〇" or "\u3400" <= character <= "\u9fff" or "A" <= character <= "Z"
    assert not any(a.isascii() and a.isalpha() and b.isalnum() for a, b in pairwise(said))


@given(st.text(max_size=40))
def test_any_text_leaves_only_words_in_english(text: str) -> None:
    said = speakable_en(text)
    assert said.isascii() or "’" in said
    assert not any(character.isdecimal() or character in "#<>[]{}&" for character in said)
