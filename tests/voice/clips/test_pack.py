"""The folder of clips: its manifest, its files, and what a torn or doctored one does."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from onewindow.voice import audio
from onewindow.voice.clips.engine import Clips, index_of
from onewindow.voice.clips.pack import (
    MANIFEST,
    Clip,
    Manifest,
    PackError,
    read_manifest,
    remove_clip,
    stamp,
    write_clip,
    write_manifest,
)
from tests.server import ROOT
from tests.voice.clips.sample_pack import lines

WAV = audio.encode_wav(audio.chime("short"))
OTHER = audio.encode_wav(audio.chime("full"))


def clip(text: str = "请到", file: str = "") -> Clip:
    return Clip(language="zh", text=text, file=file)


def test_a_new_take_replaces_the_old_one_and_its_file_stays_for_who_reads_it(tmp_path: Path) -> None:
    first = write_clip(tmp_path, clip(), WAV).clips[0].file
    before = stamp(tmp_path)
    manifest = write_clip(tmp_path, clip(), OTHER)
    assert [one.text for one in manifest.clips] == ["请到"]
    assert manifest.clips[0].file != first
    assert stamp(tmp_path) != before
    assert {path.name for path in tmp_path.glob("*.wav")} == {first, manifest.clips[0].file}
    for path in tmp_path.glob("*.wav"):
        os.utime(path, (1, 1))
    write_clip(tmp_path, clip("号"), WAV)
    assert {path.name for path in tmp_path.glob("*.wav")} == {one.file for one in read_manifest(tmp_path).clips}


def test_what_somebody_else_put_into_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "原始.wav").write_bytes(WAV)
    os.utime(tmp_path / "原始.wav", (1, 1))
    write_clip(tmp_path, clip(), WAV)
    assert (tmp_path / "原始.wav").exists()


def test_a_line_is_taken_out(tmp_path: Path) -> None:
    write_clip(tmp_path, clip(), WAV)
    assert remove_clip(tmp_path, "zh", tuple("请到")).clips == ()


def test_no_pack_is_an_empty_pack(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "none") == Manifest()
    assert stamp(tmp_path / "none") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"clips": 3}',
        '{"format": 2}',
        '{"clips": [{"language": "zh", "text": "请", "file": "../secret.wav"}]}',
        '{"clips": [{"language": "fr", "text": "a", "file": "a.wav"}]}',
    ],
)
def test_a_manifest_that_makes_no_sense_names_itself(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=MANIFEST):
        read_manifest(tmp_path)
    assert len(index_of(tmp_path).broken) == 1


async def test_missing_and_broken_files_are_named_all_at_once(tmp_path: Path) -> None:
    found = lines()
    clips = [
        Clip(language="zh", text=line.text, file=f"{place}.wav") for place, line in enumerate(found) if place % 2
    ]
    for one in clips[1:]:
        (tmp_path / one.file).write_bytes(WAV)
    (tmp_path / clips[1].file).write_bytes(WAV[:300])
    write_manifest(tmp_path, Manifest(on=True, clips=tuple(clips)))
    engine = Clips(tmp_path, found)
    index = await engine.look()
    assert [said.partition(":")[0] for said in index.broken] == [clips[0].file, clips[1].file]
    missing = {line.text for line in engine.missing()}
    assert missing == {line.text for place, line in enumerate(found) if not place % 2} | {c.text for c in clips[:2]}
    assert engine.clip(found[1]) is None and engine.clip(found[5]) is not None
    await engine.aclose()


WRITER = """
import sys
from pathlib import Path
from onewindow.voice import audio
from onewindow.voice.clips.pack import Clip, write_clip
sounds = [audio.encode_wav(audio.chime("short")), audio.encode_wav(audio.chime("full"))]
print("ready", flush=True)
for turn in range(100000):
    clip = Clip(language="zh", text="请到一二三四五六七八九"[turn % 9 :], file="")
    write_clip(Path(sys.argv[1]), clip, sounds[turn % 2])
"""


def test_a_writer_that_is_killed_leaves_a_whole_pack(tmp_path: Path) -> None:
    for turn in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            before = stamp(tmp_path)
            while stamp(tmp_path) == before:
                assert writer.poll() is None
            writer.kill()
        index = index_of(tmp_path)
        assert index.broken == ()
        assert index.manifest.clips, turn


def test_the_manifest_is_readable_by_people(tmp_path: Path) -> None:
    write_clip(tmp_path, clip(), WAV)
    text = (tmp_path / MANIFEST).read_text(encoding="utf-8")
    assert '"text": "请到"' in text and text.count("\n") > 3
    assert msgspec.json.decode(text, type=Manifest).clips[0].file.startswith("zh-")
