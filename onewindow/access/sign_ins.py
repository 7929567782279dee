"""Who has signed in at which window (登录在岗), so that all their windows can be opened at once.

A session says so itself, in its token; the server keeps no sessions. So each sign-in of a clerk at a window is noted
in the store, and counts until its session ends: by signing out, by its twelve hours, by a new password, or because
the account is gone.
"""

import msgspec

from onewindow.access.principal import Principal, Role
from onewindow.access.store import SignInRow, Store


class AtWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A clerk who has signed in at a window and not left (在岗人员)."""

    window: str
    clerk: str
    since: int
    """Seconds since the epoch."""


async def note(store: Store, principal: Principal, at: int) -> None:
    """Note that this principal has signed in, if it is a clerk who has chosen a window. `at`: seconds."""
    if principal.role is Role.CLERK and principal.window is not None:
        await store.put_sign_in(
            SignInRow(
                token=principal.token, name=principal.name, window=principal.window, at=at, until=principal.until
            )
        )


async def at_windows(store: Store, now: int) -> list[AtWindow]:
    """Who is at each window at `now` (seconds), by window; of several at one window who came last."""
    latest = {row.window: row for row in await store.sign_ins(now)}
    return [AtWindow(window=no, clerk=row.name, since=row.at) for no, row in sorted(latest.items())]
