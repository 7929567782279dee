"""Trying a loudspeaker (音响测试): it says a sentence, and its player says that it was said to the end.

The sentence takes its turn like every other announcement; nobody's call is overtaken by a test.
"""

import asyncio
from typing import Final

from onewindow.voice.announcement import Announcement
from onewindow.voice.items import Outcome
from onewindow.voice.speakers import Loudspeakers
from onewindow.voice.ways import Wanted
from onewindow.voice.wording import SpokenCall

EXPIRES_SECONDS: Final = 30.0
"""So long a test may wait for its turn."""


class SpeakerTests:
    """Has sentences said and waits for their end. Loop-only; `ended` hears of every outcome."""

    def __init__(self, loudspeakers: Loudspeakers) -> None:
        self._loudspeakers = loudspeakers
        self._asked: dict[tuple[str, str], asyncio.Future[Outcome]] = {}

    async def say(self, speaker: str, *, name: str, zh: str, en: str = "", engine: Wanted = "auto") -> Outcome:
        """Say the sentence; how it ended. Raises LookupError when no player is connected or nobody knows the speaker.

        `name`: distinct for each test. It takes as long as the loudspeaker's backlog and the sentence, and at most
        about 40 s.
        """
        if not self._loudspeakers.players(speaker):
            raise LookupError(speaker)
        key = speaker, name
        ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._asked[key] = ended
        try:
            call = SpokenCall(kind="notice", notice_zh=zh, notice_en=en)
            said = Announcement(
                id=name, ticket=None, call=call, expires_seconds=EXPIRES_SECONDS, engine=engine, trial=True
            )
            await self._loudspeakers.announce(speaker, said)
            return await ended
        finally:
            del self._asked[key]

    def ended(self, speaker: str, outcome: Outcome) -> None:
        """An announcement has ended, a test's perhaps."""
        asked = self._asked.get((speaker, outcome.id))
        if asked is not None and not asked.done():
            asked.set_result(outcome)
