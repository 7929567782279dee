"""The everyday words of the sample hall: what people ask for most is found by what they call it."""

from pathlib import Path

import pytest

from onewindow.guide_desk.search import MatterIndex
from onewindow.zones.load import load_hall

HALL = load_hall(Path(__file__).resolve().parents[2] / "halls" / "anqiu")
INDEX = MatterIndex(HALL)
WEIGHT = HALL.profile.matter_weights
FREQUENT = sorted(WEIGHT, key=lambda code: -WEIGHT[code])[:150]


@pytest.mark.parametrize("code", FREQUENT)
def test_each_frequent_matter_has_a_word_that_finds_it_among_the_first_three(code: str) -> None:
    words = [alias.word for alias in HALL.aliases if code in alias.matters]
    found = [word for word in words if code in [match.matter for match in INDEX.search(word, 3)]]
    assert found, f"{HALL.matters[code].zh}: none of {words}"


def test_every_word_finds_first_what_it_stands_for() -> None:
    strays = {
        alias.word: match.matter
        for alias in HALL.aliases
        for match in INDEX.search(alias.word, 1)
        if match.matter not in alias.matters
    }
    assert strays == {}
    assert all(INDEX.search(alias.word, 1) for alias in HALL.aliases)


def test_no_word_points_to_an_unknown_matter_or_group() -> None:
    assert {code for alias in HALL.aliases for code in alias.matters} <= set(HALL.matters)
    assert {letter for alias in HALL.aliases for letter in alias.groups} <= set(HALL.groups)


def test_a_word_with_several_meanings_shows_the_most_asked_for_first() -> None:
    several = [alias for alias in HALL.aliases if len(alias.matters) > 1]
    assert several
    for alias in several:
        matches = INDEX.search(alias.word, 50)
        meant = [
            match.matter
            for match in matches
            if match.matter in alias.matters and [hit.text for hit in match.hits] == [alias.word]
        ]
        assert meant == sorted(meant, key=lambda code: -WEIGHT[code]), alias.word


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        *(("房本", {"REA-003", "REA-004"}), ("社保卡", {"CNV-026", "CNV-025"}), ("过户", {"REA-004", "CNV-086"})),
        *(("落户", {"CNV-006", "CNV-005"}), ("交契税", {"REA-031", "REA-032"}), ("办照", {"BIZ-006", "BIZ-002"})),
        *(("提公积金", {"CNV-044", "CNV-043"}), ("办护照", {"CNV-010"}), ("换身份证", {"CNV-002"})),
        *(("生育证", {"CNV-059"}), ("离婚证", {"CNV-018", "CNV-019"}), ("公积金贷款", {"CNV-046"})),
    ],
)
def test_words_of_every_day(word: str, codes: set[str]) -> None:
    assert codes <= {match.matter for match in INDEX.search(word, 3)}
