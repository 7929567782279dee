"""Every kind of fault in a hall's files is named with file, line, field and value, alone and all together."""

from pathlib import Path

import pytest

from onewindow.zones.faults import Fault, HallFileError
from onewindow.zones.load import load_hall
from tests.zones.broken_hall import ANQIU, SMALL, Break, Report, copy_hall
from tests.zones.settings_breaks import LONE_SETTINGS_BREAKS, SETTINGS_BREAKS
from tests.zones.table_breaks import LONE_TABLE_BREAKS, TABLE_BREAKS

TOGETHER = {**TABLE_BREAKS, **SETTINGS_BREAKS}
ALONE = {**TOGETHER, **LONE_TABLE_BREAKS, **LONE_SETTINGS_BREAKS}


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(HallFileError) as caught:
        load_hall(folder)
    return caught.value.faults


def reports(faults: tuple[Fault, ...]) -> set[Report]:
    return {
        Report(fault.file, fault.line, fault.field, "<sentence>" if fault.field == "slip.zh" else fault.found)
        for fault in faults
    }


@pytest.mark.parametrize("damage", ALONE.values(), ids=ALONE)
def test_a_fault_is_named_and_nothing_else(damage: Break, tmp_path: Path) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    expected = damage(folder)
    assert reports(faults_of(folder)) == expected


def test_all_faults_are_named_in_one_report(tmp_path: Path) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    expected: set[Report] = set()
    for damage in TOGETHER.values():
        expected |= damage(folder)
    faults = faults_of(folder)
    assert reports(faults) == expected
    assert len(faults) >= len(TOGETHER)
    assert list(faults) == sorted(faults)


@pytest.mark.parametrize("file", [path.name for path in sorted(ANQIU.glob("*.*")) if path.suffix != ".md"])
def test_a_missing_file(file: str, tmp_path: Path) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    (folder / file).unlink()
    if file == "aliases.csv":
        assert load_hall(folder).aliases == ()
    elif file == "chains.csv":
        named = {fault.field for fault in faults_of(folder)}
        assert named == {"chains"}, "matters.csv still names the chains"
    else:
        assert Report(file, 0, "", "") in reports(faults_of(folder))
        assert {fault.file for fault in faults_of(folder)} == {file}


def test_every_missing_file_at_once(tmp_path: Path) -> None:
    needed = {"hall.toml", "profile.json", "zones.csv", "departments.csv", "matters.csv", "groups.csv"}
    assert {fault.file for fault in faults_of(tmp_path)} == needed | {"windows.csv", "devices.csv"}


def test_no_such_folder(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "nowhere")
    assert fault.file.endswith("nowhere")
    assert fault.line == 0


@pytest.mark.parametrize("file", [path.name for path in sorted(SMALL.glob("*.csv"))])
def test_a_missing_column_is_named_for_every_table(file: str, tmp_path: Path) -> None:
    folder = copy_hall(SMALL, tmp_path)
    path = folder / file
    header, _, rest = path.read_text(encoding="utf-8").partition("\n")
    last = header.split(",")[-1]
    path.write_text(header.removesuffix(last) + "zzz\n" + rest, encoding="utf-8")
    assert {Report(file, 1, last, ""), Report(file, 1, "zzz", "zzz")} == reports(faults_of(folder))


def test_a_byte_order_mark_and_crlf_change_nothing_but_the_digest(tmp_path: Path) -> None:
    folder = copy_hall(SMALL, tmp_path)
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    windows, plain = load_hall(folder), load_hall(SMALL)
    assert windows.digest != plain.digest
    assert (windows.settings, windows.matters, windows.windows) == (plain.settings, plain.matters, plain.windows)


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    folder = copy_hall(SMALL, tmp_path)
    path = folder / "matters.csv"
    lines = path.read_bytes().split(b"\n")
    lines[3] = lines[3].decode().encode("gb18030")
    path.write_bytes(b"\n".join(lines))
    assert {(f.file, f.line) for f in faults_of(folder)} == {("matters.csv", 4)}


def test_a_fault_reads_well_in_both_languages(tmp_path: Path) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    TABLE_BREAKS["matter kind"](folder)
    (fault,) = faults_of(folder)
    assert fault.english() == "matters.csv:2: kind: found 'x', expected comprehensive or specialist"
    assert fault.chinese() == "matters.csv:2: kind: 现为“x”，应为comprehensive 或 specialist"


@pytest.mark.parametrize("damage", [TOGETHER["unknown key"], LONE_TABLE_BREAKS["column misspelt"]])
def test_a_misspelt_name_gets_the_likely_one(damage: Break, tmp_path: Path) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    damage(folder)
    assert any(
        "did you mean it?" in fault.expected and "是不是想写它" in fault.expected_zh for fault in faults_of(folder)
    )


def test_every_fault_says_what_was_expected_in_both_languages(tmp_path: Path) -> None:
    folder = copy_hall(ANQIU, tmp_path)
    for damage in TOGETHER.values():
        damage(folder)
    for fault in faults_of(folder):
        assert fault.expected, fault
        assert fault.expected_zh, fault
        assert any(character >= "\u4e00" for character in fault.expected_zh) or fault.expected == fault.expected_zh
