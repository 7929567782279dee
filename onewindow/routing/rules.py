"""The rules that a hall's files may name."""

from collections.abc import Mapping

from onewindow.routing.number_time import NAME, NumberTime
from onewindow.routing.policy import Policy, PolicyMaker, policy_named
from onewindow.zones.model import RoutingSettings

RULES: Mapping[str, PolicyMaker] = {NAME: NumberTime}


def rule_for(settings: RoutingSettings) -> Policy:
    """The rule of a hall. Raises KeyError for a name that is not in RULES."""
    return policy_named(RULES, settings)
