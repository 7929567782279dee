"""Sentences cut into recorded phrases."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onewindow.voice.announcer import names_of, style_of, templates_of
from onewindow.voice.clips.phrases import cut, needed, only_phrases, pieces, tokens
from onewindow.voice.clips.script import Line, script
from onewindow.voice.style import Language, Style, Templates
from onewindow.voice.wording import SpokenCall, announce
from onewindow.zones.load import load_hall
from tests.server import ANQIU
from tests.voice.clips.sample_pack import NAMES, lines

SMALL = ANQIU.parent / "small"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("户政，零 三 一号", "zh", (("户", "政"), "short", ("零", "三", "一", "号"))),
        ("C，组。请", "zh", (("C",), "short", ("组",), "long", ("请",))),
        ("，；请，", "zh", (("请",), "short")),
        ("Window thirty-two.", "en", (("window", "thirty", "two"), "long")),
        ("the clerk's, A", "en", (("the", "clerk's"), "short", ("a",))),
        ("", "zh", ()),
    ],
)
def test_a_text_is_runs_of_tokens_and_stops(text: str, language: Language, expected: object) -> None:
    assert pieces(text, language) == expected


def test_the_cut_with_the_fewest_phrases_is_taken() -> None:
    known = {tuple(phrase) for phrase in ("请", "到", "请到", "号窗口", "号", "窗口", "三十", "二", "三十二号窗口")}
    assert cut(tuple("请到三十二号窗口"), known) == (tuple("请到"), tuple("三十二号窗口"))
    assert cut(tuple("请到二号窗口"), known) == (tuple("请到"), ("二",), tuple("号窗口"))
    assert cut(tuple("请到九号窗口"), known) is None
    assert cut((), known) == ()


RUNS = st.lists(st.sampled_from("一二三请到"), max_size=12).map(tuple)
KNOWN = st.sets(st.lists(st.sampled_from("一二三请到"), min_size=1, max_size=4).map(tuple), max_size=8)


@given(RUNS, KNOWN)
def test_a_cut_is_the_whole_run_and_of_known_phrases_only(run: tuple[str, ...], known: set[tuple[str, ...]]) -> None:
    found = cut(run, known)
    if found is None:
        # Then greedily nothing can be had either: some token stands in no phrase that fits there.
        assert run
        return
    assert tuple(token for phrase in found for token in phrase) == run
    assert set(found) <= known


@given(RUNS, KNOWN)
def test_single_tokens_always_suffice(run: tuple[str, ...], known: set[tuple[str, ...]]) -> None:
    singles = {(token,) for token in run}
    found = cut(run, known | singles)
    assert found is not None
    assert len(found) <= len(run)


def of_hall(folder: Path) -> tuple[tuple[Line, ...], Style, Templates, tuple[str, ...], tuple[tuple[str, str], ...]]:
    hall = load_hall(folder)
    style, templates, names = style_of(hall.settings.voice), templates_of(hall.settings.voice), names_of(hall)
    return script(names, style, templates), style, templates, names.windows, names.series


def test_the_sample_halls_script_is_short_enough_to_be_read_in_a_quarter_of_an_hour() -> None:
    found, *_ = of_hall(ANQIU)
    chinese = [line for line in found if line.language == "zh"]
    assert len(chinese) == 50
    assert len({line.id for line in found}) == len(found)
    by_kind = {kind: [line.text for line in chinese if line.kind == kind] for kind in ("digits", "numbers", "words")}
    assert by_kind["digits"] == list("零一二三四五六七八九")
    assert by_kind["numbers"] == ["十", "二十", "三十", "四十"]
    assert {"号", "请到", "号窗口", "再次请", "更正"} <= set(by_kind["words"])
    assert {"户政", "社保", "不动产"} <= {line.text for line in chinese if line.kind == "names"}
    number = next(line for line in chinese if line.text == "号")
    assert (number.before, number.after) == ("投资综合，零三一", "，请到一号窗口")


@pytest.mark.parametrize("folder", [ANQIU, SMALL], ids=["anqiu", "small"])
def test_every_call_of_a_hall_can_be_said_with_its_script(folder: Path) -> None:
    """Every window, every series, every kind of call: 4,000 sentences and more at Anqiu."""
    found, style, templates, windows, series = of_hall(folder)
    known = {language: {one.tokens for one in found if one.language == language} for language in ("zh", "en")}
    said = 0
    for kind in ("call", "recall", "correction", "merged"):
        for window in windows:
            for spoken, spoken_en in series:
                call = SpokenCall(
                    kind=kind,
                    group_spoken_zh=spoken,
                    group_en=spoken_en,
                    number_digits=f"{said % 1000:03}",
                    window_no=window,
                    into_no=windows[0],
                    priority=bool(said % 2),
                )
                for one in announce(call, style, templates):
                    assert needed(one.text, one.language, known[one.language]) is not None, one.text
                    said += 1
    assert said >= len(windows) * len(series) * 4


def test_a_line_that_nothing_needs_is_not_asked_for() -> None:
    """Every line stands in at least one sentence, and shows that sentence."""
    for line in lines(("zh", "en")):
        joint = "" if line.language == "zh" else " "
        whole = joint.join(part for part in (line.before, line.text, line.after) if part)
        assert tokens(whole, line.language)[: len(tokens(line.before, line.language)) + len(line.tokens)] == (
            *tokens(line.before, line.language),
            *line.tokens,
        )


def test_a_hall_that_says_yao_reads_yao() -> None:
    found = script(NAMES, Style(languages=("zh",), digit_one="幺"), Templates())
    digits = [line.text for line in found if line.kind == "digits"]
    assert "幺" in digits and "一" not in digits


def test_a_typed_notice_is_in_no_script() -> None:
    known = {line.tokens for line in lines()}
    assert needed("请勿喧哗", "zh", known) is None
    assert only_phrases(needed("请到，社保", "zh", known) or ()) == (tuple("请到"), tuple("社保"))
