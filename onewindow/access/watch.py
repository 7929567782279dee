"""The access watch (令牌状态): keeps the server's view of revoked tokens and changed passwords fresh."""

import asyncio
import logging
import sqlite3
import time
from typing import Final

from redis.exceptions import RedisError

from onewindow.access.store import Store
from onewindow.access.tokens import Tokens

log = logging.getLogger(__name__)

SECONDS: Final = 5.0
"""So long after `passwd` or `revoke` on the command line an old session may still work."""


async def refresh(store: Store, tokens: Tokens) -> None:
    """Read what is revoked and when passwords changed."""
    before = frozenset(tokens.revoked)
    revoked = await store.revoked(int(time.time()))
    changed = {account.name: account.changed for account in await store.accounts()}
    # Who signed out while the store was read is not in what was read.
    tokens.revoked = revoked | (tokens.revoked - before)
    tokens.changed = changed


async def keep_fresh(store: Store, tokens: Tokens) -> None:
    """Refresh every few seconds until cancelled; a store that is busy now is read at the next turn."""
    while True:
        try:
            await refresh(store, tokens)
        except (RedisError, OSError) as error:
            log.warning("The store %s can't be read (%s); revocations may be late.", store.place, error)
        except sqlite3.Error:
            log.exception("The store %s can't be read; revocations may be late.", store.place)
        await asyncio.sleep(SECONDS)
