"""The pulse (心跳): a small file that says when the program was last alive, so that an outage can be told after it.

The journal alone can't: it may have been quiet for an hour. The file is not synced; a power cut may take the last
beats with it, which only makes the outage look a little longer, in the visitors' favour.
"""

from pathlib import Path

EVERY_MS = 5_000


class Pulse:
    """The file of one hall."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beaten = 0

    def last(self) -> int | None:
        """When the program was last alive, ms since the epoch; None when that isn't known."""
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def due(self, now: int) -> bool:
        """Whether it is time for a beat."""
        return not 0 <= now - self._beaten < EVERY_MS

    def beat(self, now: int) -> None:
        """Note that the program is alive; at most every few seconds. A full disk is not its business."""
        if not self.due(now):
            return
        self._beaten = now
        fresh = self._path.with_suffix(".alive-new")
        try:
            fresh.write_text(str(now), encoding="ascii")
            fresh.replace(self._path)
        except OSError:
            return
