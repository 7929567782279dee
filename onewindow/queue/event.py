"""The base of all events (事件)."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", omit_defaults=True):
    """What has happened, at the command's time: ms since the epoch (UTC)."""

    at: int
