"""The voice's routes (语音接口): `/ws/speakers/{zone}`, the sounds, acknowledgements, the loudspeaker's page."""

import logging
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from onewindow.access.guard import principal_of, require, require_page
from onewindow.access.principal import Role
from onewindow.http.body import ClientGone, decode, read_body
from onewindow.http.limits import Limiter, Rate
from onewindow.http.problem import problem
from onewindow.voice.players import Ack
from onewindow.voice.switchboard import Switchboard
from onewindow.web.render import Pages
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)

FORBIDDEN: Final = 4403
UNKNOWN: Final = 4404
CHATTY: Final = 1008
SOUNDERS: Final = (Role.SPEAKER, Role.SCREEN, Role.SUPERVISOR)
"""Who may be a loudspeaker: the device itself, a TV with sound, a supervisor who tries it."""
MESSAGES: Final = Rate(burst=60, per_second=5)
MOST_ACK: Final = 4096

_DEVICE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_encoder = msgspec.json.Encoder()
_message = msgspec.json.Decoder(dict[str, Any])
_ack = msgspec.json.Decoder(Ack)


class SocketPlayer:
    """A connected page as the loudspeakers see it."""

    def __init__(self, socket: WebSocket, device: str) -> None:
        self._socket = socket
        self.device_id = device

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame."""
        await self._socket.send_text(_encoder.encode(frame).decode())


class VoiceRoutes:
    """The routes of one hall's loudspeakers."""

    def __init__(self, hall: Hall, pages: Pages, loudspeakers: Switchboard, speakers: Mapping[str, str]) -> None:
        """`speakers`: zone -> loudspeaker."""
        self._hall = hall
        self._pages = pages
        self._loudspeakers = loudspeakers
        self._speakers = speakers
        self._players: dict[str, tuple[str, SocketPlayer]] = {}
        """By device: the loudspeaker and the player that speak for it now."""

    def routes(self) -> list[BaseRoute]:
        """All of them."""
        return [
            WebSocketRoute("/ws/speakers/{zone}", self.socket),
            Route("/api/voice/{sha}.wav", self.sound),
            Route("/api/devices/{device}/ack", self.acknowledge, methods=["POST"]),
            Route("/speaker/{zone}", self.page),
        ]

    async def socket(self, socket: WebSocket) -> None:
        """A player's connection; its name, `?device=`, is the same after each reconnection."""
        await socket.accept()
        speaker = self._speakers.get(socket.path_params["zone"])
        principal = principal_of(socket)
        if speaker is None:
            await socket.close(UNKNOWN)
            return
        if principal is None or not principal.may_be(*SOUNDERS):
            await socket.close(FORBIDDEN)
            return
        named = socket.query_params.get("device", "")
        device = principal.device or (named if _DEVICE.fullmatch(named) else secrets.token_hex(8))
        player = SocketPlayer(socket, device)
        self._players[device] = speaker, player
        await self._loudspeakers.connect(speaker, player)
        try:
            code = await self._listen(socket, speaker, player)
        finally:
            await self._loudspeakers.disconnect(speaker, player)
            if self._players.get(device) == (speaker, player):
                del self._players[device]
        if code is not None:
            await socket.close(code)

    async def _listen(self, socket: WebSocket, speaker: str, player: SocketPlayer) -> int | None:
        limiter = Limiter(MESSAGES)
        while True:
            try:
                text = await socket.receive_text()
            except (WebSocketDisconnect, KeyError):  # gone, or bytes where text was due
                return None
            if limiter.take(""):
                return CHATTY
            try:
                await self._loudspeakers.receive(speaker, player, _message.decode(text))
            except (msgspec.DecodeError, RecursionError) as error:  # ValidationError is a DecodeError.
                log.debug("%s said what makes no sense: %s", player.device_id, error)

    async def sound(self, request: Request) -> Response:
        """GET /api/voice/{sha}.wav: a rendered announcement. Its address names its content, so it never changes."""
        path = await self._loudspeakers.wav(request.path_params["sha"])
        if path is None:
            raise problem("not_found")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return FileResponse(path, media_type="audio/wav", headers=headers)

    async def acknowledge(self, request: Request) -> Response:
        """POST /api/devices/{device}/ack: what a player did with an announcement, when its socket can't say it."""
        require(request, *SOUNDERS)
        found = self._players.get(request.path_params["device"])
        if found is None:
            raise problem("not_found")
        speaker, player = found
        try:
            ack = decode(await read_body(request.scope, request.receive, MOST_ACK), _ack)
        except ClientGone:
            return Response(status_code=400)  # Nobody reads it.
        await self._loudspeakers.receive(speaker, player, msgspec.to_builtins(ack))
        return Response(status_code=204)

    async def page(self, request: Request) -> Response:
        """The page that is a loudspeaker."""
        code = request.path_params["zone"]
        zone = self._hall.zones.get(code)
        if zone is None:
            raise problem("not_found")
        require_page(request, *SOUNDERS)
        return self._pages.render(
            request,
            "speaker.html",
            zone=zone,
            speaker=self._speakers[code],
            socket=f"/ws/speakers/{code}",
            page_zh=f"{zone.short_zh}扬声器",
            page_en="Loudspeaker",
        )
