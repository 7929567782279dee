"""The paper that is left, on the real server: counted, kept over a restart, told to desk and supervisor."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.callers.browsers import chromium
from tests.guide_desk.desk import DESK, Hall, open_hall, printing_files, signed_in, watched
from tests.guide_desk.paper import Paper


@pytest.fixture
def paper() -> Iterator[Paper]:
    with closing(Paper()) as found:
        yield found


@pytest.fixture
def hall(tmp_path: Path, paper: Paper) -> Iterator[Hall]:
    """The sample hall; its desk's printer is on the network."""
    with open_hall(tmp_path / "data", printing_files(tmp_path / "anqiu", paper.address)) as found:
        yield found


def desk_paper(hall: Hall) -> dict[str, Any]:
    """The desk's printer as the desk is told."""
    paper: dict[str, Any] = hall.get("/api/desk")["papers"][0]
    return paper


def printed(hall: Hall, ticket: str) -> dict[str, Any]:
    job: dict[str, Any] = hall.post(f"/api/tickets/{ticket}/print", {}).json()
    return job


def alarms(hall: Hall) -> dict[str, dict[str, Any]]:
    return {a["code"]: a for a in hall.get("/api/supervisor/floor", "supervisor")["alarms"] if "p" in a["code"][:2]}


def test_slips_use_up_the_roll_that_was_noted_also_over_a_restart(hall: Hall, paper: Paper) -> None:
    name = desk_paper(hall)["printer"]
    assert desk_paper(hall)["left"] is None
    assert hall.post(f"/api/desk/papers/{name}", {"metres": 2}, "kiosk").status_code == 403
    assert hall.post("/api/desk/papers/tv-hall", {}).status_code == 404
    assert hall.post(f"/api/desk/papers/{name}", {"metres": 0}).status_code == 422
    assert hall.post(f"/api/desk/papers/{name}", {"metres": 2}).status_code == 200
    full = desk_paper(hall)["left"]
    ticket = hall.issue(matter="BIZ-002")
    for _ in range(4):
        assert printed(hall, ticket["id"])["outcome"] == "printed"
    left = desk_paper(hall)["left"]
    assert 0 < left <= full - 4
    assert "paper_low" in alarms(hall) and f"约剩 {left} 张" in alarms(hall)["paper_low"]["zh"]
    hall.server.stop()
    hall.server.start()
    assert desk_paper(hall)["left"] == left
    assert hall.post(f"/api/desk/papers/{name}", {}).json()["papers"][0]["left"] > 200
    assert "paper_low" not in alarms(hall)


def test_a_reprint_is_on_record_and_a_void_slip_is_not_printed_again(hall: Hall, paper: Paper) -> None:
    ticket = hall.issue(matter="BIZ-002")
    printed(hall, ticket["id"])
    printed(hall, ticket["id"])
    prints = hall.get(f"/api/tickets/{ticket['id']}/prints")["prints"]
    assert [(p["nth"], p["outcome"]) for p in prints] == [(1, "printed"), (2, "printed")]
    assert all(p["by"].startswith("guide:") for p in prints)
    assert hall.post(f"/api/tickets/{ticket['id']}/cancel", {}).status_code == 200
    assert hall.post(f"/api/tickets/{ticket['id']}/print", {}).status_code == 409
    assert len(paper.jobs) == 2
    commits = hall.fetch("/api/journal", **hall.server.bearer("supervisor")).text
    assert '"is":"ticket_cancelled"' in commits.splitlines()[-1], "a void is in the journal"


@pytest.mark.browser
def test_without_paper_the_number_is_written_by_hand_and_a_new_roll_ends_the_alarm(hall: Hall, paper: Paper) -> None:
    faults: list[str] = []
    with chromium() as browser:
        page = watched(signed_in(browser, hall, "guide", DESK), faults)
        page.goto(hall.page_url + "/guide")
        expect(page.locator("html")).to_have_attribute("data-connection", "live")
        chip = page.locator("[data-part=paper]")
        expect(chip).to_have_text("打印纸Paper")
        page.keyboard.press("F2")
        paper.status = b"\x7e"
        page.keyboard.type("q")
        page.keyboard.press("Enter")
        expect(page.locator(".banner--error")).to_contain_text("请手写 Q001")
        expect(page.locator(".guide__number")).to_have_text("Q001")
        expect(chip).to_have_text("缺纸Out of paper")
        assert alarms(hall)["paper_out"]["urgency"] == 1
        page.keyboard.type("v")
        page.keyboard.press("Enter")
        expect(page.locator(".guide__number")).to_have_text("V001")  # issuing goes on without paper
        paper.status = b"\x12"
        chip.click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("换了新卷")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        chip.click()
        page.locator("dialog[open] [name=metres]").fill("80")
        page.locator("dialog[open] button[value=yes]").click()
        expect(chip).to_contain_text("纸约剩 4")
        expect(page.locator("#q")).to_be_focused()
        assert "paper_out" not in alarms(hall)
        page.keyboard.press("F4")
        expect(page.locator(".banner--good")).to_contain_text("小票已打印")
        page.keyboard.type("v001")
        page.keyboard.press("Enter")
        expect(page.locator(".guide__panel .facts")).to_contain_text("打印2 次")
        page.context.close()
    assert faults == []
