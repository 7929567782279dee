"""Announcements and loudspeakers as the shell holds them (播报任务): plain records."""

import msgspec

from onewindow.voice.players import Connection
from onewindow.voice.sequencer import Sequencer
from onewindow.voice.style import Level
from onewindow.voice.ways import Wanted
from onewindow.voice.wording import SpokenCall


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """One call to be announced (播报任务).

    `id`: the call's own; offering it twice is harmless. `ticket`: the ticket's id, None for a notice.
    `called_at`: in seconds of the clock of `Loudspeakers`; None means now. It is not said any more
    `expires_seconds` later.
    """

    id: str
    ticket: str | None
    call: SpokenCall
    called_at: float | None = None
    expires_seconds: float = 60.0
    engine: Wanted = "auto"
    """For a trial: which engine is to say it."""
    trial: bool = False
    """Said in quiet hours too: somebody stands there and listens."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a loudspeaker, or right again (`on` False) (扬声器故障).

    `code`: "engine" (nothing can be rendered; players speak with the browser's voice), "fallback" (the recorded clips
    can't be put together; the synthesised voice speaks), "player" (the player can't get or play the sounds: it speaks
    for itself, or only its chime sounds), "silent" (无声: the player's sound is blocked, or items have waited 5 s
    without a player that could be heard).
    """

    speaker: str
    code: str
    on: bool
    detail: str = ""


class Spoken(msgspec.Struct, kw_only=True):
    """What a player needs of an item besides its order."""

    url: str | None
    text_zh: str
    text_en: str
    trial: bool


class SpeakerState:
    """One loudspeaker's state in the shell."""

    def __init__(self, name: str, level: Level) -> None:
        self.name = name
        self.style = level.style
        self.usual = self.volume = level.volume
        self.sequencer = Sequencer()
        self.spoken: dict[str, Spoken] = {}
        self.connections: dict[str, Connection] = {}
        self.faults: set[str] = set()
        self.silent_since: float | None = None
        self.was_there = False
