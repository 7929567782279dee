"""What a process still knew of a day when the journal had lost a part of it (丢失备忘): a file until the next start.

The process that finds the loss stops, and all that it had seen would be gone with it. So it leaves what must not be
given out again; the start after it tells that to whichever process writes by then (`NoteLoss`).
"""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from onewindow.queue.commands import NoteLoss
from onewindow.queue.decide_loss import Given, both, known_of
from onewindow.queue.journal import JournalBroken
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import HallDay
from onewindow.runtime.answers import Answer
from onewindow.whole_file import put_whole

log = logging.getLogger(__name__)


class LossMemory:
    """The file of one hall in one process's data folder; without a path nothing is kept. Loop-only."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what an earlier process has left. Raises JournalBroken when that can't be read."""
        self._path = path
        self.left = _read(path) if path is not None else None
        """What is to be told yet (the file holds it); None: nothing was lost."""

    def keep(self, state: HallDay, given: Given) -> None:
        """Keep what is known of the day, beside what of the same day is kept already; `given` as of `known_of`.

        Blocks for a sync.
        """
        if self._path is None or not state.day:
            return
        try:
            self.add(known_of(state, given))
        except OSError:
            log.exception("What was known of %s could not be kept in %s.", state.day, self._path)

    def add(self, known: NoteLoss) -> None:
        """Have this told, too, at the next start. Blocks for a sync. Raises OSError."""
        assert self._path is not None
        if self.left is not None and self.left.day == known.day:
            known = both(self.left, known)
        self.left = known
        put_whole(self._path, msgspec.json.encode(known))

    async def tell(self, day: str, submit: Callable[[NoteLoss], Awaitable[Answer]]) -> None:
        """Tell it if `day`, the live one, is the day that it is about; forget it when that is done, or the day over.

        Told twice it does nothing. Raises as `submit`.
        """
        left = self.left
        if left is None or self._path is None or left.day > day:
            return
        if left.day == day:
            if isinstance(await submit(left), Refusal) or self.left is not left:
                return
            log.warning(
                "日志已与停下时所知的核对：如有丢失，号和叫号接在丢失的之后，缺的号见主任台。\n"
                "The journal was compared with what was known when this hall stopped: if something was lost, numbers "
                "and calls go on behind it, and what is missing stands on the supervisor's page."
            )
        self.left = None
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> NoteLoss | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=NoteLoss)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise JournalBroken(
            f"读不了 {path}（{error}）。它记着哪些号不能再发；确认当天没有丢号，才可以移走它。\n"
            f"{path} can't be read ({error}). It says which numbers must not be given out again: move it away only "
            "if none of today's was lost."
        ) from error
