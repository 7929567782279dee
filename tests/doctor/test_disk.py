"""The data's folder and disk: each check on a good one and on a bad one."""

from pathlib import Path

from onewindow.access.open_store import open_store
from onewindow.doctor import disk
from onewindow.doctor.finding import Level
from tests.doctor.worlds import disk_that_takes_nothing, without_rights


def test_a_writable_folder_is_well_and_stays_as_it_was(tmp_path: Path) -> None:
    assert disk.folder(tmp_path).level is Level.OK
    assert disk.sync(tmp_path).level is Level.OK
    assert disk.temporary().level is Level.OK
    assert disk.folder(tmp_path / "new" / "data").level is Level.OK
    assert disk.sync(tmp_path / "new" / "data").level is Level.OK
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_the_right_to_write_stops() -> None:
    with without_rights() as folder:
        found = [disk.folder(folder), disk.folder(folder / "new")]
    assert [one.level for one in found] == [Level.STOP] * 2
    assert str(folder) in found[1].todo_zh and str(folder) in found[1].todo_en


def test_a_folder_without_the_right_to_look_stops() -> None:
    with without_rights() as folder:
        assert disk.folder(folder / "hidden").level is Level.STOP
        assert disk.folder(folder / "hidden" / "data").level is Level.STOP
        assert disk.privacy(folder / "hidden").level is Level.OK


def test_a_file_in_place_of_the_folder_stops(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert disk.folder(tmp_path / "data").level is Level.STOP
    assert disk.folder(tmp_path / "data" / "more").level is Level.STOP


def test_a_disk_that_takes_nothing_stops(tmp_path: Path) -> None:
    with disk_that_takes_nothing():
        found = [disk.folder(tmp_path), disk.sync(tmp_path), disk.temporary()]
    assert [one.level for one in found] == [Level.STOP] * 3
    assert all(one.todo_zh and one.todo_en for one in found)


def test_free_space_is_told_and_judged(tmp_path: Path) -> None:
    plenty = disk.space(tmp_path, stop_below=0, warn_below=0)
    assert plenty.level is Level.OK and "iB" in plenty.zh
    assert disk.space(tmp_path, stop_below=0, warn_below=2**62).level is Level.WARN
    assert disk.space(tmp_path, stop_below=2**62).level is Level.STOP
    assert disk.space(tmp_path / "new", stop_below=0, warn_below=0).level is Level.OK


def test_a_slow_disk_is_told(tmp_path: Path) -> None:
    slow = disk.sync(tmp_path, slow_ms=0.0)
    assert slow.level is Level.WARN
    assert "p50" in slow.en and "ms" in slow.en and slow.todo_zh


async def test_what_is_private_is_judged(tmp_path: Path) -> None:
    assert disk.privacy(tmp_path).level is Level.OK
    async with open_store(tmp_path):
        pass
    assert disk.privacy(tmp_path).level is Level.OK
    (tmp_path / "store.sqlite").chmod(0o644)
    loose = disk.privacy(tmp_path)
    assert loose.level is Level.WARN
    assert f"chmod 600 {tmp_path / 'store.sqlite'}" in loose.todo_en


def test_what_another_user_owns_stops() -> None:
    with without_rights() as folder:
        found = disk.privacy(folder)
    assert found.level is Level.STOP and "store.sqlite" in found.en
