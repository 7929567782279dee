"""Opening the store, wherever it lies (打开账号库)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from onewindow.access.store import Store
from onewindow.access.store_sqlite import open_sqlite_store


@asynccontextmanager
async def open_store(data_dir: Path, redis: str = "", hall: str = "") -> AsyncIterator[Store]:
    """The store under `data_dir`, or in the Redis at this address; made on first use, with a new secret.

    `hall`: the hall's code, by which its store is told from other halls' in the same Redis.
    Raises StoreUnusable.
    """
    if redis:
        # A hall on files does without the client.
        from onewindow.access.store_redis import open_redis_store

        async with open_redis_store(redis, hall) as shared:
            yield shared
        return
    async with open_sqlite_store(data_dir) as kept:
        yield kept
