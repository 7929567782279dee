"""A file of lines: appended, begun anew, and none swallowed by one that was cut off."""

import resource
from pathlib import Path

import msgspec
import pytest

from onewindow.guide_desk.line_file import LineFile


class Line(msgspec.Struct):
    n: int


def opened(folder: Path, *, synced: bool = True, rotate_bytes: int = 1000) -> LineFile[Line]:
    return LineFile(folder, "lines", Line, synced=synced, rotate_bytes=rotate_bytes)


@pytest.mark.parametrize("synced", [True, False])
def test_lines_come_back_in_their_order_from_both_files(tmp_path: Path, synced: bool) -> None:
    lines = opened(tmp_path, synced=synced, rotate_bytes=20)
    for n in range(4):
        if lines.full:
            lines.begin_anew()
        lines.append(Line(n))
    assert [line.n for line in lines] == [line.n for line in opened(tmp_path)] == [0, 1, 2, 3]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lines.1.ndjson", "lines.ndjson"]


@pytest.mark.parametrize("left", [b'{"n":', b"", b"\xff\xfe"])
def test_what_a_power_cut_has_left_swallows_nothing(tmp_path: Path, left: bytes) -> None:
    opened(tmp_path).append(Line(1))
    with (tmp_path / "lines.ndjson").open("ab") as file:
        file.write(left)
    lines = opened(tmp_path)
    lines.append(Line(2))
    lines.append(Line(3))
    assert [line.n for line in lines] == [1, 2, 3]


def test_what_a_full_disk_has_cut_off_swallows_nothing(tmp_path: Path) -> None:
    lines = opened(tmp_path)
    lines.append(Line(1))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "lines.ndjson").stat().st_size + 3, before[1]))
    try:
        with pytest.raises(OSError, match="large"):
            lines.append(Line(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "lines.ndjson").read_bytes().endswith(b'{"n'), "the system has taken a part"
    lines.append(Line(3))
    assert [line.n for line in lines] == [1, 3]
