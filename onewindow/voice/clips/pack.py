"""The pack (录音包): a folder of WAV clips and `pack.json`, which says what each one says.

::

    {"format": 1, "voice": "李敏", "on": true,
     "clips": [{"language": "zh", "text": "号窗口", "file": "zh-2f….wav", "seconds": 0.61, "loudness_db": -20.1, …}]}

`language`, `text` and `file` are needed, the rest is filled in by the page that records. A file is WAV: mono, 16
bits, 22050 Hz. Each take has a file of its own and the manifest is replaced in one step, so that a reader never sees
half of it; what the manifest names no more goes an hour later.
"""

import contextlib
import hashlib
import re
import time
from pathlib import Path
from typing import Final

import msgspec

from onewindow.voice import audio
from onewindow.voice.clips.phrases import Tokens, tokens
from onewindow.voice.style import Language
from onewindow.whole_file import put_whole

MANIFEST: Final = "pack.json"
FORMAT: Final = 1
KEEP_SECONDS: Final = 3600.0
MOST_CLIPS: Final = 2000
READABLE: Final = 0o644
"""A pack may be looked at, and copied to another hall, by others than the server."""

_FILE: Final = re.compile(r"[\w.-]{1,120}\.wav", re.ASCII)


class PackError(Exception):
    """The folder holds no pack that can be used; the message says what is wrong with it."""


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded line."""

    language: Language
    text: str
    file: str
    seconds: float = 0.0
    raw_db: float | None = None
    loudness_db: float | None = None
    peak_db: float | None = None
    at: str = ""
    """When it was recorded, RFC 3339."""
    by: str = ""

    @property
    def tokens(self) -> Tokens:
        """What it is found by."""
        return tokens(self.text, self.language)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`pack.json`."""

    format: int = FORMAT
    voice: str = ""
    """Whose voice it is."""
    on: bool = False
    """Whether calls are said with it."""
    clips: tuple[Clip, ...] = ()
    changed_ms: int = 0
    """When it was changed by the page, ms since the epoch, always rising; 0: made by hand."""


_decoder: Final = msgspec.json.Decoder(Manifest)


def stamp(folder: Path) -> tuple[int, int, int] | None:
    """Changes whenever the manifest does; None when there is none."""
    try:
        status = (folder / MANIFEST).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def read_manifest(folder: Path) -> Manifest:
    """The manifest; an empty one when there is none. Raises PackError."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise PackError(f"{MANIFEST}: {error}") from error
    return parse_manifest(data)


def parse_manifest(data: bytes) -> Manifest:
    """A manifest's content. Raises PackError."""
    try:
        manifest = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PackError(f"{MANIFEST}: {error}") from error
    if manifest.format != FORMAT:
        raise PackError(f"{MANIFEST}: format {manifest.format} is not {FORMAT}, the one that this version reads")
    if len(manifest.clips) > MOST_CLIPS:
        raise PackError(f"{MANIFEST}: {len(manifest.clips)} clips are more than {MOST_CLIPS}")
    for clip in manifest.clips:
        if not _FILE.fullmatch(clip.file):
            raise PackError(f"{MANIFEST}: {clip.file!r} is no name of a WAV file in the pack's own folder")
    return manifest


def read_clip(folder: Path, clip: Clip) -> audio.Samples:
    """A clip's samples. Raises PackError, which names its file."""
    try:
        samples = audio.decode_wav((folder / clip.file).read_bytes())
    except (OSError, ValueError) as error:
        raise PackError(f"{clip.file}: {error}") from error
    if not samples:
        raise PackError(f"{clip.file}: it holds no sound")
    return samples


def write_clip(folder: Path, clip: Clip, wav: bytes) -> Manifest:
    """Put a clip in the place of the one of the same words; on disk when it returns. Raises OSError, PackError.

    `clip.file` is given by the pack: one name for each content.
    """
    digest = hashlib.sha256(wav).hexdigest()[:24]
    clip = msgspec.structs.replace(clip, file=f"{clip.language}-{digest}.wav")
    put_whole(folder / clip.file, wav, READABLE)
    manifest = read_manifest(folder)
    others = tuple(one for one in manifest.clips if (one.language, one.tokens) != (clip.language, clip.tokens))
    return write_manifest(folder, msgspec.structs.replace(manifest, clips=(*others, clip)))


def remove_clip(folder: Path, language: Language, words: Tokens) -> Manifest:
    """Take the clip of these words out. Raises OSError, PackError."""
    manifest = read_manifest(folder)
    rest = tuple(one for one in manifest.clips if (one.language, one.tokens) != (language, words))
    return write_manifest(folder, msgspec.structs.replace(manifest, clips=rest))


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Replace the manifest in one step, then drop the files that nothing has named for an hour. Raises OSError."""
    manifest = msgspec.structs.replace(manifest, changed_ms=max(time.time_ns() // 1_000_000, manifest.changed_ms + 1))
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    put_whole(folder / MANIFEST, data, READABLE)
    _sweep(folder, manifest)
    return manifest


def _sweep(folder: Path, manifest: Manifest) -> None:
    """A reader may still be at an old file, hence the hour. Only files that the pack itself has named are touched."""
    named = {clip.file for clip in manifest.clips}
    for path in folder.iterdir():
        ours = re.fullmatch(r"(zh|en)-[0-9a-f]{24}\.wav", path.name) or path.name.startswith(".new-")
        if ours and path.name not in named:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > KEEP_SECONDS:
                    path.unlink()
