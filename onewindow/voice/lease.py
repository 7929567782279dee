"""The lease of a loudspeaker (扬声器租约): of several players, which one sounds. Pure.

Two browsers may show the same loudspeaker's page, and a dead one may not block the other. The first to come
holds the lease and keeps it as long as it gives signs of life; a short break of its connection costs
nothing, because only it knows whether it has begun to play what was sent last.
"""

from collections.abc import Set

import msgspec


class _Device(msgspec.Struct, kw_only=True):
    """A player that speaks for this loudspeaker, or stands by. `heard_at`: its last sign of life."""

    heard_at: float
    connected: bool
    muted: bool


class Lease:
    """Who holds a loudspeaker (租约). A device silent for `seconds` loses it to another."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._devices: dict[str, _Device] = {}
        self.holder: str | None = None
        """The device that holds the lease, whether or not it is connected at the moment."""

    def audible(self, now: float) -> bool:
        """Whether the holder is there, alive and not muted."""
        device = self._devices.get(self.holder or "")
        return device is not None and device.connected and not device.muted and self._alive(device, now)

    def muted(self, now: float) -> bool:
        """Whether the holder is there and alive, but without sound."""
        device = self._devices.get(self.holder or "")
        return device is not None and device.connected and device.muted and self._alive(device, now)

    def connected(self, name: str) -> bool:
        """Whether the device is connected."""
        return name in self._devices and self._devices[name].connected

    def heard_since(self, name: str, at: float) -> bool:
        """Whether the connected device gave a sign of life after `at`."""
        return self.connected(name) and self._devices[name].heard_at > at

    def join(self, name: str, now: float, muted: bool) -> None:
        """A device has connected (again)."""
        self._devices[name] = _Device(heard_at=now, connected=True, muted=muted)

    def heard(self, name: str, now: float, muted: bool | None = None) -> None:
        """A sign of life of a connected device; `muted` None leaves that as it was."""
        if self.connected(name):
            device = self._devices[name]
            device.heard_at = now
            device.muted = device.muted if muted is None else muted

    def leave(self, name: str) -> None:
        """A device's connection has gone; its lease runs on for a while."""
        if name in self._devices:
            self._devices[name].connected = False

    def end(self, now: float) -> set[str]:
        """Take the lease from silent devices; returns the devices that are lost."""
        lost = {name for name, device in self._devices.items() if not self._alive(device, now)}
        if self.holder in lost:
            self.holder = None
        self._devices = {
            name: device for name, device in self._devices.items() if device.connected or name not in lost
        }
        return lost

    def grant(self, now: float, busy: bool) -> None:
        """Give a free lease to a live device, to one with sound first; a muted holder gives way to such a one.

        `busy`: an item is out at the holder, which then keeps the lease.
        """
        live = [name for name, device in self._devices.items() if device.connected and self._alive(device, now)]
        sounding = [name for name in live if not self._devices[name].muted]
        if self.holder is None:
            self.holder = next(iter(sounding or live), None)
        elif not busy and sounding and self._devices[self.holder].muted:
            self.holder = sounding[0]

    def pass_on(self, now: float, tried: Set[str]) -> bool:
        """Give the lease to a live device with sound that is none of these; False: there is none, nothing changes."""
        for name, device in self._devices.items():
            if name not in tried and device.connected and not device.muted and self._alive(device, now):
                self.holder = name
                return True
        return False

    def _alive(self, device: _Device, now: float) -> bool:
        return now - device.heard_at < self._seconds
