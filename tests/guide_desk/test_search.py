"""Finding a matter: what a guide types, and what must come first, or among the twelve that are shown."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onewindow.guide_desk.pinyin import Reader, fuzzy, in_pieces, lie, normal
from onewindow.guide_desk.search import MatterIndex
from onewindow.zones.load import load_hall

ROOT = Path(__file__).resolve().parents[2]
HALL = load_hall(ROOT / "halls" / "anqiu")
INDEX = MatterIndex(HALL)
SMALL = MatterIndex(load_hall(ROOT / "halls" / "small"))

FIRST = {
    # names in characters
    "取水": "INV-073",
    "结婚登记": "CNV-017",
    "建设工程规划许可证核发（建筑类）": "INV-040",
    "建设工程规划许可证核发(建筑类)": "INV-040",
    "不动产登记资料查询": "REA-022",
    "身份证 补领": "CNV-003",
    "公司 注销": "BIZ-010",
    # initials, as they come and as an input method leaves them
    "yyzz": "BIZ-006",
    "y'y'z'z": "BIZ-006",
    "YYZZ": "BIZ-006",
    "ｙｙｚｚ": "BIZ-006",
    "yyzzys": "BIZ-014",
    "qsxk": "INV-073",
    "jhdj": "CNV-017",
    "sfz": "CNV-002",
    "pthz": "CNV-010",
    "ydjy": "CNV-039",
    "gzkz": "BIZ-023",
    "yzdhxp": "CNV-099",
    # full pinyin, with and without marks, unfinished, mixed
    "yingyezhizhao": "BIZ-006",
    "ying ye zhi zhao": "BIZ-006",
    "ying'ye'zhi'zhao": "BIZ-006",
    "yingyezhizh": "BIZ-006",
    "营yezz": "BIZ-006",
    "结婚dj": "CNV-017",
    "qushui": "INV-073",
    "huzhao": "CNV-010",
    "gongzheng": "CNV-090",
    "身份证 bl": "CNV-003",
    # heteronyms: 银行, 重新, 种畜禽, 旅馆 (lv or lu), 行驶
    "yinhang": "BIZ-034",
    "银行": "BIZ-034",
    "yinhangjiesuan": "BIZ-033",
    "重新审核": "INV-068",
    "chongxinshenhe": "INV-068",
    "cxsh": "INV-068",
    "zcq": "CNV-071",
    "zhongchuqin": "CNV-071",
    "lvguan": "CNV-015",
    "luguan": "CNV-015",
    "xingshigonglu": "CNV-109",
    # everyday words
    "办照": "BIZ-006",
    "房本": "REA-003",
    "fangben": "REA-003",
    "社保卡": "CNV-026",
    "过户": "REA-004",
    "落户": "CNV-006",
    "交契税": "REA-031",
    "jqs": "REA-031",
    "户口本": "CNV-006",
    "驾照": "CNV-013",
    "低保": "CNV-020",
    "残疾证": "CNV-101",
    "环评": "INV-067",
    "准生证": "CNV-059",
    "我要办护照": "CNV-010",
    "想办理结婚登记怎么办": "CNV-017",
    # codes
    "BIZ-001": "BIZ-001",
    "biz001": "BIZ-001",
    "biz1": "BIZ-001",
    "Biz 1": "BIZ-001",
    "cnv-111": "CNV-111",
    # with a gap, and as it is spoken
    "食品许可": "BIZ-017",
    "spxk": "BIZ-017",
    "规划核实": "INV-046",
    "zizhao": "BIZ-014",
    "senfenzen": "CNV-002",
}


@pytest.mark.parametrize(("query", "code"), FIRST.items(), ids=FIRST)
def test_it_comes_first(query: str, code: str) -> None:
    matches = INDEX.search(query)
    assert matches, "nothing found"
    assert matches[0].matter == code, [(match.matter, match.score) for match in matches]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("yyzz", {"BIZ-002", "BIZ-006", "BIZ-014"}),
        ("过户", {"REA-004", "CNV-086", "CNV-088"}),
        ("fgj", {"INV-010"}),  # 发改局; 房公积金 begins with the same letters
        ("sjj", {"BIZ-008"}),  # 市监局
        ("swj", {"BIZ-029"}),
        ("税务", {"BIZ-029", "BIZ-024"}),
    ],
)
def test_it_is_among_the_twelve(query: str, codes: set[str]) -> None:
    assert codes <= {match.matter for match in INDEX.search(query)}


@pytest.mark.parametrize(
    ("query", "department"),
    [
        *(("公安局", "PSB"), ("gaj", "PSB"), ("安丘市公安局", "PSB"), ("aqsgaj", "PSB")),
        *(("发改局", "DRC"), ("发改", "DRC"), ("人社局", "HRS"), ("rsj", "HRS"), ("住建局", "HUC")),
        *(("市监局", "MSB"), ("国土", "LRB"), ("社保中心", "SIC")),
    ],
)
def test_a_unit_by_its_full_or_short_name(query: str, department: str) -> None:
    matches = INDEX.search(query)
    assert {HALL.matters[match.matter].department for match in matches} == {department}
    own = [matter for matter in HALL.matters.values() if matter.department == department]
    assert len(matches) == min(12, len(own))


@pytest.mark.parametrize(
    ("query", "letter"), [("Q", "Q"), ("q", "Q"), ("户政", "Q"), ("huzheng", "Q"), ("出入境", "R")]
)
def test_a_group_by_letter_and_name(query: str, letter: str) -> None:
    found = [match.matter for match in INDEX.search(query)]
    members = HALL.groups[letter].matters
    assert set(found[: len(members)]) == set(members[:12])


def test_a_zone_by_its_name() -> None:
    found = INDEX.search("商事登记", limit=500)
    assert {match.matter for match in found} == {m.code for m in HALL.matters.values() if m.zone == "business"}


def test_within_a_step_the_most_wanted_comes_first() -> None:
    matches = INDEX.search("许可证核发", limit=50)
    inside = [match for match in matches if match.hits[0].spans[0][0] > 0]
    weights = [HALL.profile.matter_weights[match.matter] for match in inside]
    assert len(inside) > 10
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("query", ["", "   ", "'", "。", "（）", "🙂", "zzzzzzzzzzzz", "完全没有的事情", "0", "\x00"])
def test_nothing_fits(query: str) -> None:
    assert INDEX.search(query) == []


def test_the_limit_holds() -> None:
    assert len(INDEX.search("j", limit=3)) == 3
    assert len(INDEX.search("登记", limit=500)) > 40


def test_every_matter_is_found_by_its_own_name_initials_and_code() -> None:
    for matter in HALL.matters.values():
        for query in (matter.zh, matter.initials, matter.code):
            same = [m.code for m in HALL.matters.values() if query == m.initials]
            found = [match.matter for match in INDEX.search(query)]
            assert matter.code in found[: max(1, len(same))], (matter.code, query, found)


@given(query=st.text(alphabet="abcghjsxyz'01 业证照登记许可房（）Ａ-", max_size=60), limit=st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed(query: str, limit: int) -> None:
    matches = INDEX.search(query, limit)
    assert matches == INDEX.search(query, limit)
    assert len(matches) <= limit
    assert len({match.matter for match in matches}) == len(matches)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    for match in matches:
        assert match.matter in HALL.matters
        assert match.hits
        for hit in match.hits:
            assert hit.spans
            assert all(0 <= start < end <= len(hit.text) for start, end in hit.spans)


def test_no_query_takes_for_ever() -> None:
    """Letters that fit in very many ways: without a memory of what was tried, this would not end."""
    units = Reader().units("生审设市事深实食收树" * 4)
    assert lie(units, 0, "s" * 39 + "q") is None
    assert lie(units, 0, "sh" * 19 + "q") is None
    assert lie(units, 0, "sh" * 20) is not None


@pytest.mark.parametrize(
    ("query", "field", "text", "marked"),
    [
        ("取水", "name", "取水许可", ["取水"]),
        ("yyzzys", "name", "营业执照遗失补领与换发", ["营业执照遗失"]),
        ("食品许可", "name", "食品经营许可证核发", ["食品", "许可"]),
        ("房本", "alias", "房本", ["房本"]),
        ("biz1", "code", "BIZ-001", ["BIZ-001"]),
        ("biz-01", "code", "BIZ-001", ["BIZ-001"]),
        ("rsj", "department", "安丘市人力资源和社会保障局", ["人", "社", "局"]),
        ("jzlhf", "name", "建设工程规划许可证核发（建筑类）", []),
    ],
)
def test_what_is_marked(query: str, field: str, text: str, marked: list[str]) -> None:
    matches = INDEX.search(query)
    if not marked:
        assert all(hit.text != text for match in matches for hit in match.hits)
        return
    hit = matches[0].hits[0]
    assert (hit.field, hit.text) == (field, text)
    assert [text[start:end] for start, end in hit.spans] == marked


def test_brackets_are_passed_over() -> None:
    reader = Reader()
    units = reader.units("核发（建筑类）")
    spot = lie(units, 0, "hfjzl")
    assert spot is not None
    assert (spot.start, spot.end) == (0, 6)


def test_initials_of_the_file_decide_between_readings() -> None:
    reader = Reader()
    assert reader.units("重", "c")[0][1][0] == "chong"
    assert reader.units("重", "z")[0][1][0] == "zhong"
    assert reader.units("种畜禽", "zcq")[1][1][0] == "chu"


def test_a_reading_out_of_context_counts_less() -> None:
    usual = INDEX.search("yinhangjiesuan")[0].score
    rare = INDEX.search("yinxingjiesuan")[0]
    assert rare.matter == "BIZ-033"
    assert rare.score < usual


def test_the_small_hall_without_aliases() -> None:
    assert SMALL.search("shbzk")[0].matter == "SZ-10"
    assert SMALL.search("养老")[0].matter == "SZ-08"
    assert SMALL.search("sz3")[0].matter == "SZ-03"


@pytest.mark.parametrize(
    ("text", "query", "gaps", "least", "pieces"),
    [
        ("spjyxkzhf", "spxk", 1, 2, [(0, 2), (4, 6)]),
        ("spjyxkzhf", "spjy", 1, 2, [(0, 4)]),
        ("spjyxkzhf", "sxf", 1, 1, None),
        ("spjyxkzhf", "sxf", 2, 1, [(0, 1), (4, 5), (8, 9)]),
        ("abc", "ca", 2, 1, None),
    ],
)
def test_pieces(text: str, query: str, gaps: int, least: int, pieces: list[tuple[int, int]] | None) -> None:
    spots = in_pieces(text, query, gaps, least)
    assert (None if spots is None else [(spot.start, spot.end) for spot in spots]) == pieces


def test_normal_words() -> None:
    assert normal("  Ｙ'y’z ·z  (建筑) ") == ["yyz", "z", "建筑"]
    assert normal("lǜguan") == ["lǜguan"]
    assert normal("lüguan") == ["lvguan"]


def test_fuzzy_pinyin() -> None:
    assert fuzzy("zhengshang") == fuzzy("zensan")
