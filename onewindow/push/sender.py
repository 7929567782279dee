"""Sending a note (发送): encrypted for one browser (RFC 8291), signed (RFC 8292), by threads of its own.

A push service that is slow, refuses or is cut off costs these few threads a while, and the hall nothing.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, Final

import msgspec

from onewindow.push.notes import Note
from onewindow.push.subscriptions import Asked

log = logging.getLogger(__name__)

THREADS: Final = 4
TIMEOUT: Final = 8.0
"""Seconds for one request."""
LIVES: Final = 120
"""Seconds that a push service may keep a note for a phone that is off: later it is of no use."""


class Outcome(Enum):
    """What became of a note."""

    SENT = "sent"
    GONE = "gone"
    """The browser has ended the subscription."""
    FAILED = "failed"


class Sender:
    """Sends notes under one key. `verify`: a file with the authorities to trust, or True for the system's."""

    def __init__(self, key: Any, contact: str, *, verify: str | bool = True) -> None:
        self._key = key
        self._contact = contact
        self._verify = verify
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="push")

    async def send(self, to: Asked, note: Note) -> Outcome:
        """Send it; never raises what the network does."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, to, note)

    def stop(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, to: Asked, note: Note) -> Outcome:
        import requests
        from py_vapid import Vapid02
        from pywebpush import WebPushException, webpush

        text = msgspec.json.encode({"number": note.number, "zh": note.zh, "en": note.en, "tag": note.stage})
        try:
            with requests.Session() as session:
                # A file that was named goes before what the machine's environment says.
                session.verify, session.trust_env = self._verify, self._verify is True
                session.max_redirects = 0
                webpush(
                    {"endpoint": to.endpoint, "keys": {"p256dh": to.keys.p256dh, "auth": to.keys.auth}},
                    text.decode(),
                    vapid_private_key=Vapid02(self._key),
                    vapid_claims={"sub": self._contact},
                    ttl=LIVES,
                    timeout=TIMEOUT,
                    headers={"Urgency": "high"},
                    requests_session=session,
                )
        except WebPushException as error:
            status = error.response.status_code if error.response is not None else 0
            return Outcome.GONE if status in (404, 410) else Outcome.FAILED
        except Exception as error:
            # Whatever a network, a proxy or a broken key can do: one phone less, nothing more.
            log.info("A note could not be sent: %s", type(error).__name__)
            return Outcome.FAILED
        return Outcome.SENT
