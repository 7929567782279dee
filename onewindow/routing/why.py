"""The reason of a call (叫号理由): a value that is stored with the call and turned into words when asked."""

import msgspec


class Rival(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A ticket that stood in competition with the called one, as the rule saw it."""

    number: str
    seniority: int
    credit: int
    shift: int
    score: float = 0.0
    """What the rule compares, where that is no time: see the rule."""


class Why(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Why this ticket was called at this window at this moment. Times and terms in ms.

    `key = seniority - credit + shift`; the called ticket has the smallest key of all that the window may serve.
    `term` says what decided: `only` (nobody else), `earliest` (nobody earlier was passed), `credit`, `head_start`,
    `both`, `clerk` (out of order by a person, with `note`), `held` (its own held ticket taken up again). `policy`
    names the rule. Rules that compare something else than a time (`routing.scored`) pass an earlier number by their
    `score`, the larger one first; then `term` is `class`, `accumulated`, `longest` or `cost`.
    """

    policy: str
    term: str
    seniority: int
    credit: int = 0
    shift: int = 0
    waiting: int = 0
    """How many tickets this window could have called, the called one included."""
    passed: Rival | None = None
    """The earliest number (by seniority) that this window could have called and did not, if it is earlier."""
    next: Rival | None = None
    """The best competing key."""
    note: str = ""
    score: float = 0.0
