"""The drills' section: one row for each drill, from its own last run, and faults that are counted."""

from pathlib import Path

from bench.faults.drills import Told, cases, put

ORDER = [("SIGKILL", "SQLite"), ("SIGTERM", "SQLite"), ("disk full", "SQLite")]


def told(name: str, said: str, *, fault: bool = False) -> Told:
    return Told(name=name, store="SQLite", said=said, seconds=12.3, fault=fault)


def test_each_row_is_of_its_drills_last_run(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    put(page, [told("SIGTERM", "5 times")], ORDER)
    put(page, [told("SIGKILL", "FAULT: lost | doubled", fault=True)], ORDER)
    text = page.read_text(encoding="utf-8")
    assert text.index("| SIGKILL | SQLite | FAULT: lost / doubled | 12 s |") < text.index(
        "| SIGTERM | SQLite | 5 times |"
    )
    assert "Drills run: 2 of 3; **faults: 1**" in text
    put(page, [told("SIGKILL", "9 times")], ORDER)
    text = page.read_text(encoding="utf-8")
    assert text.count("| SIGKILL |") == 1 and "Drills run: 2 of 3; **faults: 0**" in text


def test_no_two_drills_share_a_row() -> None:
    names = [(name, store) for name, store, _ in cases(50, 25, 1)]
    assert len(names) == len(set(names))
