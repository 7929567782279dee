"""Rendering pages (页面): Jinja2 over `web/templates`, what every page needs, the headers that keep it safe."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount

from onewindow.access.guard import principal_of
from onewindow.access.principal import ROLE_ZH, Principal
from onewindow.http.problem import Problem
from onewindow.web.static_files import VersionedFiles, Versions
from onewindow.zones.model import Hall

TEMPLATES: Final = Path(__file__).parent / "templates"

POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy: everything from this server, no inline script or style."""

PAGE_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that a form's POST says `Origin: null`, and the guard would not know it for ours.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@cache
def shared() -> tuple[Environment, Versions]:
    """Compiled templates and files' versions: the same for all halls of a process."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    versions = Versions()
    templates.globals["static"] = versions.address
    return templates, versions


def files_route() -> Mount:
    """The static files' route."""
    return Mount("/static", VersionedFiles(shared()[1]), name="static")


class Pages:
    """Renders the templates of one hall's server."""

    def __init__(self, hall: Hall) -> None:
        """`hall` names the server on every page."""
        self.hall = hall
        self._templates, self.versions = shared()
        self.screen_of: Callable[[Principal | None], dict[str, Any] | None] = lambda _principal: None
        """What a page bears that a paired screen shows; set by the screens' room."""

    def static(self, path: str) -> str:
        """The address of a file under `web/static`, with its content's version."""
        return self.versions.address(path)

    def html(self, template: str, **context: Any) -> str:
        """A template as text, without a request: for parts that are sent otherwise."""
        return self._templates.get_template(template).render(hall=self.hall.settings, **context)

    def render(
        self,
        request: Request,
        template: str,
        *,
        status_code: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """A page. The template also gets `hall` (its settings: zh, en, …), `principal`, `own` (or None), `static`."""
        principal = principal_of(request)
        own = self.screen_of(principal)
        page = self.html(template, own=own, principal=principal, roles_zh=ROLE_ZH, path=request.url.path, **context)
        return HTMLResponse(page, status_code, {**PAGE_HEADERS, **(headers or {})})

    def error(self, request: Request, problem: Problem) -> Response:
        """The page that says what went wrong and where to go on; same sentences as the JSON."""
        return self.render(
            request,
            "error.html",
            status_code=problem.status,
            headers=problem.headers,
            problem=problem,
            page_zh="没有办成",
            page_en="That did not work",
        )

    def routes(self) -> list[Mount]:
        """The static files' route."""
        return [files_route()]
