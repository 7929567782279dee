"""What is said at a call: by examples from the design, and for any call by its rules."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.voice.wording import (
    Language,
    SpokenCall,
    Style,
    Templates,
    announce,
    captions,
    estimate_seconds,
    shorten,
)

CALL = SpokenCall(
    group_spoken_zh="户政",
    group_en="Household registration",
    number_digits="031",
    letter="Q",
    window_no="32",
)
ONCE = Style(repeats=1)


def changed(**fields: object) -> SpokenCall:
    return msgspec.structs.replace(CALL, **fields)


def words(call: SpokenCall, language: Language = "zh", style: Style = ONCE) -> str:
    return next(one.text for one in announce(call, style) if one.language == language)


def read(call: SpokenCall, language: Language = "zh") -> str:
    return captions(announce(call, ONCE))[language]


def test_a_call_as_the_design_words_it() -> None:
    assert read(CALL, "zh") == "户政，零三一号，请到三十二号窗口"
    assert words(CALL) == "户政，零 三 一号，请到三十二号窗口"
    said = "Household registration, number zero three one, please go to window thirty-two."
    assert words(CALL, "en") == said
    assert read(CALL, "en") == said


def test_a_recall_sounds_as_the_call_did() -> None:
    assert words(changed(kind="recall")) == words(CALL)


def test_a_correction_sends_nobody_anywhere() -> None:
    call = changed(kind="correction")
    assert read(call, "zh") == "更正，户政，零三一号，请继续等候"
    assert words(call, "en") == "Correction: Household registration, number zero three one, please keep waiting."


def test_a_notice_is_said_in_the_languages_it_has() -> None:
    call = SpokenCall(kind="notice", notice_zh="12号窗口,现在开始办理")
    assert [(one.language, one.text) for one in announce(call, ONCE)] == [("zh", "十二号窗口，现在开始办理")]
    with pytest.raises(ValueError, match="no words"):
        announce(call, Style(languages=("en",)))


def test_a_notice_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 200 characters, this one 201"):
        announce(SpokenCall(kind="notice", notice_zh="请" * 201), ONCE)


@pytest.mark.parametrize(
    ("no", "zh", "en"),
    [
        ("07", "七号窗口", "window seven"),
        ("10", "十号窗口", "window ten"),
        ("12", "十二号窗口", "window twelve"),
        ("100", "一百号窗口", "window one hundred"),
        ("102", "一百零二号窗口", "window one hundred and two"),
        ("１２", "十二号窗口", "window twelve"),
        ("#3", "三号窗口", "window three"),
        ("G1", "G，一号窗口", "window G, one"),
        ("综合窗口", "综合窗口", "the window"),
        ("导服台", "导服台", "the window"),
    ],
)
def test_windows_are_numbers_said_last(no: str, zh: str, en: str) -> None:
    call = changed(window_no=no)
    assert read(call, "zh") == f"户政，零三一号，请到{zh}"
    assert words(call, "en").endswith(f"please go to {en}.")


def test_a_template_with_its_own_word_for_window_does_not_say_it_twice() -> None:
    templates = Templates(
        call_zh="请{group}{digits}号到{window}窗口办理", call_en="Now {group} {digits} window {window}"
    )
    zh, en = announce(changed(window_no="综合窗口"), ONCE, templates)
    assert zh.text == "请户政零 三 一号到综合窗口办理"
    zh, en = announce(CALL, ONCE, templates)
    assert zh.text == "请户政零 三 一号到三十二号窗口办理"
    assert en.text == "Now Household registration zero three one window thirty-two."


def test_without_a_group_the_letter_is_spelled() -> None:
    call = changed(group_spoken_zh="", group_en="", letter="AB", number_digits="012")
    assert words(call) == "A，B，零 一 二号，请到三十二号窗口"
    assert words(call, "en") == "A, B, number zero one two, please go to window thirty-two."


def test_one_may_be_said_yao_in_numbers_but_not_in_windows() -> None:
    style = Style(repeats=1, digit_one="幺")
    assert words(changed(number_digits="110", window_no="11"), style=style) == "户政，幺 幺 零号，请到十一号窗口"


def test_of_priority_one_word_is_said_and_a_hall_may_leave_it_out() -> None:
    call = changed(priority=True)
    assert words(call) == "优先，" + words(CALL)
    assert words(call, "en") == "Priority: " + words(CALL, "en")
    quiet = Templates(priority_zh="", priority_en="")
    assert announce(call, ONCE, quiet) == announce(CALL, ONCE, quiet)


def test_repeats_and_languages_and_their_pauses() -> None:
    style = Style(repeats=2)
    said = announce(CALL, style)
    assert [one.language for one in said] == ["zh", "en", "zh", "en"]
    assert [one.gap for one in said] == [0.0, 0.35, 0.6, 0.35]
    assert {(one.language, one.voice) for one in said} == {("zh", "sit/cmn"), ("en", "gmw/en-us")}


@pytest.mark.parametrize(
    ("template", "match"),
    [("{name}号", "call_zh"), ("{group", "call_zh"), ("{}号", "call_zh"), ("{group.x}", "call_zh")],
)
def test_a_template_with_a_mistake_is_refused_by_name(template: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        Templates(call_zh=template)


@pytest.mark.parametrize(
    "fields",
    [
        {"languages": ()},
        {"languages": ("zh", "zh")},
        {"repeats": 0},
        {"rate": 20},
        {"level_db": 3.0},
        {"gap_repeat": -1.0},
    ],
)
def test_a_style_that_cannot_be_spoken_is_refused_by_name(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        msgspec.convert(fields, Style, strict=False)


def test_english_goes_first_then_the_repeat_then_the_chime() -> None:
    style = Style()
    assert shorten(style, 0) == style
    first = shorten(style, style.shorten_at.english)
    assert (first.languages, first.repeats, first.chime) == (("zh",), 2, "full")
    second = shorten(style, style.shorten_at.repeat)
    assert (second.languages, second.repeats, second.chime) == (("zh",), 1, "full")
    third = shorten(style, style.shorten_at.chime)
    assert (third.languages, third.repeats, third.chime) == (("zh",), 1, "short")


calls = st.builds(
    SpokenCall,
    kind=st.sampled_from(["call", "recall", "correction"]),
    group_spoken_zh=st.text(max_size=12),
    group_en=st.text(max_size=20),
    number_digits=st.from_regex(r"[0-9]{1,4}", fullmatch=True),
    letter=st.from_regex(r"[A-Z]{0,2}", fullmatch=True),
    window_no=st.one_of(st.from_regex(r"[0-9]{1,3}", fullmatch=True), st.text(max_size=8)),
    priority=st.booleans(),
)
styles = st.builds(
    Style,
    languages=st.sampled_from([("zh",), ("en",), ("zh", "en"), ("en", "zh")]),
    repeats=st.integers(1, 3),
    chime=st.sampled_from(["full", "short", "none"]),
    digit_one=st.sampled_from(["一", "幺"]),
)


@given(calls, styles)
def test_any_call_is_said_cleanly(call: SpokenCall, style: Style) -> None:
    said = announce(call, style)
    assert len(said) == style.repeats * len(style.languages)
    for one in said:
        assert one.text == one.text.strip()
        assert not re.search(r"[0-9０-９#{}<>]", one.text)
        assert not re.search(r"[，,。；：][，,。；：]|窗口号?窗口|window window", one.text)
        assert one.text[0] not in "，,。；：、"
        if one.language == "zh":
            assert "优先" not in one.text or call.priority or "优先" in call.group_spoken_zh + call.window_no


@given(calls, styles, st.floats(0, 300), st.floats(0, 300))
def test_a_longer_backlog_never_makes_a_longer_announcement(
    call: SpokenCall, style: Style, one: float, other: float
) -> None:
    short, long = (
        estimate_seconds(announce(call, given_style), given_style)
        for given_style in (shorten(style, max(one, other)), shorten(style, min(one, other)))
    )
    assert short <= long
    assert shorten(style, max(one, other)).languages[0] == style.languages[0]
