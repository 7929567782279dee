"""Printing, slips and help over HTTP, on the real server with a printer that listens on TCP."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.guide_desk.desk import Hall, open_hall, printing_files
from tests.guide_desk.paper import Paper, printed_on

PHONES = "http://10.20.30.40:8000"


@pytest.fixture(scope="module")
def paper() -> Iterator[Paper]:
    with closing(Paper()) as found:
        yield found


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, paper: Paper) -> Iterator[Hall]:
    """The sample hall, its desk's printer on the network."""
    folder = tmp_path_factory.mktemp("printing")
    files = printing_files(folder / "anqiu", paper.address)
    with open_hall(folder / "data", files, ("--public-url", PHONES)) as found:
        yield found


def test_a_slip_goes_to_the_desk_s_printer_and_a_repeated_asking_prints_once(hall: Hall, paper: Paper) -> None:
    ticket = hall.issue(matter="BIZ-002")
    before = len(paper.jobs)
    first = hall.post(f"/api/tickets/{ticket['id']}/print", {}, key="print-1")
    assert first.json() == {"by": "printer", "outcome": "printed", "page": "", "code": "", "zh": "", "en": ""}
    assert hall.post(f"/api/tickets/{ticket['id']}/print", {}, key="print-1").json() == first.json()
    assert hall.post(f"/api/tickets/{ticket['id']}/print", {}, key="print-2").json() == first.json()
    assert len(paper.jobs) == before + 2
    other = hall.issue(matter="BIZ-001")
    jobs = len(paper.jobs)
    assert hall.post(f"/api/tickets/{other['id']}/print", {}, key="print-1").json() == first.json()
    assert len(paper.jobs) == jobs + 1, "another slip is another job, whatever its key"
    picture, cuts = printed_on(paper.jobs[-1])
    assert (picture.width, cuts) == (576, 1)


def test_a_kiosk_without_a_printer_of_the_server_prints_its_page(hall: Hall) -> None:
    ticket = hall.issue("kiosk", matter="BIZ-002")
    job = hall.post(f"/api/tickets/{ticket['id']}/print", {}, "kiosk").json()
    assert (job["by"], job["page"]) == ("page", f"/slips/{ticket['id']}")


def test_a_slip_is_for_staff_its_holder_and_the_kiosks_own(hall: Hall) -> None:
    ticket = hall.issue(matter="BIZ-002")
    other = hall.issue("kiosk", matter="BIZ-002")
    holder = {"Authorization": f"Bearer {ticket['track'].removeprefix('/t/')}"}
    for path in (
        f"/slips/{ticket['id']}",
        f"/api/tickets/{ticket['id']}/slip.txt",
        f"/api/tickets/{ticket['id']}/slip.png",
    ):
        assert hall.fetch(path).status_code == 401
        assert hall.fetch(path, **holder).status_code == 200
        assert hall.fetch(path, **hall.server.bearer("guide")).status_code == 200
        assert hall.fetch(path, **hall.server.bearer("screen")).status_code == 403
    kiosk = hall.server.bearer("kiosk")
    assert hall.fetch(f"/slips/{ticket['id']}", **kiosk).status_code == 403
    assert hall.fetch(f"/slips/{other['id']}", **kiosk).status_code == 200
    assert hall.fetch(f"/slips/{other['id']}", **holder).status_code == 403
    assert hall.fetch("/slips/20200101-X999", **kiosk).status_code == 404


def test_the_slip_s_page_may_stand_in_our_own_frames_only(hall: Hall) -> None:
    ticket = hall.issue(matter="BIZ-002")
    page = hall.fetch(f"/slips/{ticket['id']}", **hall.server.bearer("guide"))
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "<svg" in page.text
    assert ticket["number"] in page.text


def test_the_code_is_drawn_for_whoever_may_see_the_slip(hall: Hall) -> None:
    ticket = hall.issue(matter="BIZ-002")
    path = f"/api/tickets/{ticket['id']}/code.svg"
    found = hall.fetch(path, **hall.server.bearer("guide"))
    assert found.headers["Content-Type"].startswith("image/svg+xml")
    assert found.text.startswith("<svg")
    assert hall.fetch(path).status_code == 401


def test_a_preview_is_what_the_issue_then_says(hall: Hall) -> None:
    seen = hall.get("/api/desk/preview?matter=CNV-034&applicant=standard&purpose=handle")
    ticket = hall.issue(matter="CNV-034")
    for name in ("windows", "open", "ahead", "wait", "papers", "promised_days", "on_the_spot"):
        assert seen[name] == ticket[name], name


def test_a_preview_counts_the_class_s_credit(hall: Hall) -> None:
    for _ in range(4):
        hall.issue(matter="CNV-084")
    usual = hall.get("/api/desk/preview?matter=CNV-084&applicant=standard")
    elderly = hall.get("/api/desk/preview?matter=CNV-084&applicant=elderly")
    assert usual["ahead"] >= 4
    assert elderly["ahead"] == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [("matter=X", "unknown_matter"), ("group=1", "unknown_group"), ("", "nothing_asked"), ("zone=x", "unknown_zone")],
)
def test_a_preview_of_nothing_is_refused(hall: Hall, query: str, code: str) -> None:
    answer = hall.fetch(f"/api/desk/preview?{query}", **hall.server.bearer("guide"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_desk_remembers_its_last_five_slips(hall: Hall) -> None:
    numbers = [hall.issue(matter="CNV-010")["number"] for _ in range(6)]
    assert [one["number"] for one in hall.get("/api/desk")["recent"]] == numbers[:0:-1]


def test_help_is_called_by_a_kiosk_and_ended_by_a_guide(hall: Hall) -> None:
    called = hall.post("/api/desk/help", {"on": True}, "kiosk").json()["help"]
    again = hall.post("/api/desk/help", {"on": True}, "kiosk").json()["help"]
    assert again == called
    assert [one["kiosk"] for one in hall.get("/api/desk")["help"]] == [called["kiosk"]]
    assert hall.post("/api/desk/help", {"on": True}, "guide").status_code == 403
    assert hall.post(f"/api/desk/help/{called['kiosk']}/done", {}, "kiosk").status_code == 403
    assert hall.post(f"/api/desk/help/{called['kiosk']}/done", {}).json() == {"ended": True}
    assert hall.post(f"/api/desk/help/{called['kiosk']}/done", {}).json() == {"ended": False}
    assert hall.get("/api/desk")["help"] == []


def test_a_printer_that_fails_is_told_and_the_ticket_stands(tmp_path: Path) -> None:
    with (
        closing(Paper(b"\x7e")) as empty,
        open_hall(tmp_path / "data", printing_files(tmp_path / "anqiu", empty.address)) as hall,
    ):
        ticket = hall.issue(matter="BIZ-002")
        job = hall.post(f"/api/tickets/{ticket['id']}/print", {}).json()
        assert (job["outcome"], job["code"]) == ("failed", "paper_out")
        assert "手写" in job["zh"]
        assert hall.ticket(ticket["number"])["state"] == "waiting"
        svg = hall.fetch(f"/api/tickets/{ticket['id']}/code.svg", **hall.server.bearer("guide"))
        assert svg.status_code == 404
