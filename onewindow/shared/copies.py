"""The copies of Redis (副本): whether so many replicas have what was written or read just now.

Redis answers before its replicas have it, so what was answered can go with its machine. `WAIT` tells how many have
all that the connection has seen so far. Where copies are asked for, nothing is told before they have it.
"""

import logging
from typing import Any, Final

from redis.exceptions import RedisError

from onewindow.shared.link import Client, Keys

log = logging.getLogger(__name__)

COPY_MS: Final = 1_000
"""So long the copies have time for one step."""


class CopiesMissing(RedisError):
    """Too few replicas have it by now. It is in Redis all the same, and counts once they have."""

    def __init__(self, wanted: int, got: int) -> None:
        """`got` of `wanted` have it."""
        super().__init__(
            f"Redis 副本没有跟上，要 {wanted} 个，只有 {got} 个；请检查副本 · "
            f"replicas of Redis are behind, {got} of {wanted} have it; look at them"
        )


class Copies:
    """So many replicas as are asked for; none: everything counts as soon as Redis has it. Loop-only."""

    def __init__(self, keys: Keys, wanted: int) -> None:
        self.wanted = wanted
        self._mark = keys.mark
        self._behind = False

    async def have(self, redis: Client) -> None:
        """Return when they have all that this server had before the call. Raises CopiesMissing, RedisError.

        `WAIT` looks at what its own connection has written. So a word is said first, which goes to the replicas as
        every message does, costs no sync, and comes after all that is asked about.
        """
        if not self.wanted:
            return
        async with redis.pipeline(transaction=False) as steps:
            steps.publish(self._mark, b"")
            steps.execute_command("WAIT", self.wanted, COPY_MS)
            said: list[Any] = await steps.execute()
        got = int(said[-1])
        if (behind := got < self.wanted) != self._behind:
            self._behind = behind
            say = log.warning if behind else log.info
            say("Redis: %d of %d replicas have the last commit.", got, self.wanted)
        if behind:
            raise CopiesMissing(self.wanted, got)
