"""The loudspeakers (扬声器): the thin shell around the sequencers, the engine, the cache and the players.

It owns no rule: what is said next is the sequencer's, the words are the wording's. It renders ahead while
items wait, sends what is due, hands acknowledgements on, and tells outcomes and faults to its owner. Of
several server processes only the one that writes the hall runs it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from onewindow.voice.announcement import Announcement, Fault, SpeakerState, Spoken
from onewindow.voice.cache import AudioCache
from onewindow.voice.clips.engine import Clips
from onewindow.voice.engine import Engine
from onewindow.voice.items import QUIET, Item, Outcome, Sending
from onewindow.voice.players import (
    BEAT_SECONDS,
    EXPIRED,
    OWN_VOICE,
    SERVER_BEAT_SECONDS,
    Ack,
    Ask,
    Connection,
    Player,
    read_frame,
)
from onewindow.voice.rendering import Rendered, Rendering
from onewindow.voice.sequencer import Sequencer
from onewindow.voice.studio import CHIME_ADDRESS, chime_wav
from onewindow.voice.style import Level, Style, Templates, shorten
from onewindow.voice.ways import Wanted, Ways
from onewindow.voice.wording import Utterance, announce, captions, estimate_seconds

log = logging.getLogger(__name__)


SOUND_URL: Final = "/api/voice/{sha}.wav"


class Loudspeakers:
    """All loudspeakers of a hall (扬声器组). Loop-only.

    `speakers`: name -> style and volume; `quiet`: how loud it may be now at most, None outside quiet hours; `url`:
    the route under which `wav` is served; `clock`: seconds that never run backwards; `on_outcome(speaker, outcome)`
    hears each item's end exactly once, `on_fault(fault)` each fault's begin and end. Both are called on the loop and
    must not block; what they raise is logged.
    Use `run` as a task (or call `tick` once a second), and `aclose` at the end.
    """

    def __init__(
        self,
        speakers: Mapping[str, Level | Style],
        *,
        engine: Engine,
        clips: Clips | None = None,
        cache: AudioCache,
        on_outcome: Callable[[str, Outcome], None],
        on_fault: Callable[[Fault], None],
        templates: Templates | None = None,
        quiet: Callable[[], int | None] = lambda: None,
        url: str = SOUND_URL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speakers = {
            name: SpeakerState(name, level if isinstance(level, Level) else Level(style=level))
            for name, level in speakers.items()
        }
        self._quiet = quiet
        self.ways = Ways(engine, clips)
        self.rendering = Rendering(self.ways, cache)
        self._cache = cache
        self._on_outcome = on_outcome
        self._on_fault = on_fault
        self._templates = templates or Templates()
        self._url = url
        self._clock = clock
        self._rendering: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._beat_at = clock() + SERVER_BEAT_SECONDS

    async def announce(self, speaker: str, announcement: Announcement) -> None:
        """Queue an announcement; it is rendered while it waits. Returns at once, before it is said.

        The longer the loudspeaker's backlog, the shorter its form. Raises KeyError for an unknown
        loudspeaker, ValueError when there are no words in its languages.
        """
        of = self._speakers[speaker]
        now = self._clock()
        backlog = of.sequencer.backlog_seconds(now)
        style = shorten(of.style, backlog)
        utterances = announce(announcement.call, style, self._templates)
        called_at = now if announcement.called_at is None else announcement.called_at
        item = Item(
            id=announcement.id,
            ticket=announcement.ticket,
            expires_at=called_at + announcement.expires_seconds,
        )
        if self._quiet() == 0 and not announcement.trial:
            self._tell(of, of.sequencer.refuse(item, now, QUIET))
        elif not of.sequencer.knows(item.id):
            read = captions(utterances)
            of.spoken[item.id] = Spoken(
                url=None, text_zh=read.get("zh", ""), text_en=read.get("en", ""), trial=announcement.trial
            )
            self._tell(of, of.sequencer.offer(item, now, estimate_seconds(utterances, style)))
            if item.id in of.spoken:
                work = self._render(of, item.id, utterances, style, announcement.engine, due=now + backlog)
                self._background(work, f"voice {item.id}")
        self._pump(of)

    async def cancel(self, speaker: str, ticket: str) -> None:
        """The ticket needs no more calling there (it was served, or its call undone)."""
        of = self._speakers[speaker]
        self._tell(of, of.sequencer.cancel(ticket, self._clock()))
        self._pump(of)

    async def withdraw(self, speaker: str) -> None:
        """Nobody is to be called there now: nothing that waits is said any more."""
        of = self._speakers[speaker]
        self._tell(of, of.sequencer.withdraw(self._clock()))
        self._pump(of)

    async def connect(self, speaker: str, player: Player) -> None:
        """A player has connected; it gets its snapshot. An older connection of the device is dropped.

        The engines are started meanwhile: a hall without a player needs none, and the first call waits for none.
        """
        of = self._speakers[speaker]
        if self._cache.path(CHIME_ADDRESS) is None:
            # Before the snapshot that names it: a player fetches it at once, and only once.
            await self._chime()
        older = of.connections.pop(player.device_id, None)
        if older:
            self._close(older)
        connection = Connection(player, lambda lost: self._lost(of, lost))
        of.connections[connection.device] = connection
        of.was_there = True
        now = self._clock()
        self._tell(of, of.sequencer.join(connection.device, now))
        again = of.sequencer.again(connection.device, now)
        connection.snapshot(
            speaker=speaker,
            lease=of.sequencer.holder == connection.device,
            chime=self._url.format(sha=CHIME_ADDRESS),
            volume=of.volume,
            play=self._frame(of, again) if again else None,
        )
        self._background(self.ways.start(), "voice start")
        self._pump(of)

    def set_volume(self, speaker: str, volume: int | None) -> int:
        """Make it so loud from now on, per cent; None: as the hall's files have it. Returns what it is.

        What sounds at the moment follows at once. Raises KeyError for an unknown loudspeaker.
        """
        of = self._speakers[speaker]
        of.volume = of.usual if volume is None else max(0, min(100, volume))
        for connection in list(of.connections.values()):
            connection.volume(of.volume)
        return of.volume

    def volume(self, speaker: str) -> tuple[int, int]:
        """How loud it is set, and how loud the hall's files have it, per cent."""
        of = self._speakers[speaker]
        return of.volume, of.usual

    async def disconnect(self, speaker: str, player: Player) -> None:
        """The player's connection has ended."""
        of = self._speakers[speaker]
        connection = of.connections.get(player.device_id)
        if connection and connection.player is player:
            self._lost(of, connection)

    async def receive(self, speaker: str, player: Player, frame: Mapping[str, Any]) -> None:
        """A frame from a player. Raises msgspec.ValidationError on one that makes no sense."""
        of = self._speakers[speaker]
        message = read_frame(frame)
        connection = of.connections.get(player.device_id)
        if connection is None or connection.player is not player:
            return
        now, device, sequencer = self._clock(), connection.device, of.sequencer
        if isinstance(message, Ask):
            may, outcomes = sequencer.may_begin(message.ask, device, now)
            connection.begin(message, may)
            self._tell(of, outcomes)
        elif not isinstance(message, Ack):
            self._tell(of, sequencer.beat(device, now, message.muted))
        elif message.what == "started":
            self._tell(of, sequencer.started(message.ack, device, now))
        elif message.what == "ended":
            self._judge_player(of, message.ack, message.reason == OWN_VOICE, message.reason)
            self._tell(of, sequencer.ended(message.ack, device, now))
        elif message.what == "muted":
            self._tell(of, sequencer.muted(message.ack, device, now))
        else:
            self._judge_player(of, message.ack, message.reason != EXPIRED, message.reason[:200])
            self._tell(of, sequencer.failed(message.ack, device, now, message.reason[:200]))
        self._pump(of)

    async def tick(self) -> None:
        """Let time pass on every loudspeaker; once a second is enough."""
        now = self._clock()
        beat = now >= self._beat_at
        if beat:
            self._beat_at = now + SERVER_BEAT_SECONDS
        for of in self._speakers.values():
            self._tell(of, of.sequencer.tick(now))
            self._pump(of)
            if beat:
                for connection in list(of.connections.values()):
                    connection.beat()

    async def run(self) -> None:
        """Tick once a second until cancelled."""
        while True:
            await self.tick()
            await asyncio.sleep(1.0)

    def forget(self) -> None:
        """Say nothing of what was to be said: another process does. No outcome is told."""
        for of in self._speakers.values():
            of.sequencer = Sequencer()
            of.spoken.clear()
            of.silent_since = None

    def wav(self, sha: str) -> Path | None:
        """The file behind an announcement's URL, or None (404). It never changes, so it may be cached."""
        return self._cache.path(sha)

    def players(self, speaker: str) -> int:
        """How many players are connected to a loudspeaker (播放端数); 0 for one that nobody knows."""
        of = self._speakers.get(speaker)
        return len(of.connections) if of is not None else 0

    def backlog_seconds(self, speaker: str) -> float:
        """How much a loudspeaker has still to say (积压)."""
        return self._speakers[speaker].sequencer.backlog_seconds(self._clock())

    @property
    def pending(self) -> bool:
        """Whether anything is still to be said, or its player has not said that it ended."""
        return any(of.sequencer.pending for of in self._speakers.values())

    def was_there(self, speaker: str) -> bool:
        """Whether a player has connected since the program began."""
        return self._speakers[speaker].was_there

    async def settled(self) -> None:
        """Wait until nothing is being rendered."""
        while self._rendering:
            await asyncio.wait(self._rendering)

    async def aclose(self) -> None:
        """Stop rendering and sending, and end the engine."""
        for task in self._rendering:
            task.cancel()
        await asyncio.gather(*self._rendering, return_exceptions=True)
        for of in self._speakers.values():
            for connection in of.connections.values():
                self._close(connection)
            of.connections.clear()
        await asyncio.gather(*self._closing)
        await self._cache.aclose()
        await self.ways.aclose()

    # -- inside -----------------------------------------------------------------------------------------

    async def _render(
        self,
        of: SpeakerState,
        item_id: str,
        utterances: tuple[Utterance, ...],
        style: Style,
        wanted: Wanted,
        *,
        due: float,
    ) -> None:
        """Render one item and mark it ready; without an engine it is ready too, for the browser's voice."""
        made = await self.rendering.of(utterances, style, wanted, due=due, still=lambda: item_id in of.spoken)
        if made.dropped:
            return
        self._judge(of, made)
        duration = made.seconds if made.sha is not None else estimate_seconds(utterances, style)
        if item_id in of.spoken:
            of.spoken[item_id].url = None if made.sha is None else self._url.format(sha=made.sha)
            of.sequencer.ready(item_id, duration)
            self._pump(of)

    def _judge(self, of: SpeakerState, made: Rendered) -> None:
        """What the rendering says of the engines; a sound from the cache says nothing of the one that made it."""
        why = "; ".join(made.failed)
        if made.sha is None:
            self._fault(of, "engine", True, why)
        elif made.fresh:
            self._fault(of, "engine", False)
        if made.sha is not None and made.failed:
            self._fault(of, "fallback", True, why)
        elif made.fresh and made.clips:
            self._fault(of, "fallback", False)

    def _judge_player(self, of: SpeakerState, item_id: str, bad: bool, reason: str) -> None:
        """A player that was sent a sound and spoke by itself, or only rang, can't get or play the sounds."""
        spoken = of.spoken.get(item_id)
        if spoken is not None and spoken.url is not None:
            self._fault(of, "player", bad, reason)

    async def _chime(self) -> None:
        """Have the chime's file ready for players without anything else to play."""

        async def render() -> bytes:
            return await asyncio.to_thread(chime_wav)

        try:
            await self._cache.get(CHIME_ADDRESS, render)
        except OSError as error:
            log.warning("the chime cannot be stored: %s", error)

    def _pump(self, of: SpeakerState) -> None:
        """Send what is due, and tell the players and the owner what has changed."""
        now = self._clock()
        self._tell(of, of.sequencer.tick(now))
        holder = of.sequencer.holder
        for connection in list(of.connections.values()):
            connection.lease(connection.device == holder)
        sending = of.sequencer.next(now)
        if sending:
            of.connections[sending.device].play(self._frame(of, sending))
        self._watch_silence(of, now)

    def _watch_silence(self, of: SpeakerState, now: float) -> None:
        """Report 无声: a blocked player at once, a missing one when items have waited a while for it."""
        if of.sequencer.audible:
            of.silent_since = None
            self._fault(of, "silent", False)
        elif of.sequencer.blocked:
            self._fault(of, "silent", True, "the player's sound is blocked")
        elif of.sequencer.backlog_seconds(now) > 0:
            of.silent_since = now if of.silent_since is None else of.silent_since
            if now - of.silent_since >= BEAT_SECONDS:
                self._fault(of, "silent", True, "no player is connected")
        else:
            of.silent_since = None

    def _background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._rendering.add(task)
        task.add_done_callback(self._rendering.discard)

    def _frame(self, of: SpeakerState, sending: Sending) -> dict[str, Any]:
        spoken = of.spoken[sending.item.id]
        return {
            "id": sending.item.id,
            "url": spoken.url,
            "duration": round(sending.duration, 2),
            "expires": round(sending.expires_in, 2),
            "text_zh": spoken.text_zh,
            "text_en": spoken.text_en,
            "volume": of.volume,
            "ask": True,
            "most": 100 if spoken.trial or (quiet := self._quiet()) is None else quiet,
        }

    def _lost(self, of: SpeakerState, connection: Connection) -> None:
        if of.connections.get(connection.device) is connection:
            del of.connections[connection.device]
            self._close(connection)
            self._tell(of, of.sequencer.leave(connection.device, self._clock()))
            self._pump(of)

    def _close(self, connection: Connection) -> None:
        task = asyncio.create_task(connection.aclose(), name=f"voice close {connection.device}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _tell(self, of: SpeakerState, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            of.spoken.pop(outcome.id, None)
            try:
                self._on_outcome(of.name, outcome)
            except Exception:
                # A listener's mistake must not stop the loudspeaker.
                log.exception("a listener failed on %s", outcome)

    def _fault(self, of: SpeakerState, code: str, on: bool, detail: str = "") -> None:
        """Report a fault's begin or end, each once."""
        if on == (code in of.faults):
            return
        if on:
            of.faults.add(code)
        else:
            of.faults.discard(code)
        try:
            self._on_fault(Fault(speaker=of.name, code=code, on=on, detail=detail))
        except Exception:
            log.exception("a listener failed on fault %s of %s", code, of.name)
