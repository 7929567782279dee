"""A scenario (方案): one rule on one arrangement of the windows, everything else the same."""

import msgspec

from onewindow.forecast.arrangement import ARRANGEMENTS, Arrangement
from onewindow.zones.model import Hall


class Scenario(msgspec.Struct, frozen=True):
    """Which rule, on which arrangement."""

    policy: str
    arrangement: str

    @property
    def name(self) -> str:
        """For tables and files."""
        return f"{self.arrangement}/{self.policy}"


def arranged(hall: Hall, scenario: Scenario) -> Arrangement:
    """The hall as the scenario arranges it, under its rule. Raises KeyError for an unknown name."""
    routing = msgspec.structs.replace(hall.settings.routing, policy=scenario.policy)
    settings = msgspec.structs.replace(hall.settings, routing=routing)
    return ARRANGEMENTS[scenario.arrangement](msgspec.structs.replace(hall, settings=settings))


def scenarios(policies: list[str], arrangements: list[str], default: str) -> list[Scenario]:
    """What is compared: every rule on the first arrangement, then the default rule on the other arrangements.

    With one rule, or one arrangement, that is all there is to combine.
    """
    first = [Scenario(policy, arrangements[0]) for policy in policies]
    rule = default if default in policies else policies[0]
    return first + [Scenario(rule, arrangement) for arrangement in arrangements[1:]]
