"""The ways of saying an announcement (播报途径): recorded clips first, then the synthesised voice.

After them comes what the player can do by itself: the browser's own voice, and at last the chime alone. Languages are
looked at one by one: a pack of Mandarin alone has its English from the other engine. Within a language an
announcement has one voice: if a single clip is missing, all of its sentences in that language are synthesised.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from onewindow.voice.clips.engine import Clips
from onewindow.voice.engine import Engine, VoiceUnavailable
from onewindow.voice.wording import Utterance

Wanted = Literal["auto", "clips", "speech"]
"""Which engine an announcement is to have: the best there is, or one of them for a trial."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way: an engine's name for each utterance, and whether clips are in it."""

    names: tuple[str, ...]
    clips: frozenset[int]
    """Places of the utterances that are said with clips."""


class Ways:
    """The engines of a hall, best first. Loop-only."""

    def __init__(self, speech: Engine, clips: Clips | None = None) -> None:
        self._speech = speech
        self.clips = clips

    async def start(self) -> None:
        """Have what may speak at work before there is anything to say; one that fails is told when it is wanted."""
        clips = self.clips
        if clips is not None and (clips.speaks("zh") or clips.speaks("en")):
            with contextlib.suppress(VoiceUnavailable):
                await clips.worker.start()
        with contextlib.suppress(VoiceUnavailable):
            await self._speech.start()

    async def of(self, utterances: Sequence[Utterance], wanted: Wanted = "auto") -> tuple[Way, ...]:
        """The ways in the order in which they are to be tried; at least one."""
        found: list[Way] = []
        clips = self.clips
        if clips is not None and wanted != "speech":
            await clips.look()
            can = {
                language
                for language in {one.language for one in utterances}
                if (wanted == "clips" or clips.speaks(language))
                and all(clips.lacks(one) == () for one in utterances if one.language == language)
            }
            said = frozenset(place for place, one in enumerate(utterances) if one.language in can)
            if said:
                names = tuple(
                    clips.name(one) if place in said else self._speech.name for place, one in enumerate(utterances)
                )
                found.append(Way(names=names, clips=said))
        if wanted != "clips":
            found.append(Way(names=(self._speech.name,) * len(utterances), clips=frozenset()))
        return tuple(found)

    async def render(self, way: Way, place: int, utterance: Utterance) -> bytes:
        """One utterance by this way, or VoiceUnavailable."""
        if place in way.clips:
            assert self.clips is not None
            return await self.clips.render(utterance)
        return await self._speech.render(utterance)

    def lacking(self, utterances: Sequence[Utterance]) -> Iterator[str]:
        """The lines that the pack, if it is in use, lacks for these; each once."""
        if self.clips is None:
            return
        seen: set[str] = set()
        for one in utterances:
            lacks = self.clips.lacks(one) if self.clips.speaks(one.language) else ()
            for line in lacks or ():
                if line not in seen:
                    seen.add(line)
                    yield line

    async def aclose(self) -> None:
        """End both engines."""
        if self.clips is not None:
            await self.clips.aclose()
        await self._speech.aclose()
