"""The clips as an engine (录音引擎): what the pack can say, and the worker that says it. Loop-only."""

import asyncio
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from onewindow.voice.clips.pack import Clip, Manifest, PackError, read_clip, read_manifest, stamp
from onewindow.voice.clips.phrases import Tokens, needed, only_phrases
from onewindow.voice.clips.script import Line, line_id
from onewindow.voice.engine import WorkerEngine
from onewindow.voice.style import Language
from onewindow.voice.wording import Utterance

_FORM = "1"  # of the composition: other pauses or another level, another number


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The pack as it was last looked at (录音清单). Every clip in `sounds` was read and holds sound."""

    manifest: Manifest = Manifest()
    sounds: dict[Language, dict[Tokens, str]] = {}
    """language -> phrase -> SHA-256 of its samples."""
    broken: tuple[str, ...] = ()
    """What is wrong with the manifest or with single files."""


def index_of(folder: Path) -> Index:
    """Read the whole pack; takes a while: not on the loop."""
    try:
        manifest = read_manifest(folder)
    except PackError as error:
        return Index(broken=(str(error),))
    sounds: dict[Language, dict[Tokens, str]] = {}
    broken: list[str] = []
    for clip in manifest.clips:
        try:
            samples = read_clip(folder, clip)
        except PackError as error:
            broken.append(str(error))
        else:
            sounds.setdefault(clip.language, {})[clip.tokens] = hashlib.sha256(samples.tobytes()).hexdigest()
    return Index(manifest=manifest, sounds=sounds, broken=tuple(broken))


class Clips:
    """The pack of one hall as an engine. `lines`: the hall's script; `folder` need not exist."""

    def __init__(self, folder: Path, lines: Iterable[Line], *, timeout: float = 10.0) -> None:
        self.folder = folder
        self.lines = tuple(lines)
        self.worker = WorkerEngine(
            command=(sys.executable, "-m", "onewindow.voice.clips.worker", str(folder)), timeout=timeout
        )
        self._known: dict[Language, set[Tokens]] = {}
        for line in self.lines:
            self._known.setdefault(line.language, set()).add(line.tokens)
        self._index = Index()
        self._stamp: tuple[int, int, int] | None = None
        self._looking = asyncio.Lock()

    @property
    def index(self) -> Index:
        """The pack as it was last looked at."""
        return self._index

    async def look(self, *, again: bool = False) -> Index:
        """Look whether the manifest has changed, and read the pack anew if so, or `again` whatever it says."""
        async with self._looking:
            found = stamp(self.folder)
            if again or found != self._stamp:
                self._index = await asyncio.to_thread(index_of, self.folder)
                self._stamp = found
        return self._index

    def clip(self, line: Line) -> Clip | None:
        """The line's recording, if there is one that can be played."""
        if line.tokens not in self._index.sounds.get(line.language, {}):
            return None
        same = (c for c in self._index.manifest.clips if (c.language, c.tokens) == (line.language, line.tokens))
        return next(same, None)

    def missing(self) -> tuple[Line, ...]:
        """Lines of the languages that the pack has begun, and that aren't recorded or can't be read (缺录)."""
        begun = {clip.language for clip in self._index.manifest.clips}
        return tuple(line for line in self.lines if line.language in begun and self.clip(line) is None)

    def speaks(self, language: Language) -> bool:
        """Whether calls in this language are to be said with the pack."""
        return self._index.manifest.on and bool(self._index.sounds.get(language))

    def lacks(self, utterance: Utterance) -> tuple[str, ...] | None:
        """The lines that it would need and that the pack lacks: none when it can be said.

        None: a sentence of no call, such as a typed notice, for which no pack has words.
        """
        have = self._index.sounds.get(utterance.language, {})
        if needed(utterance.text, utterance.language, have.keys()) is not None:
            return ()
        wanted = needed(utterance.text, utterance.language, self._known.get(utterance.language, set()) | have.keys())
        if wanted is None:
            return None
        lacking = dict.fromkeys(phrase for phrase in only_phrases(wanted) if phrase not in have)
        return tuple(line_id(utterance.language, phrase) for phrase in lacking)

    def name(self, utterance: Utterance) -> str:
        """Part of the address of what is made of it: other recordings, another name."""
        have = self._index.sounds.get(utterance.language, {})
        parts = needed(utterance.text, utterance.language, have.keys()) or ()
        digest = hashlib.sha256("".join(have[phrase] for phrase in only_phrases(parts)).encode()).hexdigest()
        return f"clips {_FORM} {digest}"

    async def render(self, utterance: Utterance) -> bytes:
        """The utterance as WAV, or VoiceUnavailable."""
        return await self.worker.render(msgspec.structs.replace(utterance, voice=utterance.language))

    async def aclose(self) -> None:
        """End the worker."""
        await self.worker.aclose()
