"""The sockets (连接): `/ws/hall`, `/ws/zones/{zone}`, `/ws/windows/{no}`, `/ws/tickets/{token}`, `/ws/supervisor`.

Small ASGI applications: one coroutine a connection, which only reads. Close codes: 4403 not allowed, 4404 no such
channel, 4429 too many connections, 1008 too many messages, 1013 the hall's state can't be shown at the moment.
A client that comes back names the `epoch` and the `v` that it shows, and gets what it missed, if that is still known.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from onewindow.access.guard import principal_of
from onewindow.access.principal import Role
from onewindow.displays import channels
from onewindow.displays.channels import Channel
from onewindow.displays.clients import Client
from onewindow.displays.hub import Hub
from onewindow.displays.outlets import AsgiOutlet, Outlet, outlet_of
from onewindow.http.limits import Limiter, Rate
from onewindow.runtime.answers import JournalUnavailable

FORBIDDEN: Final = 4403
UNKNOWN: Final = 4404
TOO_MANY: Final = 4429
CHATTY: Final = 1008
LATER: Final = 1013

MESSAGES: Final = Rate(burst=20, per_second=2)
"""What a client may send: it beats every 5 s."""

_beat = msgspec.json.Decoder(dict[str, Any])

ChannelOf = Callable[[Scope], Channel | int]
"""The channel that a connection asks for, or the close code with which it is turned away."""


class Crowd:
    """How many follow one ticket, and what is public from one address; a hall's Wi-Fi is one, so it has room."""

    def __init__(self, per_address: int = 2500, per_ticket: int = 8) -> None:
        self._per_address = per_address
        self._per_ticket = per_ticket
        self._counts: Counter[object] = Counter()

    def enter(self, client: Client) -> bool:
        """Count the client in; False: there are too many already."""
        limits = self._limits(client)
        if any(self._counts[key] >= most for key, most in limits):
            return False
        self._counts.update(key for key, _ in limits)
        return True

    def leave(self, client: Client) -> None:
        """Count it out."""
        for key, _ in self._limits(client):
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]

    def _limits(self, client: Client) -> list[tuple[object, int]]:
        if client.channel.kind is channels.Kind.TICKET:
            return [(client.channel, self._per_ticket)]  # Its token is its own; thousands share a hall's Wi-Fi.
        if client.verified or client.channel.private:
            return []
        return [(client.address, self._per_address)]


class ChannelSocket:
    """The ASGI application of one kind of channel."""

    def __init__(self, hub: Hub, crowd: Crowd, channel_of: ChannelOf) -> None:
        self._hub = hub
        self._crowd = crowd
        self._channel_of = channel_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept, show the snapshot, and listen until the client goes."""
        await receive()
        await send({"type": "websocket.accept"})
        channel = self._channel_of(scope)
        if isinstance(channel, int):
            await _close(send, channel)
            return
        outlet = outlet_of(scope, send)
        client = self._client(scope, channel, outlet)
        if not self._crowd.enter(client):
            await _close(send, TOO_MANY)
            return
        try:
            code = await self._follow(client, receive)
        finally:
            self._hub.leave(client)
            self._crowd.leave(client)
            if isinstance(outlet, AsgiOutlet):
                outlet.abort()
        if code is not None and outlet.open:
            await _close(send, code)

    def _client(self, scope: Scope, channel: Channel, outlet: Outlet) -> Client:
        principal = principal_of(scope)
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        named = asked.get("device", [""])[0]
        verified = principal is not None and principal.role is Role.SCREEN
        device = (principal.device if verified and principal is not None else None) or named
        own = verified and device in self._hub.health.paired
        if device not in self._hub.hall.devices and not own:
            device, verified = "", False
        address = scope["client"][0] if scope.get("client") else ""
        shows = _version(asked.get("v", [""])[0]) if asked.get("epoch") == [self._hub.epoch] else None
        client = Client(channel, outlet, address=address, device=device, verified=verified, shows=shows)
        client.inside = principal is not None and (principal.role is not Role.SCREEN or bool(principal.screen))
        return client

    async def _follow(self, client: Client, receive: Receive) -> int | None:
        """Serve the client to its end; a close code when it is we who end it."""
        try:
            if not await self._hub.follow(client):
                return UNKNOWN
        except JournalUnavailable:
            return LATER
        listening = asyncio.ensure_future(self._listen(client, receive))
        if not isinstance(client.outlet, AsgiOutlet):
            return await listening
        # Plain ASGI has no abort: when the hub gives this client up, we stop reading, and the server hangs up.
        ended = asyncio.ensure_future(client.outlet.ended())
        await asyncio.wait((listening, ended), return_when=asyncio.FIRST_COMPLETED)
        for task in (listening, ended):
            task.cancel()
        return listening.result() if listening.done() and not listening.cancelled() else None

    async def _listen(self, client: Client, receive: Receive) -> int | None:
        """Read the client's beats; anything else is ignored, too much of it ends the connection."""
        limiter = Limiter(MESSAGES)
        while (message := await receive())["type"] != "websocket.disconnect":
            if limiter.take(""):
                return CHATTY
            said = _decoded(message.get("text"))
            if "beat" in said:
                v = said["beat"]
                self._hub.heard(client, v if isinstance(v, int) and not isinstance(v, bool) else None)
            elif "tested" in said:
                self._hub.tests.answered(client, said)
        return None


def _decoded(text: str | None) -> dict[str, Any]:
    try:
        return _beat.decode(text) if text else {}
    except (msgspec.DecodeError, RecursionError):
        return {}


def _version(text: str) -> int | None:
    """The version that a client which comes back says it shows."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


async def _close(send: Send, code: int) -> None:
    await send({"type": "websocket.close", "code": code})


def routes(hub: Hub, ticket_of: Callable[[str], str | None], crowd: Crowd | None = None) -> list[WebSocketRoute]:
    """The sockets; `ticket_of` gives the id of the ticket that a tracking token is for, or None."""
    crowd = crowd or Crowd()

    def window(scope: Scope) -> Channel | int:
        found = hub.hall.window_named(scope["path_params"]["no"])
        return channels.window(found.no) if found is not None else UNKNOWN

    def ticket(scope: Scope) -> Channel | int:
        found = ticket_of(scope["path_params"]["token"])
        return channels.ticket(found) if found is not None else FORBIDDEN

    def supervisor(scope: Scope) -> Channel | int:
        principal = principal_of(scope)
        return channels.SUPERVISOR if principal is not None and principal.may_be(Role.SUPERVISOR) else FORBIDDEN

    paths: dict[str, ChannelOf] = {
        "/ws/hall": lambda _: channels.HALL,
        "/ws/zones/{zone}": lambda scope: channels.zone(scope["path_params"]["zone"]),
        "/ws/windows/{no}": window,
        "/ws/tickets/{token}": ticket,
        "/ws/supervisor": supervisor,
    }
    return [WebSocketRoute(path, ChannelSocket(hub, crowd, channel_of)) for path, channel_of in paths.items()]
