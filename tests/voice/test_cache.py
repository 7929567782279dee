"""Rendered once, stored whole, found again, bounded."""

import asyncio
import os
from pathlib import Path

import pytest

from onewindow.voice.cache import AudioCache, address

SHA = address(["one"])


def riff(size: int = 12) -> bytes:
    """A file of so many bytes whose head says so."""
    return b"RIFF" + (size - 8).to_bytes(4, "little") + b"x" * (size - 8)


class Renders:
    """Counts renderings, and holds them until told."""

    def __init__(self, data: bytes | None = None) -> None:
        self.data = data or riff()
        self.count = 0
        self.begun = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self) -> bytes:
        self.count += 1
        self.begun.set()
        await self.go.wait()
        return self.data


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_addresses_keep_order_and_borders() -> None:
    addresses = {address(parts) for parts in ([], ["ab"], ["a", "b"], ["b", "a"], ["a", "", "b"], ["号"], ["", "ab"])}
    assert len(addresses) == 7
    assert all(len(one) == 64 for one in addresses)


async def test_many_askers_cause_one_rendering(tmp_path: Path) -> None:
    cache, renders = AudioCache(tmp_path / "voice"), Renders()
    asking = [asyncio.create_task(cache.get(SHA, renders)) for _ in range(10)]
    async with asyncio.timeout(10):
        await renders.begun.wait()
        renders.go.set()
        paths = await asyncio.gather(*asking)
    assert renders.count == 1
    assert set(paths) == {cache.path(SHA)}
    assert paths[0].read_bytes() == riff()
    await cache.get(SHA, renders)
    assert renders.count == 1


async def test_a_new_process_finds_what_the_old_one_rendered(tmp_path: Path) -> None:
    renders = Renders()
    renders.go.set()
    await AudioCache(tmp_path).get(SHA, renders)
    await AudioCache(tmp_path).get(SHA, renders)
    assert renders.count == 1


@pytest.mark.parametrize("left", [b"", riff(1000)[:500], bytes(1000)], ids=["nothing", "half", "zeros"])
async def test_what_a_power_cut_has_left_is_rendered_anew(tmp_path: Path, left: bytes) -> None:
    cache, renders = AudioCache(tmp_path), Renders(riff(1000))
    (tmp_path / f"{SHA}.wav").write_bytes(left)
    assert cache.path(SHA) is None
    renders.go.set()
    path = await cache.get(SHA, renders)
    assert path == cache.path(SHA)
    assert path.read_bytes() == riff(1000)


async def test_an_asker_that_leaves_does_not_stop_the_rendering(tmp_path: Path) -> None:
    cache, renders = AudioCache(tmp_path), Renders()
    impatient = asyncio.create_task(cache.get(SHA, renders))
    async with asyncio.timeout(10):
        await renders.begun.wait()
        patient = asyncio.create_task(cache.get(SHA, renders))
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        renders.go.set()
        assert (await patient).is_file()
    assert renders.count == 1


async def test_a_failure_reaches_all_askers_and_is_not_remembered(tmp_path: Path) -> None:
    cache = AudioCache(tmp_path)

    async def fails() -> bytes:
        raise RuntimeError("no voice")

    results = await asyncio.gather(*(cache.get(SHA, fails) for _ in range(3)), return_exceptions=True)
    assert [str(result) for result in results] == ["no voice"] * 3
    renders = Renders()
    renders.go.set()
    assert (await cache.get(SHA, renders)).is_file()


async def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, renders = AudioCache(tmp_path), Renders()
    renders.go.set()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            await cache.get(SHA, renders)
    assert files(tmp_path) == []
    assert cache.path(SHA) is None


async def test_the_least_recently_used_go_first_and_fresh_ones_stay(tmp_path: Path) -> None:
    now = 1_000_000.0
    cache = AudioCache(tmp_path, most_bytes=3000, keep_seconds=300.0, clock=lambda: now)
    names = [address([str(number)]) for number in range(6)]

    async def kilobyte() -> bytes:
        return riff(1000)

    for name in names[:3]:
        await cache.get(name, kilobyte)
        now += 400
    await cache.get(names[0], kilobyte)  # used again: now the freshest
    now += 400
    await cache.get(names[3], kilobyte)
    assert [cache.path(name) is not None for name in names[:4]] == [True, False, True, True]
    # Within keep_seconds nothing goes, even beyond the bound.
    half_written = tmp_path / ".new-crashed.tmp"
    half_written.write_bytes(b"x")
    os.utime(half_written, (now - 1000, now - 1000))
    os.utime(tmp_path / f"{names[0]}.wav", (now, now))
    os.utime(tmp_path / f"{names[2]}.wav", (now, now))
    await cache.get(names[4], kilobyte)
    await cache.get(names[5], kilobyte)
    assert sum(1 for name in names if cache.path(name)) == 5
    assert not half_written.exists()


@pytest.mark.parametrize("sha", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
async def test_what_is_no_address_finds_nothing(tmp_path: Path, sha: str) -> None:
    cache = AudioCache(tmp_path)
    (tmp_path / "passwd").write_text("x")
    assert cache.path(sha) is None
    with pytest.raises(ValueError, match="64 hexadecimal"):
        await cache.get(sha, Renders())


async def test_closing_stops_what_is_being_rendered(tmp_path: Path) -> None:
    cache, renders = AudioCache(tmp_path), Renders()
    asking = asyncio.create_task(cache.get(SHA, renders))
    async with asyncio.timeout(10):
        await renders.begun.wait()
        await cache.aclose()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert cache.path(SHA) is None


async def test_who_asks_in_the_very_turn_in_which_a_rendering_fails_gets_one_of_its_own(tmp_path: Path) -> None:
    """The old error would come at once, without the loop's turn in which it is forgotten: asked again for ever."""
    cache, renders = AudioCache(tmp_path), Renders()
    renders.go.set()
    failing = asyncio.Event()

    async def fails() -> bytes:
        failing.set()  # Who waits for it comes next, before anybody is told that this has ended.
        raise ZeroDivisionError

    async def comes_then() -> Path:
        await failing.wait()
        return await cache.get(SHA, renders)

    late = asyncio.create_task(comes_then())
    await asyncio.sleep(0)
    with pytest.raises(ZeroDivisionError):
        await cache.get(SHA, fails)
    assert (await late).is_file()
    assert await cache.get(SHA, renders) == await late and renders.count == 1
