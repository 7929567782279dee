"""The loudspeakers' board (扬声器现况): what the supervisor sees of each, and is told is wrong with the voice."""

from collections.abc import Callable, Mapping
from typing import Any

from onewindow.voice.announcement import Fault
from onewindow.voice.items import QUIET, Outcome
from onewindow.zones.model import Hall

Show = Callable[[str, Any], None]
"""(key, value): puts a loudspeaker's state before the supervisor."""


class Board:
    """What the supervisor sees of each loudspeaker: its faults, and the calls that were not heard."""

    def __init__(self, hall: Hall, show: Show, speakers: Mapping[str, str]) -> None:
        """`speakers`: zone -> loudspeaker."""
        self._hall = hall
        self._speakers = speakers
        self._show = show
        self._told: dict[str, dict[str, Any]] = {}

    def fault(self, fault: Fault) -> None:
        """A fault began or ended."""
        told = self._of(fault.speaker)
        told["faults"] = [f for f in told["faults"] if f["code"] != fault.code]
        if fault.on:
            told["faults"].append({"code": fault.code, "detail": fault.detail})
        self._show(f"speaker/{fault.speaker}", dict(told))

    def outcome(self, speaker: str, outcome: Outcome) -> None:
        """An announcement ended; one that was not heard is kept until the next is."""
        told = self._of(speaker)
        missed = None
        if outcome.result == "expired" and outcome.reason != QUIET:
            missed = {"call": outcome.id, "ticket": outcome.ticket, "result": outcome.result, "why": outcome.reason}
        if missed or (outcome.result == "played" and told["missed"] is not None):
            told["missed"] = missed
            self._show(f"speaker/{speaker}", dict(told))

    def silent(self, was_there: Callable[[str], bool]) -> list[dict[str, Any]]:
        """Those whose sound is blocked, or whose player has gone though something is to be said.

        `was_there`: whether a loudspeaker had a player since the program began; one that a hall never opens is no
        alarm.
        """
        return [
            {"device": name, "zh": told["zh"], "zone": self._zone(name), "silent_seconds": 0, "muted": True}
            for name, told in self._told.items()
            if was_there(name) and any(fault["code"] == "silent" for fault in told["faults"])
        ]

    def _zone(self, speaker: str) -> str | None:
        """The loudspeaker's zone; None when it has several."""
        zones = [zone for zone, name in self._speakers.items() if name == speaker]
        return zones[0] if len(zones) == 1 else None

    def named(self, speaker: str) -> str:
        """The loudspeaker's Chinese name."""
        device, zone = self._hall.devices.get(speaker), self._zone(speaker)
        if device is None and zone is not None:
            return f"{self._hall.zones[zone].short_zh}扬声器"
        return device.zh if device is not None else speaker

    def _of(self, speaker: str) -> dict[str, Any]:
        zh = self.named(speaker)
        return self._told.setdefault(speaker, {"device": speaker, "zh": zh, "faults": [], "missed": None})
