"""Clients (客户端): one connected display, and which screens of the hall are well."""

from collections.abc import Callable, Iterator
from typing import Any

from onewindow.displays.channels import Channel
from onewindow.displays.outlets import Outlet

ALARM_SECONDS = 24
"""Of silence; beyond it the supervisor's page is told, which alarms (`supervision.alarms.SILENT_SECONDS`)."""


class Client:
    """One connection that follows a channel."""

    __slots__ = (
        *("_lacked", "_since", "_taken", "address", "behind", "channel", "device", "inside", "lacked", "offered"),
        *("outlet", "seen_ms", "shows", "v", "verified"),
    )

    def __init__(
        self,
        channel: Channel,
        outlet: Outlet,
        *,
        address: str = "",
        device: str = "",
        verified: bool = False,
        shows: int | None = None,
    ) -> None:
        """`device`: the id that it gives itself, one of the hall's devices or empty; `verified`: a token says so.

        `shows`: the version that it has from before, of this run of the server; None: it has none.
        """
        self.channel = channel
        self.outlet = outlet
        self.address = address
        self.device = device
        self.verified = verified
        self.inside = False
        """Whether a page of the staff, a kiosk or a paired screen follows for its own purposes, and no board."""
        self.shows = shows
        self.v = 0
        """The last version that was written to it."""
        self.lacked = 0
        """Versions that had been written to it and that it didn't show, at each of the last two times that it spoke:
        once some may be on their way, in a hall where much happens."""
        self._lacked = 0
        self.seen_ms = 0
        """When it last said anything."""
        self.behind = False
        """It gets nothing until it has drained, then a snapshot."""
        self.offered = 0
        """Bytes written to it since it was first found slow."""
        self._taken = 0
        self._since = 0.0

    def spoke(self, v: int | None, at_ms: int) -> None:
        """It said at `at_ms` that it shows version `v`; None: it doesn't say which."""
        lacked = max(0, self.v - v) if v is not None else 0
        self.lacked, self._lacked = min(lacked, self._lacked), lacked
        self.seen_ms = at_ms

    def slowed(self, now: float) -> None:
        """Something waits for it: from now on its progress is watched."""
        self.offered = 0
        self._taken = -self.outlet.pending
        self._since = now

    def stuck_for(self, now: float) -> float:
        """Seconds without any progress; a client that takes something, however little, begins anew."""
        taken = self.offered - self.outlet.pending
        if taken != self._taken:
            self._taken = taken
            self._since = now
        return now - self._since


class _Screen:
    """A named device: the connection that counts for it, and when it was last heard."""

    __slots__ = ("client", "seen_ms", "shown_v", "told")

    def __init__(self) -> None:
        self.client: Client | None = None
        self.seen_ms = 0
        self.shown_v: int | None = None
        self.told: dict[str, Any] = {}


class Health:
    """Which named screens are connected, alive and up to date, for the supervisor (屏幕状态).

    A screen that a token names counts before one that merely says a name: nobody hides a dark TV by its name.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._screens: dict[str, _Screen] = {}
        self.paired: dict[str, str] = {}
        """Devices that are no file's but paired screens' own, with their names; a token must say that one is it."""

    def came(self, client: Client) -> None:
        """A display has connected."""
        client.seen_ms = self._now_ms()
        if client.device:
            screen = self._screens.setdefault(client.device, _Screen())
            if screen.client is None or client.verified or not screen.client.verified:
                screen.client = client
                screen.seen_ms = self._now_ms()

    def left(self, client: Client) -> None:
        """Its connection has ended; what is known of it stays."""
        screen = self._screens.get(client.device)
        if screen is not None and screen.client is client:
            screen.client = None

    def heard(self, client: Client, v: int | None) -> None:
        """A sign of life, with the version that it shows."""
        client.spoke(v, self._now_ms())
        screen = self._screens.get(client.device)
        if screen is not None and screen.client is client:
            screen.seen_ms = self._now_ms()
            screen.shown_v = v

    def client(self, device: str) -> Client | None:
        """The connection that counts for the device now; None while there is none."""
        screen = self._screens.get(device)
        return screen.client if screen is not None else None

    def of(self, device: str) -> dict[str, Any]:
        """A screen as the supervisor sees it: connected, seconds since it was heard, versions that it is behind."""
        screen = self._screens[device]
        client = screen.client
        screen.told = {
            "device": device,
            "connected": client is not None,
            "silent_seconds": max(0, (self._now_ms() - screen.seen_ms) // 1000),
            "behind": 0 if client is None or screen.shown_v is None else max(0, client.v - screen.shown_v),
            "verified": client is not None and client.verified,
            "channel": str(client.channel) if client is not None else screen.told.get("channel", ""),
        }
        if device in self.paired:
            screen.told["zh"] = self.paired[device]
        return screen.told

    def all(self) -> list[dict[str, Any]]:
        """Every screen that has been there since the server began."""
        return [self.of(device) for device in sorted(self._screens)]

    def changes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Key and value of each screen whose state has moved by more than the passing of a few seconds."""
        for device, screen in self._screens.items():
            before = screen.told
            now = self.of(device)
            if _notable(before) != _notable(now):
                yield f"screen/{device}", now


def _notable(told: dict[str, Any]) -> tuple[Any, ...]:
    """What of a screen's health is worth a frame: the silence in the steps at which somebody acts."""
    silent = told.get("silent_seconds", 0)
    step = 0 if silent < 10 else 1 if silent <= ALARM_SECONDS else 2 + silent // 60
    return told.get("connected"), step, told.get("behind", 0) > 1, told.get("verified")
