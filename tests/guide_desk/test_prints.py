"""What was printed, and the paper that is left: kept over restarts, counted from the slips' own lengths."""

from pathlib import Path

from onewindow.guide_desk.prints import ENOUGH, USUAL_MM, PrintLog, Roll


def print_slips(log: PrintLog, count: int, mm: int = 200, first: int = 1) -> None:
    for n in range(first, first + count):
        log.printed(1000 + n, "desk", f"20261124-Q{n:03}", "guide:li", "printed", mm=mm)


def test_nothing_is_known_before_a_roll_is_noted(tmp_path: Path) -> None:
    log = PrintLog(tmp_path)
    print_slips(log, 3)
    assert log.roll("desk").left is None
    assert log.roll("other") == Roll()


def test_slips_are_counted_by_their_own_length(tmp_path: Path) -> None:
    log = PrintLog(tmp_path)
    log.new_roll(1000, "desk", "guide:li", 50_000)
    assert log.roll("desk").left == 50_000 // USUAL_MM
    print_slips(log, ENOUGH, mm=250)
    assert log.roll("desk").left == (50_000 - ENOUGH * 250) // 250
    log.new_roll(2000, "desk", "guide:wang", 10_000)
    assert log.roll("desk").left == 10_000 // USUAL_MM
    assert log.roll("kiosk").left is None


def test_a_used_up_roll_has_nothing_left_and_no_less(tmp_path: Path) -> None:
    log = PrintLog(tmp_path)
    log.new_roll(1000, "desk", "guide:li", 1000)
    print_slips(log, 9)
    assert log.roll("desk").left == 0


def test_it_outlives_a_restart_and_a_line_cut_off_by_a_power_failure(tmp_path: Path) -> None:
    log = PrintLog(tmp_path)
    log.new_roll(1000, "desk", "guide:li", 20_000)
    print_slips(log, 6)
    log.printed(5000, "desk", "20261124-Q001", "guide:li", "failed", code="paper_out")
    with (tmp_path / "prints.ndjson").open("ab") as file:
        file.write(b'{"at":9,"prin')
    again = PrintLog(tmp_path)
    assert again.roll("desk") == log.roll("desk")
    assert (again.roll("desk").trouble, again.roll("desk").trouble_at) == ("paper_out", 5000)
    again.printed(6000, "desk", "20261124-Q001", "guide:wang", "printed", mm=200)


def test_a_line_after_a_cut_off_one_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "prints.ndjson").write_bytes(b'{"at":9,"prin')
    log = PrintLog(tmp_path)
    log.new_roll(1000, "desk", "guide:li", 20_000)
    assert PrintLog(tmp_path).roll("desk").length_mm == 20_000


def test_reprints_are_on_record_with_their_number_and_who_asked(tmp_path: Path) -> None:
    log = PrintLog(tmp_path)
    log.printed(1, "desk", "20261124-Q001", "guide:li", "printed", mm=170)
    log.printed(2, "desk", "20261124-Q002", "guide:li", "printed", mm=170)
    PrintLog(tmp_path).printed(3, "kiosk", "20261124-Q001", "supervisor:wang", "page", mm=170)
    found = PrintLog(tmp_path).of_ticket("20261124-Q001")
    assert [(line.nth, line.by, line.printer) for line in found] == [
        (1, "guide:li", "desk"),
        (2, "supervisor:wang", "kiosk"),
    ]


def test_trouble_ends_with_the_next_slip_or_a_new_roll(tmp_path: Path) -> None:
    log = PrintLog(tmp_path)
    log.printed(1, "desk", "t1", "guide:li", "failed", code="unreachable")
    log.printed(2, "desk", "t2", "guide:li", "failed", code="unreachable")
    assert (log.roll("desk").trouble, log.roll("desk").trouble_at) == ("unreachable", 1)
    log.printed(3, "desk", "t1", "guide:li", "printed", code="paper_low", mm=170)
    assert (log.roll("desk").trouble, log.roll("desk").says_low) == ("", True)
    log.new_roll(4, "desk", "guide:li", 50_000)
    assert not log.roll("desk").says_low


def test_a_large_file_is_begun_anew_and_the_paper_is_still_known(tmp_path: Path) -> None:
    log = PrintLog(tmp_path, rotate_bytes=2000)
    log.new_roll(1000, "desk", "guide:li", 50_000)
    for n in range(8):
        print_slips(log, 10, first=1 + 10 * n)
    left = 50_000 - 80 * 200
    roll = PrintLog(tmp_path).roll("desk")
    assert roll.length_mm - roll.used_mm == left
    assert (tmp_path / "prints.1.ndjson").exists()
    assert (tmp_path / "prints.ndjson").stat().st_size < 4000
