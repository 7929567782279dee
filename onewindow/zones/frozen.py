"""The base of the hall's structs."""

import msgspec


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """The base of the hall's structs: immutable, keyword-only."""
