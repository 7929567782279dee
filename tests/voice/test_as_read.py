"""Every word of the halls' calls is read as a dictionary has it: eSpeak NG's phonemes against pypinyin's syllables.

Nobody has listened here. What the engine makes of each sentence's characters is compared with what the same engine
makes of the pinyin that pypinyin's dictionary of phrases gives for them: 号 hào, 重大 zhòngdà, 银行 yínháng, each
digit by itself with its own tone.
"""

import json
import re
import subprocess
import sys

import msgspec
import pytest
from pypinyin import Style as Pinyin
from pypinyin import pinyin

from onewindow.voice.announcer import names_of, style_of, templates_of
from onewindow.voice.style import Style, Templates
from onewindow.voice.wording import SpokenCall, announce
from onewindow.voice.worker import _for_espeak
from onewindow.zones.load import load_hall
from tests.server import ROOT

HALLS = ("anqiu", "small")
DIGITS = ("000", "007", "031", "110", "101", "234", "569", "817", "999", "1234")
PLACES = (
    "综合窗口",
    "银行窗口",
    "导服台",
    "重大项目窗口",
    "发证窗口",
    "不动产窗口",
    "行政审批窗口",
    "G1",
)
"""Names of windows with characters that are read in two ways."""


def spoken(hall: str) -> set[str]:
    """Every sentence that the hall's calls can be, but for the numbers: all groups, all windows, all kinds."""
    files = load_hall(ROOT / "halls" / hall)
    settings, names = files.settings.voice, names_of(files)
    style = msgspec.structs.replace(style_of(settings), languages=("zh",), repeats=1)
    calls = [
        SpokenCall(kind=kind, group_spoken_zh=zh, number_digits=digits, letter="A", window_no="7", priority=True)
        for zh, _ in names.series
        for digits in DIGITS
        for kind in ("call", "recall", "correction")
    ]
    calls += [SpokenCall(group_spoken_zh="户政", number_digits="1", window_no=no) for no in (*names.windows, *PLACES)]
    calls += [SpokenCall(kind="merged", window_no=no, into_no=names.windows[0]) for no in names.windows]
    calls.append(SpokenCall(kind="resumed"))
    return {
        one.text
        for call in calls
        for said in ("一", "幺")
        for one in announce(call, msgspec.structs.replace(style, digit_one=said), templates_of(settings))
    }


def phonemes(*asked: tuple[str, str]) -> list[str]:
    """Of each (voice, text)."""
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    words = [sys.executable, "-m", "tests.voice.phonemes"]
    done = subprocess.run(words, cwd=ROOT, input=lines, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.splitlines()


def read_by_the_dictionary(text: str) -> str:
    """The text's pinyin with tone numbers; 不 before a fourth tone is bú, and a syllable without a tone is light."""
    found = [one[0] for one in pinyin(re.sub(r"[^\u3400-\u9fff]", "", text), style=Pinyin.TONE3)]
    for place, syllable in enumerate(found):
        if syllable == "bu4" and found[place + 1 :][:1] and found[place + 1].endswith("4"):
            found[place] = "bu2"
        elif not syllable[-1].isdecimal():
            found[place] = f"{syllable}5"
    return " ".join(found)


def misread(texts: list[str]) -> dict[str, tuple[str, str]]:
    """Clause -> how it is read and how it should be; clause by clause, since a stop ends every change of tone."""
    clauses = sorted(
        {clause for text in texts for clause in re.split("[，。；：]", text) if not re.search("[A-Z]", clause)}
    )
    as_read = phonemes(*(("cmn", _for_espeak(clause, "sit/cmn")) for clause in clauses))
    as_should = phonemes(*(("cmn-latn-pinyin", read_by_the_dictionary(clause)) for clause in clauses))
    pairs = zip(clauses, as_read, as_should, strict=True)
    return {clause: (read, should) for clause, read, should in pairs if read != should or not read}


@pytest.mark.parametrize("hall", HALLS)
def test_every_sentence_is_read_as_the_dictionary_has_it(hall: str) -> None:
    texts = sorted(spoken(hall))
    assert len(texts) > 60
    assert misread(texts) == {}


def test_a_misreading_would_be_found() -> None:
    """A check that cannot fail is none: 一号 unmended is yí hào, and 银行 is not yínxíng."""
    assert phonemes(("cmn", "三 一号")) != phonemes(("cmn-latn-pinyin", "san1 yi1 hao4"))
    assert phonemes(("cmn", "银行")) != phonemes(("cmn-latn-pinyin", "yin2 xing2"))


def test_digits_are_read_one_by_one_and_windows_as_numbers() -> None:
    style, words = Style(languages=("zh",), repeats=1), Templates()

    def said(digits: str, window: str, one: str = "一") -> str:
        call = SpokenCall(letter="A", number_digits=digits, window_no=window)
        found = announce(call, msgspec.structs.replace(style, digit_one=one), words)[0].text
        return _for_espeak(found, "sit/cmn")

    expected = {
        said("007", "3"): "ling2 ling2 qi1 hao4 qing3 dao4 san1 hao4 chuang1 kou3",
        said("110", "12"): "yi1 yi1 ling2 hao4 qing3 dao4 shi2 er4 hao4 chuang1 kou3",
        said("110", "1", "幺"): "yao1 yao1 ling2 hao4 qing3 dao4 yi1 hao4 chuang1 kou3",
        said("031", "102"): "ling2 san1 yi1 hao4 qing3 dao4 yi1 bai3 ling2 er4 hao4 chuang1 kou3",
    }
    read = phonemes(*(("cmn", text.split("，", 1)[1]) for text in expected))
    should = phonemes(*(("cmn-latn-pinyin", syllables) for syllables in expected.values()))
    # 一百 is yì bǎi.
    should[3] = phonemes(("cmn-latn-pinyin", expected[list(expected)[3]].replace("yi1 bai3", "yi4 bai3")))[0]
    assert read == should
    assert phonemes(("cmn", "会计窗口")) == phonemes(("cmn-latn-pinyin", "kuai4 ji4 chuang1 kou3"))
    assert not any("第" in text for text in expected), "三号, never 第三"


def test_english_spells_the_letter_and_the_digits() -> None:
    call = SpokenCall(letter="A", number_digits="007", window_no="12")
    text = announce(call, Style(languages=("en",), repeats=1))[0].text
    assert phonemes(("en-us", text)) == phonemes(
        ("en-us", "eigh, number zero zero seven, please go to window twelve.")
    )
