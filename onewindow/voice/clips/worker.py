"""The clips' worker (拼接子进程): puts utterances together from a pack, in a process of its own.

Run as ``python -m onewindow.voice.clips.worker FOLDER``. The protocol is that of `onewindow.voice.worker`, and so is
its parent. It looks at the manifest before each utterance, so that a line that was just recorded is heard in the next
call, and levels every clip that isn't at the hall's loudness, so that a pack made elsewhere is as loud as our own.
"""

import sys
from functools import partial
from pathlib import Path
from typing import BinaryIO

from onewindow.voice import audio
from onewindow.voice.clips.composer import NoClips, compose
from onewindow.voice.clips.pack import Clip, PackError, read_clip, read_manifest, stamp
from onewindow.voice.clips.phrases import Tokens
from onewindow.voice.clips.take import equalised
from onewindow.voice.style import Language
from onewindow.voice.worker import Request, answer, at_work


class Shelf:
    """The clips at hand (录音架): read when first needed, read anew when the manifest names another file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[int, int, int] | None = None
        self._clips: dict[Language, dict[Tokens, Clip]] = {}
        self._samples: dict[tuple[str, float], tuple[int, audio.Samples]] = {}
        """By file and level; with the time of the file, which a pack made by hand may replace."""

    def say(self, request: Request) -> bytes:
        """The request as WAV. Raises NoClips, PackError."""
        language: Language = "zh" if request.voice == "zh" else "en"
        self._look()
        have = self._clips.get(language, {})

        def clip(phrase: Tokens) -> audio.Samples:
            return self._sound(have[phrase], request.level_db)

        return audio.encode_wav(compose(request.text, language, request.rate, have.keys(), clip))

    def _look(self) -> None:
        found = stamp(self._folder)
        if found is None:
            raise PackError("There is no pack")
        if found != self._stamp:
            clips: dict[Language, dict[Tokens, Clip]] = {}
            for clip in read_manifest(self._folder).clips:
                clips.setdefault(clip.language, {})[clip.tokens] = clip
            self._clips, self._stamp = clips, found
            named = {clip.file for some in clips.values() for clip in some.values()}
            self._samples = {key: kept for key, kept in self._samples.items() if key[0] in named}

    def _sound(self, clip: Clip, level_db: float) -> audio.Samples:
        key = clip.file, level_db
        try:
            changed = (self._folder / clip.file).stat().st_mtime_ns
        except OSError as error:
            raise PackError(f"{clip.file}: {error.strerror}") from error
        kept = self._samples.get(key)
        if kept is None or kept[0] != changed:
            kept = changed, equalised(read_clip(self._folder, clip), level_db)
            self._samples[key] = kept
        return kept[1]


def serve(folder: Path, requests: BinaryIO, replies: BinaryIO) -> int:
    """Answer requests until end of file."""
    answer(requests, replies, Shelf(folder).say, faults=(NoClips, PackError))
    return 0


def main() -> int:
    """Serve on the standard streams."""
    return at_work(partial(serve, Path(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
