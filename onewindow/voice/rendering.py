"""Rendering (合成): an announcement's sound by the best way that works, kept in the cache. Loop-only.

cached → recorded clips → the synthesised voice. What the server can't render is left to the player: the browser's own
voice, then the chime alone.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from onewindow.voice import audio
from onewindow.voice.cache import AudioCache
from onewindow.voice.engine import VoiceUnavailable
from onewindow.voice.studio import announcement_address, compose, sounds_of
from onewindow.voice.style import Style
from onewindow.voice.turns import Turns
from onewindow.voice.ways import Wanted, Way, Ways
from onewindow.voice.wording import Utterance

log = logging.getLogger(__name__)


Still = Callable[[], bool]
"""Whether somebody still wants to hear it."""


class Unwanted(Exception):
    """When its turn came, nobody wanted to hear it any more."""


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it (合成结果). `sha` None: nothing could be rendered."""

    sha: str | None
    seconds: float = 0.0
    clips: bool = False
    """Whether recorded clips are in it."""
    fresh: bool = False
    """Rendered just now: its engines work. A sound from the cache says nothing of them."""
    failed: tuple[str, ...] = ()
    """Why each way before the one taken failed."""
    dropped: bool = False
    """Nobody wanted it any more when its turn came: not rendered, and nothing has failed."""


class Rendering:
    """Renders announcements. What goes wrong is in the answer; it raises nothing."""

    def __init__(self, ways: Ways, cache: AudioCache) -> None:
        self.ways = ways
        self._cache = cache
        self._turns = {True: Turns(), False: Turns()}
        """With clips and without: a voice that hangs must not hold up what can be said with clips.

        An engine takes utterances one by one. Without turns, forty calls at one moment have the first sentence of all
        made before the second of any: the first is then heard when nearly all are done.
        """

        self._wanted: dict[str, list[Still]] = {}
        """By address: those who ask for it."""

    @property
    def waiting(self) -> int:
        """Announcements that wait for their turn."""
        return sum(turns.waiting for turns in self._turns.values())

    async def of(
        self,
        utterances: Sequence[Utterance],
        style: Style,
        wanted: Wanted = "auto",
        *,
        due: float = 0.0,
        still: Still = lambda: True,
    ) -> Rendered:
        """The sound of these utterances in this style. `due`: when it may be wanted, in seconds of one clock for all.

        Who is due first is served first; 0: somebody waits for it now. `still` is asked when the turn has come: what
        was replaced or is too late by then isn't made, so that what can be heard needn't wait for it.
        """
        failed: list[str] = []
        try:
            ways = await self.ways.of(utterances, wanted)
        except Exception as error:
            log.exception("the voices can't be chosen")
            return Rendered(sha=None, failed=(repr(error),))
        for way in ways:
            try:
                sha, path, fresh = await self._by(way, utterances, style, due, still)
                seconds = audio.wav_seconds(await asyncio.to_thread(path.read_bytes))
            except Unwanted:
                return Rendered(sha=None, dropped=True)
            except (VoiceUnavailable, OSError, ValueError) as error:
                failed.append(str(error))
            except Exception as error:
                # Even an engine with a mistake in it must not hold up what waits behind this.
                log.exception("rendering failed")
                failed.append(repr(error))
            else:
                clips = bool(way.clips)
                return Rendered(sha=sha, seconds=seconds, clips=clips, fresh=fresh, failed=tuple(failed))
            if way.clips and self.ways.clips is not None:
                await self.ways.clips.look(again=True)  # A file may have gone: then it is named as missing.
        return Rendered(sha=None, failed=tuple(failed))

    async def _by(
        self, way: Way, utterances: Sequence[Utterance], style: Style, due: float, still: Still
    ) -> tuple[str, Path, bool]:
        sha = announcement_address(way.names, utterances, style)
        fresh = False

        async def made() -> bytes:
            nonlocal fresh
            fresh = True
            async with self._turns[bool(way.clips)].turn(due):
                if not any(wanted() for wanted in self._wanted.get(sha, ())):
                    raise Unwanted
                sounds = await sounds_of(lambda place, one: self.ways.render(way, place, one), utterances)
            return await asyncio.to_thread(compose, sounds, utterances, style)

        self._wanted.setdefault(sha, []).append(still)
        try:
            try:
                return sha, await self._cache.get(sha, made), fresh
            except Unwanted:
                if not still():
                    raise
            # Dropped just before this one came, who wants it all the same.
            return sha, await self._cache.get(sha, made), fresh
        finally:
            self._wanted[sha].remove(still)
            if not self._wanted[sha]:
                del self._wanted[sha]
