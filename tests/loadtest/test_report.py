"""The report says what went wrong, in both languages, and nothing better than it was."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from loadtest.charts import draw
from loadtest.checker import Fault
from loadtest.evidence import Crowd, Evidence, Figure, Shown, Timed
from loadtest.plan import Plan
from loadtest.report import Report, write_report
from loadtest.run import Options, Verdict
from loadtest.section import section, table
from tests.loadtest.test_crowd import plan_for
from tests.server import ANQIU

AT = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)


def verdict(*faults: Fault, there: float = 0.0, locust: float = 1.0) -> Verdict:
    found = Evidence(
        figures=[Figure(name="issue", count=3, failed=len(faults), p50=1, p95=2, p99=3, most=4)],
        seconds=10.0,
        begun=100.0,
        requests=[Timed("issue", 101.0, 1.0), Timed("call", 106.0, 2.0)],
        clicks={"d-1": 106.0},
        refused={"cancel: wrong_state": 2},
        cpu=locust,
        server_cpu={"server": 3.0, "its workers": 1.0},
        crowd=Crowd(shown=[Shown("d-1", 106.5)], all_there=there, most=7, sockets=[(101.0, 3), (102.0, 7)]),
    )
    plan: Plan = msgspec.structs.replace(plan_for(1), hall=str(ANQIU), phones=2000, start=9 * 3600)
    return Verdict(plan=plan, evidence=found, faults=list(faults), commits=5)


def written(folder: Path, of: Verdict) -> tuple[Report, str]:
    options = Options(
        hall=ANQIU,
        out=folder,
        compress=10,
        minutes=1,
        start=None,
        seed=1,
        phones=2000,
        screens=60,
        guides=4,
        kiosks=2,
    )
    made = write_report(options, of, command="python -m loadtest", busy=0.5, at=AT)
    return made, (folder / "report.html").read_text(encoding="utf-8")


def unwrapped(text: str) -> str:
    """In one line: where it breaks depends on what the machine is called."""
    return " ".join(text.split())


def test_a_run_without_errors(tmp_path: Path) -> None:
    made, page = written(tmp_path, verdict(there=105.0))
    assert "✓" in page and "零错误" in page and "No errors" in page and "一直没有全部连上" not in page
    assert page.count("<svg") == 2 and "09:00" in page and "cancel: wrong_state" in page
    assert made == msgspec.json.decode((tmp_path / "figures.json").read_bytes(), type=Report)
    assert [one.name for one in made.peak] == ["call", "click → screen"]
    assert [one.name for one in made.opening] == ["issue"] and made.peak[1].p50 == pytest.approx(500.0)
    text = section(made)
    said = unwrapped(text)
    assert "Errors: **0**." in said and "| click → screen | 1 | 500.0 |" in text and "5 s after the door" in said
    assert "(09:00 on), 10 times as fast" in said and max(map(len, text.splitlines()[:14])) <= 118
    assert "核对通过" in table(made)


def test_a_run_with_errors(tmp_path: Path) -> None:
    faults = [Fault("socket", "hall: <gone>"), Fault("socket", "zones/x: gone"), Fault("gap", "A002")]
    made, page = written(tmp_path, verdict(*faults))
    assert "✓" not in page and "✗" in page and "3 errors" in page and "hall: &lt;gone&gt;" in page
    assert "一直没有全部连上" in page and made.by_code == {"socket": 2, "gap": 1}
    said = unwrapped(section(made))
    assert "Errors: **3** (socket 2, gap 1)." in said and "never at one time" in said
    assert "核对通过" not in table(made) and "gap: A002" in table(made)


def test_a_load_that_was_at_its_end_says_so(tmp_path: Path) -> None:
    made, page = written(tmp_path, verdict(there=105.0, locust=9.5))
    assert made.full == ["Locust"] and "used up a core (Locust)" in page
    assert "the times are the load's own" in unwrapped(section(made))


def test_plots_of_a_run_in_which_nothing_happened(tmp_path: Path) -> None:
    paths = draw(Evidence(seconds=1.0), tmp_path)
    assert [path.name for path in paths] == ["times.svg", "run.svg"]
    assert all(path.read_text(encoding="utf-8").startswith("<svg") for path in paths)
