"""The voice's desk (播报管理): recordings, trials and volumes, at the process that writes.

Whichever process the supervisor's page is connected to, the one that runs the loudspeakers does it: it keeps the
pack, renders and speaks. What it is asked may be asked twice; nothing of it minds.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from onewindow.http.problem import Problem, problem
from onewindow.voice import audio
from onewindow.voice.clips.engine import Clips
from onewindow.voice.clips.pack import (
    Clip,
    Manifest,
    PackError,
    read_manifest,
    remove_clip,
    write_clip,
    write_manifest,
)
from onewindow.voice.clips.script import KINDS, Line
from onewindow.voice.clips.take import BadTake, decibel, take_of
from onewindow.voice.rendering import Rendering
from onewindow.voice.speaker_test import SpeakerTests
from onewindow.voice.speakers import SOUND_URL, Loudspeakers
from onewindow.voice.style import Language, Style
from onewindow.voice.volumes import Volumes
from onewindow.voice.ways import Wanted
from onewindow.voice.wording import NOTICE_LIMIT, SpokenCall, announce

MOST_WAV: Final = 4 * 1024 * 1024
LONGEST_NAME: Final = 40


class Ask(msgspec.Struct, array_like=True):
    """One thing to be done."""

    what: Literal["view", "record", "remove", "clip", "pack", "trial", "volume"]
    args: dict[str, Any] = {}
    wav: bytes = b""
    by: str = ""
    at: str = ""


class Answer(msgspec.Struct, array_like=True):
    """What came of it: the reply, a recording, or the problem's code and fields."""

    reply: dict[str, Any] = {}
    wav: bytes = b""
    problem: str = ""
    fields: dict[str, Any] = {}


_encode = msgspec.msgpack.Encoder().encode
_ask = msgspec.msgpack.Decoder(Ask)
_answer = msgspec.msgpack.Decoder(Answer)


def asked(ask: Ask) -> bytes:
    """For the way to the process that writes."""
    return _encode(ask)


def answered(data: bytes) -> Answer:
    """From there. Raises Problem."""
    answer = _answer.decode(data)
    if answer.problem:
        raise problem(answer.problem, **answer.fields)
    return answer


class VoiceDesk:
    """Does it. Loop-only; one change of the pack at a time."""

    def __init__(
        self,
        clips: Clips,
        loudspeakers: Loudspeakers,
        *,
        tests: SpeakerTests,
        volumes: Volumes,
        style: Style,
        names: Mapping[str, tuple[str, tuple[str, ...]]],
        changed: Callable[[], None],
    ) -> None:
        """`names`: loudspeaker -> its Chinese name and its zones; `changed` hears that the pack has changed."""
        self._changed = changed
        self._clips = clips
        self._loudspeakers = loudspeakers
        self._tests = tests
        self._volumes = volumes
        self._style = style
        self._names = names
        self._lines = {line.id: line for line in clips.lines}
        self._changing = asyncio.Lock()

    async def serve(self, data: bytes) -> bytes:
        """One `Ask`, encoded; its `Answer`, encoded. What refuses it is in the answer."""
        ask = _ask.decode(data)
        try:
            return _encode(await self._do(ask))
        except Problem as refused:
            return _encode(Answer(problem=refused.code, fields=dict(refused.extra)))

    async def _do(self, ask: Ask) -> Answer:
        does: dict[str, Callable[[Ask], Any]] = {
            "record": self._record,
            "remove": self._remove,
            "pack": self._pack,
            "volume": self._volume,
        }
        if ask.what == "clip":
            return Answer(wav=await self._clip(ask))
        if ask.what == "trial":
            return Answer(reply=await self._trial(ask))
        if ask.what in does:
            await does[ask.what](ask)
        return Answer(reply=await self._view())

    # --- the pack ----------------------------------------------------------------------------------------------

    async def _record(self, ask: Ask) -> None:
        line = self._line(ask)
        try:
            take = await asyncio.to_thread(take_of, ask.wav, len(line.tokens))
        except BadTake as bad:
            raise problem(f"voice_take_{bad.fault}", found=bad.found) from None
        except ValueError as error:
            raise problem("voice_not_wav", found=str(error)) from None
        clip = Clip(
            language=line.language,
            text=line.text,
            file="",
            seconds=take.seconds,
            raw_db=take.raw_db,
            loudness_db=take.loudness_db,
            peak_db=take.peak_db,
            at=ask.at,
            by=ask.by,
        )
        await self._change(lambda folder: write_clip(folder, clip, take.wav))

    async def _remove(self, ask: Ask) -> None:
        line = self._line(ask)
        await self._change(lambda folder: remove_clip(folder, line.language, line.tokens))

    async def _pack(self, ask: Ask) -> None:
        on, voice = bool(ask.args["on"]), str(ask.args.get("voice") or "")[:LONGEST_NAME]

        def changed(folder: Path) -> Manifest:
            manifest = read_manifest(folder)  # One that can't be read is never replaced: its recordings would go.
            named = voice or manifest.voice
            return write_manifest(folder, msgspec.structs.replace(manifest, on=on, voice=named))

        await self._change(changed)

    async def _change(self, change: Callable[[Path], Manifest]) -> None:
        async with self._changing:
            await self._clips.look()
            try:
                await asyncio.to_thread(change, self._clips.folder)
            except (OSError, PackError) as error:
                raise problem("voice_pack_unusable", found=str(error)) from None
            await self._clips.look(again=True)
        self._changed()

    async def _clip(self, ask: Ask) -> bytes:
        clip = self._clips.clip(self._line(ask))
        if clip is None:
            raise problem("not_found")
        return await asyncio.to_thread((self._clips.folder / clip.file).read_bytes)

    def _line(self, ask: Ask) -> Line:
        line = self._lines.get(str(ask.args["line"]))
        if line is None:
            raise problem("not_found")
        return line

    # --- loudspeakers ------------------------------------------------------------------------------------------

    async def _volume(self, ask: Ask) -> None:
        speaker = str(ask.args["speaker"])
        if speaker not in self._names:
            raise problem("not_found")
        await self._volumes.set(speaker, ask.args["volume"])

    async def _trial(self, ask: Ask) -> dict[str, Any]:
        """Say a text on a loudspeaker, or render it for the page that asks."""
        text, language, wanted = str(ask.args["text"]).strip(), ask.args["language"], ask.args["engine"]
        speaker = ask.args.get("speaker")
        if not text or len(text) > NOTICE_LIMIT:
            raise problem("voice_text", most=NOTICE_LIMIT)
        if speaker:
            return await self._aloud(str(speaker), text, language, wanted)
        style = msgspec.structs.replace(self._style, languages=(language,), repeats=1)
        call = SpokenCall(kind="notice", notice_zh=text, notice_en=text)
        try:
            utterances = announce(call, style)
        except ValueError:
            raise problem("voice_text", most=NOTICE_LIMIT) from None
        await self._clips.look()
        lacks = self._clips.lacks(utterances[0])
        rendering: Rendering = self._loudspeakers.rendering
        made = await rendering.of(utterances, style, wanted)
        if made.sha is None:
            if wanted == "clips":
                raise problem("voice_no_clips", found="、".join(lacks or (text,)))
            raise problem("voice_cannot_speak", found="; ".join(made.failed))
        path = self._loudspeakers.wav(made.sha)
        assert path is not None
        loudness, peak = await asyncio.to_thread(_measured, path)
        return {
            "url": SOUND_URL.format(sha=made.sha),
            "seconds": round(made.seconds, 2),
            "loudness_db": loudness,
            "peak_db": peak,
            "engine": "clips" if made.clips else "speech",
            "lacking": list(lacks or ()),
            "failed": list(made.failed),
        }

    async def _aloud(self, speaker: str, text: str, language: Language, wanted: Wanted) -> dict[str, Any]:
        words = {"zh": text} if language == "zh" else {"zh": "", "en": text}
        try:
            name = f"trial-{secrets.token_hex(6)}"
            outcome = await self._tests.say(speaker, name=name, engine=wanted, **words)
        except LookupError:
            raise problem("voice_no_player") from None
        except ValueError:
            raise problem("voice_no_language", language=language) from None
        return {"result": outcome.result, "reason": outcome.reason}

    async def _view(self) -> dict[str, Any]:
        index = await self._clips.look()
        lines = [self._line_view(line) for line in self._clips.lines]
        return {
            "pack": {
                "on": index.manifest.on,
                "voice": index.manifest.voice,
                "broken": list(index.broken),
                "missing": [line.text for line in self._clips.missing()],
            },
            "kinds": list(KINDS),
            "lines": lines,
            "speakers": [
                {
                    "device": name,
                    "zh": zh,
                    "zones": list(zones),
                    "volume": self._loudspeakers.volume(name)[0],
                    "usual": self._loudspeakers.volume(name)[1],
                    "players": self._loudspeakers.players(name),
                }
                for name, (zh, zones) in self._names.items()
            ],
        }

    def _line_view(self, line: Line) -> dict[str, Any]:
        clip = self._clips.clip(line)
        return {
            "id": line.id,
            "language": line.language,
            "kind": line.kind,
            "text": line.text,
            "before": line.before,
            "after": line.after,
            "clip": None if clip is None else msgspec.to_builtins(clip),
        }


def _measured(path: Path) -> tuple[float, float]:
    """Gated loudness and peak of a sound, dBFS."""
    samples = audio.decode_wav(path.read_bytes())
    return round(audio.loudness(samples), 1), round(decibel(audio.peak(samples)), 1)
