"""The hall map's page (大厅平面图): `/map`, and `/map?to=32` with the way there. Nothing on it changes."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onewindow.http.problem import problem_of
from onewindow.queue.refusals import refuse
from onewindow.views.hall_map import HallMap
from onewindow.views.ticket import View
from onewindow.web.render import Pages
from onewindow.zones.model import Hall


class MapRoom:
    """The map of one hall, for its own page and for the phone's."""

    def __init__(self, hall: Hall, pages: Pages) -> None:
        self._hall = hall
        self._pages = pages
        self._map = HallMap(hall)

    def context(self, windows: list[str]) -> View:
        """What `_partials/hall_map.html` shows: the floor of the nearest of these windows, or all floors."""
        way = self._map.nearest(windows)
        floors = list(self._map.floors.values())
        shown = [self._map.floors[way.floor]] if way is not None else [f for f in floors if f.windows]
        return {"floors": shown, "way": way, "own": windows, "zones": self._hall.zones, "many": len(floors) > 1}

    def routes(self) -> list[BaseRoute]:
        """The page's route."""
        return [Route("/map", self._page)]

    async def _page(self, request: Request) -> Response:
        wanted = [name for name in request.query_params.get("to", "").split(",") if name]
        windows = [self._named(name) for name in wanted[: len(self._hall.windows)]]
        shown = self.context(list(dict.fromkeys(windows)))
        return self._pages.render(request, "map.html", page_zh="大厅平面图", page_en="Hall map", map=shown)

    def _named(self, name: str) -> str:
        window = self._hall.window_named(name)
        if window is None:
            raise problem_of(refuse("unknown_window", name=name))
        return window.no
