"""The list to call by: everybody who waits, once, in the rule's order; also when the server is gone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from onewindow.guide_desk.by_hand import HandList, by_hand, by_hand_text
from onewindow.queue import commands as cmd
from onewindow.queue.state import TicketState
from tests.callers.browsers import chromium
from tests.guide_desk.desk import DESK, Hall, open_hall, signed_in, watched
from tests.guide_desk.issued import AT, issue, obey, opened_day


def numbers(found: HandList, zone: int) -> list[str]:
    return [line.number for line in found.zones[zone].lines]


def test_everybody_who_waits_stands_on_one_line_in_the_rule_s_order() -> None:
    state = opened_day()
    for n in range(40):
        issue(state, cmd.Item(group="QRVWCG"[n % 6]), applicant="elderly" if n % 7 == 6 else "standard")
    found = by_hand(state, AT)
    listed = [line.number for zone in found.zones for line in zone.lines]
    waiting = [t.number for t in state.tickets.values() if t.state is TicketState.WAITING]
    assert sorted(listed) == sorted(waiting)
    assert len(listed) == len(set(listed)) == 40
    first = found.zones[3].lines[0]
    assert first.notes == ("优先",), "who counts as earlier stands above"
    assert found.last == ("C006", "G006", "Q007", "R007", "V007", "W007")


def test_windows_that_take_the_topmost_line_call_as_the_rule_does_within_a_group() -> None:
    state = opened_day()
    for n in range(12):
        issue(state, cmd.Item(group="Q"), applicant="elderly" if n in (5, 9) else "standard")
    by_list = numbers(by_hand(state, AT), 3)
    called = []
    for _ in range(12):
        obey(state, cmd.CallNext(window="32", finish=True))
        name = state.windows["32"].ticket
        assert name is not None
        called.append(state.tickets[name].number)
        obey(state, cmd.StartService(window="32"))
    assert called == by_list


def test_who_is_not_to_be_called_now_is_listed_apart_with_the_reason() -> None:
    state = opened_day()
    away = issue(state, cmd.Item(group="Q"))
    obey(state, cmd.StepAway(ticket=away.id))
    second = issue(state, cmd.Item(group="R"), cmd.Item(group="V"))
    first = next(t for t in state.tickets.values() if t.visit == second.visit)
    step = issue(state, cmd.Item(matter="BIZ-002"), cmd.Item(matter="BIZ-022", after=(0,)))
    assert first.line is not None
    window = min(first.line)
    obey(state, cmd.CallNext(window=window))
    found = by_hand(state, AT)
    why = {line.number: line.notes[0] for zone in found.zones for line in zone.resting}
    assert why[away.number].startswith("暂离，10:01")
    assert why[second.number] == f"本人正在 {window} 号窗口办 {first.number}"
    assert why[step.number].startswith("先办 G001")
    at_windows = {w.no: w.state for zone in found.zones for w in zone.windows}
    assert at_windows[window].endswith(first.number)


def test_marks_and_folders_are_told_and_no_class_and_no_matter() -> None:
    state = opened_day()
    obey(
        state,
        cmd.IssueTickets(
            items=(cmd.Item(matter="CNV-002"),), applicant="disabled", copies=5, marks=("deaf", "accompany")
        ),
    )
    text = by_hand_text(by_hand(state, AT))
    assert "[ ] Q001" in text and "优先；听障：到座位上招呼；陪同前往；3 件，另有 2 件排到队尾" in text
    assert "残疾" not in text.replace(state.hall.settings.slip_zh, "") and "身份证换领" not in text


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with open_hall(tmp_path) as found:
        yield found


def test_it_is_for_staff_and_can_be_had_without_the_server(hall: Hall) -> None:
    number = hall.issue(group="Q")["number"]
    page = hall.fetch("/by-hand", **hall.server.bearer("clerk", window="32"))
    assert page.status_code == 200 and number in page.text
    assert hall.fetch("/by-hand", **hall.server.bearer("kiosk")).status_code == 403
    assert hall.fetch("/by-hand").status_code in (303, 401)
    hall.server.kill()
    text = hall.server.run("by-hand", "--hall", str(hall.server.hall))
    assert re.search(rf"\[ \] {number}  \S+  窗口 32、33", text)


@pytest.mark.browser
def test_the_open_list_follows_and_stays_when_the_server_dies(hall: Hall, tmp_path: Path) -> None:
    faults: list[str] = []
    with chromium() as browser:
        context = signed_in(browser, hall, "guide", DESK)
        page = watched(context, faults)
        page.clock.install()
        page.goto(hall.page_url + "/by-hand")
        expect(page.locator(".hand__table")).to_have_count(0)
        number = hall.issue(group="Q")["number"]
        page.clock.run_for(21_000)
        expect(page.locator(".hand__number")).to_have_text(number)
        expect(page.locator("[data-part=stale]")).to_be_hidden()
        hall.server.kill()
        page.clock.run_for(21_000)
        expect(page.locator("[data-part=stale]")).to_contain_text("最后一次收到的清单")
        expect(page.locator(".hand__number")).to_have_text(number)
        page.pdf(path=tmp_path / "list.pdf", prefer_css_page_size=True)
        assert (tmp_path / "list.pdf").stat().st_size > 10_000
        context.close()
    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/guide", "/windows/32"])
def test_desks_and_consoles_keep_the_last_list_when_the_server_dies(hall: Hall, tmp_path: Path, address: str) -> None:
    faults: list[str] = []
    number = hall.issue(group="Q")["number"]
    with chromium() as browser:
        context = signed_in(browser, hall, "supervisor", DESK)
        context.add_init_script(
            "window.printing = ''; Object.defineProperty(window, 'print', { value: () => {"
            " window.printing = document.documentElement.dataset.printing; } });"
        )
        page = watched(context, faults)
        with page.expect_response("**/by-hand") as came:
            page.goto(hall.page_url + address)
        came.value.finished()
        hall.server.kill()
        expect(page.locator("html")).not_to_have_attribute("data-connection", "live", timeout=20_000)
        page.locator("a[href='/by-hand']").first.click()
        kept = page.locator(".hand-kept")
        expect(kept).to_contain_text("的清单，可以打印使用")
        expect(kept.locator(".hand__number")).to_have_text(number)
        shown = kept.locator("[data-cell=at]").inner_text()
        assert (
            re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", shown) and shown in kept.locator("[role=alert]").inner_text()
        )
        kept.get_by_role("button", name="打印").click()
        assert page.evaluate("window.printing") == "hand"
        page.evaluate("document.documentElement.dataset.printing = 'hand'")
        page.emulate_media(media="print")
        expect(page.locator("main")).to_be_hidden()
        expect(kept.locator(".hand__number")).to_be_visible()
        page.pdf(path=tmp_path / "list.pdf", prefer_css_page_size=True)
        assert (tmp_path / "list.pdf").stat().st_size > 10_000
        context.close()
    assert faults == []
