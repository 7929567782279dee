"""The pages of screen management (屏幕管理页面): `/screen`, which any screen opens, and `/supervisor/screens`."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from onewindow.access.guard import COOKIE, principal_of, require_page
from onewindow.access.principal import STAFF, Principal, Role
from onewindow.screens.calls import keep
from onewindow.screens.model import KIND_ZH, page_of
from onewindow.screens.pairing import Pairing
from onewindow.screens.shelf import Shelf
from onewindow.web.render import Pages


class ScreenPages:
    """The pages of one hall."""

    def __init__(self, pages: Pages, pairing: Pairing, shelf: Shelf) -> None:
        self._pages = pages
        self._pairing = pairing
        self._shelf = shelf
        pages.screen_of = self.own

    def routes(self) -> list[BaseRoute]:
        """Their routes."""
        return [
            Route("/screen", self.screen, methods=["GET"], name="screen"),
            Route("/supervisor/screens", self.manage, methods=["GET"], name="screens"),
        ]

    async def screen(self, request: Request) -> Response:
        """The one address that every TV begins with: its own page when it is paired, else a code."""
        principal = principal_of(request)
        screen = self._shelf.of_token(principal.token) if principal is not None else None
        if screen is not None:
            on = RedirectResponse(page_of(screen.settings), 303, headers={"Cache-Control": "no-store"})
            keep(request, on, self._pairing.token(screen))
            return on
        staff = principal is not None and principal.role in STAFF
        answer = self._pages.render(request, "screens/code.html", page_zh="配对", staff=staff)
        if principal is None and COOKIE in request.cookies:
            answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    async def manage(self, request: Request) -> Response:
        """All screens of the hall, for the supervisor."""
        require_page(request, Role.SUPERVISOR)
        hall = self._pages.hall
        return self._pages.render(
            request,
            "supervision/screens.html",
            page_zh="屏幕管理",
            page_en="Screens",
            zones=hall.zones.values(),
            windows=hall.windows.values(),
            kinds=KIND_ZH.items(),
        )

    def own(self, principal: Principal | None) -> dict[str, Any] | None:
        """What a paired screen's page bears from the first moment on; None for everybody else."""
        screen = self._shelf.screens.get(principal.screen) if principal is not None and principal.screen else None
        if screen is None:
            return None
        settings = screen.settings
        return {
            "id": screen.id,
            "zh": settings.zh,
            "theme": settings.theme.value,
            "language": settings.language.value,
            "layout": settings.layout.value,
            "volume": settings.volume,
            "rev": screen.rev,
        }
