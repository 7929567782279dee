"""A file that is replaced whole: the old one stays until the new one is there, and nobody else may read it."""

import threading
from pathlib import Path

import pytest

from onewindow.whole_file import put_whole


def test_it_is_replaced_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "kept.json"
    for data in (b"first", b"", b"second"):
        put_whole(path, data)
        assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o600
    put_whole(path, b"third", 0o644)
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_put_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken" / "by a folder").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"):
        put_whole(tmp_path / "taken", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_of_many_who_write_at_once_one_is_left_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    contents = [str(n).encode() * 50_000 for n in range(8)]
    writers = [threading.Thread(target=put_whole, args=(path, content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]
