"""Searches that ended in no ticket: what is kept, what never is, and who may read it."""

from pathlib import Path

import pytest

from onewindow.access.principal import Role
from onewindow.guide_desk.searches import LONGEST, Search, SearchLog, counted, stored_form
from tests.hall_app import running


def test_the_log_counts_the_last_thirty_days(tmp_path: Path) -> None:
    log = SearchLog(tmp_path)
    for day, query in [
        ("2026-10-25", "老查找"),
        ("2026-10-26", "etc 卡"),
        ("2026-11-23", " ETC  卡"),
        ("2026-11-24", "油卡"),
        ("2026-11-24", "水卡"),
        ("2026-11-25", "明天"),
    ]:
        assert log.add(day, query)
    found = [(one.query, one.count, one.last_day) for one in log.missed("2026-11-24")]
    assert found == [("etc 卡", 2, "2026-11-23"), ("水卡", 1, "2026-11-24"), ("油卡", 1, "2026-11-24")]


@pytest.mark.parametrize(
    "query",
    [
        *("", " ", "房", "13705361234", "370784199001011234", "王 370784 办证", "wang@example.cn"),
        *("http://10.20.30.40/t/20261124-C001.x", "1124-q031"),
    ],
)
def test_what_may_be_about_a_person_is_not_kept(tmp_path: Path, query: str) -> None:
    log = SearchLog(tmp_path)
    assert log.add("2026-11-24", query) is False
    assert list(tmp_path.iterdir()) == []


def test_codes_and_words_are_kept() -> None:
    assert [stored_form(query) for query in ("BIZ-001", "Yyzz", "3 岁")] == ["biz-001", "yyzz", "3 岁"]


def test_a_full_file_makes_room_for_one_more(tmp_path: Path) -> None:
    log = SearchLog(tmp_path, rotate_bytes=100)
    for number in range(9):
        assert log.add("2026-11-24", f"query {number}")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["searches.1.ndjson", "searches.ndjson"]
    assert max(file.stat().st_size for file in tmp_path.iterdir()) < 150
    assert {"query 8", "query 5"} <= {one.query for one in log.missed("2026-11-24")}


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    log = SearchLog(tmp_path)
    log.add("2026-11-24", "etc")
    with (tmp_path / "searches.ndjson").open("ab") as file:
        file.write('{"day":"2026-11-24","query":"油\n'.encode()[:-2] + b"\n")
    log.add("2026-11-24", "水卡")
    assert {one.query for one in log.missed("2026-11-24")} == {"etc", "水卡"}


def test_a_line_after_a_cut_off_one_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "searches.ndjson").write_bytes(b'{"day":"2026-11-24","que')
    SearchLog(tmp_path).add("2026-11-24", "水卡")
    assert [one.query for one in SearchLog(tmp_path).missed("2026-11-24")] == ["水卡"]


def test_equal_counts_show_the_latest_first() -> None:
    days = [Search(day="2026-11-20", query="a"), Search(day="2026-11-21", query="b")]
    assert [one.query for one in counted(days)] == ["b", "a"]


@pytest.mark.asyncio
async def test_a_guide_notes_and_a_supervisor_reads(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        head = await api.head()
        for query in ("etc 卡", "ETC 卡", "13705361234"):
            answer = await api.post("/api/desk/searches", {"query": query}, Role.GUIDE)
            assert (answer.status_code, answer.content) == (204, b"")
        assert (await api.post("/api/desk/searches", {"query": "x" * (LONGEST + 1)}, Role.GUIDE)).status_code == 422
        assert (await api.post("/api/desk/searches", {"query": "etc"}, Role.KIOSK)).status_code == 403
        assert (await api.get("/api/desk/searches", Role.GUIDE)).status_code == 403
        read = await api.get("/api/desk/searches", Role.SUPERVISOR)
        assert read.json() == {"days": 30, "searches": [{"query": "etc 卡", "count": 2, "last_day": "2026-11-24"}]}
        assert await api.head() == head
    kept = (tmp_path / "searches.ndjson").read_text(encoding="utf-8")
    assert kept == '{"day":"2026-11-24","query":"etc 卡"}\n' * 2


@pytest.mark.asyncio
async def test_a_page_gone_wild_is_slowed_down(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        answers = [await api.post("/api/desk/searches", {"query": f"word {n}"}, Role.GUIDE) for n in range(40)]
        assert {answer.status_code for answer in answers} == {204, 429}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert int(refused.headers["Retry-After"]) >= 1
