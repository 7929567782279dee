"""The principal (操作者): who asks. A name, a role, and where: a window or a device."""

from enum import StrEnum
from functools import cached_property
from typing import Final

import msgspec


class Role(StrEnum):
    """What somebody may do (角色)."""

    GUIDE = "guide"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    KIOSK = "kiosk"
    SCREEN = "screen"
    SPEAKER = "speaker"
    ADMIN = "admin"


ROLE_ZH: Final[dict[Role, str]] = {
    Role.GUIDE: "导引员",
    Role.CLERK: "窗口人员",
    Role.SUPERVISOR: "大厅主任",
    Role.KIOSK: "自助取号机",
    Role.SCREEN: "屏幕",
    Role.SPEAKER: "广播",
    Role.ADMIN: "管理员",
}
ROLE_EN: Final[dict[Role, str]] = {
    Role.GUIDE: "guide",
    Role.CLERK: "clerk",
    Role.SUPERVISOR: "supervisor",
    Role.KIOSK: "kiosk",
    Role.SCREEN: "screen",
    Role.SPEAKER: "loudspeaker",
    Role.ADMIN: "administrator",
}

STAFF: Final = (Role.GUIDE, Role.CLERK, Role.SUPERVISOR, Role.ADMIN)
"""People of the hall, as against devices."""


class Principal(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Who asks: verified by the guard, put beside each command into the journal."""

    name: str
    role: Role
    window: str | None = None
    """A clerk's window, as in the hall's files; None while it has not been chosen."""
    device: str | None = None
    """The id of a device in `devices.csv`, for kiosks, screens and speakers."""
    screen: str = ""
    """The id of a paired screen; empty for everybody else."""
    token: str = ""
    """Id of the token that it came with, for sign-out and revocation."""
    until: int = 0
    """When that token ends by itself, seconds since the epoch."""
    by_cookie: bool = False
    """It came with a page's cookie, not with a bearer."""

    @cached_property
    def by(self) -> str:
        """The name for the journal: `clerk:li@07`, `guide:wang`, `kiosk:k1`."""
        return f"{self.role}:{self.name}@{self.window}" if self.window else f"{self.role}:{self.name}"

    def may_be(self, *roles: Role) -> bool:
        """Whether one of the roles is its own; an administrator may act in every role."""
        return self.role in roles or self.role is Role.ADMIN

    def may_act_at(self, window: str) -> bool:
        """Whether it may command this window: its clerk, a supervisor or an administrator."""
        if self.role is Role.CLERK:
            return self.window == window
        return self.role in (Role.SUPERVISOR, Role.ADMIN)
