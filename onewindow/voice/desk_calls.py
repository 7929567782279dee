"""The voice's page and calls (播报与录音): `/supervisor/voice`, `/api/supervisor/voice/…`."""

from typing import Any, Final, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import require, require_page
from onewindow.access.principal import Principal, Role
from onewindow.http.answer import json_answer
from onewindow.http.body import ClientGone, check_content_type, decode, read_body
from onewindow.http.problem import problem
from onewindow.runtime.hall import HallRuntime
from onewindow.views.clock import rfc3339
from onewindow.voice.desk import MOST_WAV, Answer, Ask, answered, asked
from onewindow.web.render import Pages

SERVICE: Final = "voice.desk"
WAV: Final = "audio/wav"


class PackBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether calls are said with the recordings, and whose voice it is."""

    on: bool
    voice: str = ""


class TrialBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to be heard; without a `speaker` the answer has the sound's address."""

    text: str
    language: Literal["zh", "en"] = "zh"
    engine: Literal["auto", "clips", "speech"] = "auto"
    speaker: str = ""


class VolumeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A loudspeaker's volume, per cent; null: as the hall's files say."""

    speaker: str
    volume: int | None

    def __post_init__(self) -> None:
        """Refuse what is no percentage (ValueError)."""
        if self.volume is not None and not 0 <= self.volume <= 100:
            raise ValueError(f"volume: 0 to 100 or null; found {self.volume}")


_pack: Final = msgspec.json.Decoder(PackBody)
_trial: Final = msgspec.json.Decoder(TrialBody)
_volume: Final = msgspec.json.Decoder(VolumeBody)


class VoiceDeskCalls:
    """The routes of one hall's recordings and trials."""

    def __init__(self, runtime: HallRuntime, pages: Pages) -> None:
        self._runtime = runtime
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        base = "/api/supervisor/voice"
        return [
            Route("/supervisor/voice", self.page, methods=["GET"], name="voice"),
            Route(base, self.view, methods=["GET"], name="voice_view"),
            Route(f"{base}/lines/{{line}}/clip.wav", self.clip, methods=["GET"], name="voice_clip"),
            Route(f"{base}/lines/{{line}}/clip", self.record, methods=["POST"], name="voice_record"),
            Route(f"{base}/lines/{{line}}/remove", self.remove, methods=["POST"], name="voice_remove"),
            Route(f"{base}/pack", self.pack, methods=["POST"], name="voice_pack"),
            Route(f"{base}/trial", self.trial, methods=["POST"], name="voice_trial"),
            Route(f"{base}/volume", self.volume, methods=["POST"], name="voice_volume"),
        ]

    async def page(self, request: Request) -> Response:
        """Recordings, trials, volumes."""
        require_page(request, Role.SUPERVISOR)
        return self._pages.render(request, "supervision/voice.html", page_zh="播报与录音", page_en="Voice")

    async def view(self, request: Request) -> Response:
        """GET /api/supervisor/voice: the lines to read and what is recorded of them, the loudspeakers."""
        require(request, Role.SUPERVISOR)
        return await self._told(Ask("view"))

    async def clip(self, request: Request) -> Response:
        """GET …/lines/{line}/clip.wav: a recording as it is used."""
        require(request, Role.SUPERVISOR)
        answer = await self._ask(Ask("clip", {"line": request.path_params["line"]}))
        return Response(answer.wav, media_type=WAV, headers={"Cache-Control": "no-store"})

    async def record(self, request: Request) -> Response:
        """POST …/lines/{line}/clip, a WAV: the line's new recording, trimmed, checked and levelled."""
        principal = require(request, Role.SUPERVISOR)
        check_content_type(request.scope, WAV)
        wav = await self._body(request, MOST_WAV)
        ask = self._by(principal, Ask("record", {"line": request.path_params["line"]}, wav))
        return await self._told(ask)

    async def remove(self, request: Request) -> Response:
        """POST …/lines/{line}/remove: take the recording out."""
        require(request, Role.SUPERVISOR)
        return await self._told(Ask("remove", {"line": request.path_params["line"]}))

    async def pack(self, request: Request) -> Response:
        """POST …/pack: use the recordings, or not."""
        require(request, Role.SUPERVISOR)
        return await self._told(Ask("pack", await self._json(request, _pack)))

    async def trial(self, request: Request) -> Response:
        """POST …/trial: hear a text, here or on a loudspeaker."""
        require(request, Role.SUPERVISOR)
        return await self._told(Ask("trial", await self._json(request, _trial)))

    async def volume(self, request: Request) -> Response:
        """POST …/volume: how loud a loudspeaker is, from now on."""
        require(request, Role.SUPERVISOR)
        return await self._told(Ask("volume", await self._json(request, _volume)))

    async def _told(self, ask: Ask) -> Response:
        return json_answer((await self._ask(ask)).reply)

    async def _ask(self, ask: Ask) -> Answer:
        return answered(await self._runtime.at_writer(SERVICE, asked(ask)))

    def _by(self, principal: Principal, ask: Ask) -> Ask:
        at = rfc3339(self._runtime.hall, self._runtime.clock.now_ms())
        return msgspec.structs.replace(ask, by=principal.name, at=at)

    async def _json(self, request: Request, decoder: msgspec.json.Decoder[Any]) -> dict[str, Any]:
        check_content_type(request.scope)
        found: dict[str, Any] = msgspec.to_builtins(decode(await self._body(request), decoder))
        return found

    async def _body(self, request: Request, most: int = 64 * 1024) -> bytes:
        try:
            return await read_body(request.scope, request.receive, most)
        except ClientGone as gone:
            raise problem("bad_json", found="no body came") from gone  # Nobody reads it.
