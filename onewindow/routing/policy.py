"""The port of a rule (叫号规则): which ticket a window calls next, and why. Rules are swappable and named."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from onewindow.routing.lines import Lines
from onewindow.routing.why import Why
from onewindow.zones.model import RoutingSettings


class Choice(msgspec.Struct, frozen=True, gc=False):
    """The ticket to call, and the reason."""

    ticket: str
    why: Why


class Policy(Protocol):
    """A rule. Pure: the same lines give the same choice."""

    name: str

    def choose(self, lines: Lines, window: str, number_of: Callable[[str], str], at: int) -> Choice | None:
        """The next ticket for `window` at the moment `at` (ms), or None when nobody waits whom it can serve.

        `number_of` gives the printed number of a ticket id, for the reason. Within a line only the front may be
        called, so that first come, first served holds within class and matter set whatever the rule.
        """


PolicyMaker = Callable[[RoutingSettings], Policy]


def policy_named(makers: Mapping[str, PolicyMaker], settings: RoutingSettings) -> Policy:
    """The rule that the hall's files name. Raises KeyError for an unknown name (the loader refuses it before)."""
    return makers[settings.policy](settings)
