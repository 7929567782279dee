"""Who may ask how often (限流规则): devices and holders by their token, the unknown by their address.

People of the hall are known by name and can be stopped: they have no limit. WebSockets are limited by their room.
"""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from onewindow.access.guard import holder_of, principal_of
from onewindow.access.principal import STAFF
from onewindow.http.limits import Limiter, Rate
from onewindow.http.problem import problem, problem_response

DEVICE: Final = Rate(burst=200, per_second=50)
HOLDER: Final = Rate(burst=30, per_second=2)
ADDRESS: Final = Rate(burst=4000, per_second=1000)
"""A hall's Wi-Fi is one address: hundreds of phones behind it ask at once when a server comes back."""


class Limits:
    """ASGI middleware behind the guard; answers 429 with Retry-After."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._devices = Limiter(DEVICE)
        self._holders = Limiter(HOLDER)
        self._addresses = Limiter(ADDRESS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or refuse it."""
        wait = self._wait(scope) if scope["type"] == "http" else 0
        if not wait:
            await self.app(scope, receive, send)
            return
        refused = problem("too_many_requests", seconds=wait, headers={"Retry-After": str(wait)})
        await problem_response(refused, scope["path"])(scope, receive, send)

    def _wait(self, scope: Scope) -> int:
        principal = principal_of(scope)
        if principal is not None:
            return 0 if principal.role in STAFF else self._devices.take(principal.token)
        if (ticket := holder_of(scope)) is not None:
            return self._holders.take(ticket)
        client = scope.get("client")
        return self._addresses.take(client[0] if client else "")
