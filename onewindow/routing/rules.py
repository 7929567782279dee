"""The rules that a hall's files may name."""

from collections.abc import Mapping

from onewindow.routing.comprehensive_first import ComprehensiveFirst
from onewindow.routing.number_time import NumberTime
from onewindow.routing.policy import Policy, PolicyMaker, policy_named
from onewindow.routing.scored import AccumulatingPriority, FirstCome, GeneralizedCMu, MaxWeight, StrictPriority
from onewindow.zones.model import RoutingSettings

RULES: Mapping[str, PolicyMaker] = {
    rule.name: rule
    for rule in (
        NumberTime,
        FirstCome,
        StrictPriority,
        AccumulatingPriority,
        MaxWeight,
        GeneralizedCMu,
        ComprehensiveFirst,
    )
}
"""By name; the first is the default, and the one that the product is for."""


def rule_for(settings: RoutingSettings) -> Policy:
    """The rule of a hall. Raises KeyError for a name that is not in RULES."""
    return policy_named(RULES, settings)
