"""The lease (租约): which process writes the hall at the moment. redis-py's Lock, renewed.

Two processes may for a moment both think that they hold it (one that was stopped and goes on). The stream's order
decides between them; the lease only keeps them from trying all the time.
"""

import secrets
from typing import Final

from redis.asyncio.lock import Lock
from redis.exceptions import LockError

from onewindow.shared.link import Client, Keys

LEASE_SECONDS: Final = 2.0
"""After so long without a renewal another process takes over."""
RENEW_SECONDS: Final = 0.5
TRY_SECONDS: Final = 0.25
"""How often a renewal or a take-over is tried. Together: at most 2.3 s from the writer's last breath to the next."""


class Lease:
    """One process's part in the lease of one hall. Loop-only."""

    def __init__(self, redis: Client, keys: Keys, process: str) -> None:
        """`process`: this process's name, different from all others'."""
        self._redis = redis
        self._name = keys.lease
        self._process = process
        self._lock: Lock | None = None
        self.token = ""
        """The name under which this process holds it, new each time; empty: it doesn't."""

    async def take(self) -> bool:
        """Take it if nobody holds it. Raises RedisError."""
        token = f"{self._process}:{secrets.token_hex(4)}"
        lock = Lock(self._redis, self._name, timeout=LEASE_SECONDS, thread_local=False)
        if await lock.acquire(blocking=False, token=token):
            self._lock, self.token = lock, token
            return True
        return False

    async def renew(self) -> bool:
        """Hold it for its full time again; False when somebody else has it, or nobody. Raises RedisError."""
        if self._lock is None:
            return False
        try:
            await self._lock.reacquire()
        except LockError:
            self.drop()
            return False
        return True

    async def release(self) -> None:
        """Let others have it at once, if it is still ours. Raises RedisError."""
        lock = self._lock
        self.drop()
        if lock is not None:
            try:
                await lock.release()
            except LockError:
                return

    def drop(self) -> None:
        """Forget that we held it."""
        self._lock, self.token = None, ""

    async def holder(self) -> str:
        """The token of who holds it; empty: nobody. Raises RedisError."""
        found = await self._redis.get(self._name)
        return found.decode() if isinstance(found, bytes) else ""
