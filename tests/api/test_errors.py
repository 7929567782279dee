"""What people see when something goes wrong, and what a crash looks like from outside."""

from pathlib import Path

import pytest

from onewindow.access.principal import Role
from onewindow.http.problem import Problem, problem, problem_of_fault
from onewindow.http.sentences import SENTENCES
from onewindow.runtime.answers import CommandCrashed, JournalUnavailable, WriterStopped
from tests.api.test_bad_input import problem as is_problem
from tests.hall_app import Api, running

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_people_get_a_page_and_programs_get_json(api: Api) -> None:
    page = await api.client.get("/nothing", headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "没有这个地址" in page.text and "There is nothing at this address" in page.text
    is_problem(await api.client.get("/api/nothing", headers=BROWSER), 404, "not_found")
    is_problem(
        await api.client.get("/nothing", headers={"Accept": "application/json, text/html;q=0.5"}), 404, "not_found"
    )


async def test_pages_forbid_what_is_not_from_here(api: Api) -> None:
    page = await api.client.get("/", headers=BROWSER)
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "style=" not in page.text and "<script>" not in page.text


async def test_static_files_are_kept_for_good_under_their_version(api: Api) -> None:
    page = (await api.client.get("/", headers=BROWSER)).text
    start = page.index("/static/css/base.css?v=")
    address = page[start : page.index('"', start)]
    assert "immutable" in (await api.client.get(address)).headers["cache-control"]
    old = await api.client.get("/static/css/base.css?v=0000000000")
    assert old.headers["cache-control"] == "no-cache"
    assert (await api.client.get("/static/../app.py")).status_code == 404
    is_problem(await api.client.get("/static/nothing.css"), 404, "not_found")


async def test_a_journal_that_fails_is_503_and_nothing_is_done(tmp_path: Path) -> None:
    async with running(tmp_path) as api:
        head = await api.head()
        await api.opened.runtime.journal.close()
        response = await api.post("/api/tickets", {"matter": "BIZ-001"}, Role.GUIDE)
        is_problem(response, 503, "journal_unavailable")
        assert response.headers["retry-after"] == "1"
        is_problem(await api.get("/readyz"), 503, "not_ready")
    async with running(tmp_path) as again:
        assert await again.head() == head


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (JournalUnavailable("disk full"), 503, "journal_unavailable"),
        (WriterStopped(), 503, "stopping"),
        (CommandCrashed("issue_tickets"), 500, "internal"),
    ],
)
def test_faults_of_the_runtime(fault: JournalUnavailable, status: int, code: str) -> None:
    found = problem_of_fault(fault)
    assert (found.status, found.code) == (status, code)


def test_every_sentence_can_be_said() -> None:
    class Anything(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return name

    for status, zh, en in SENTENCES.values():
        assert 400 <= status <= 599
        assert zh.format_map(Anything()) and en.format_map(Anything())


def test_further_members_never_hide_the_standard_ones() -> None:
    document = Problem(409, "c", "中", "e", {"status": 1, "code": "x", "window": "07"}).document("/here")
    assert (document["status"], document["code"], document["window"]) == (409, "c", "07")
    with pytest.raises(KeyError):
        problem("no_such_code")
