"""`profile.json` (一天的样子): read, checked, and turned into `Profile`."""

import json
from pathlib import Path
from typing import NamedTuple

from onewindow.zones.faults import Faults, Words, one_of, read_utf8
from onewindow.zones.hours import WEEKDAYS, minute_of
from onewindow.zones.key_lines import json_lines
from onewindow.zones.model import Profile
from onewindow.zones.sections import Document, Section, dotted

FILE = "profile.json"
REMARKS = (
    "note",
    "article",
    "opening",
    "half_hour_share",
    "zone_share_of_matter_visits",
    "matter_visits_by_zone",
    "purpose_share",
    "channel",
    "agents",
    "window_load",
)
"""Keys of the file that are for its readers; the program doesn't read them."""
HALF_HOUR = Words("半点时刻，例如 09:30", "a half-hour such as 09:30")


class ProfileFile(NamedTuple):
    """The profile, and the file, for further faults."""

    profile: Profile
    document: Document


def read_profile(folder: Path, faults: Faults) -> ProfileFile | None:
    """Read `profile.json`; None, with faults noted, when it is missing or no JSON object."""
    text = read_utf8(folder / FILE, faults)
    if text is None:
        return None
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        faults.add(FILE, error.lineno, "", error.msg, Words("符合 JSON 语法", "valid JSON"))
        return None
    if not isinstance(values, dict):
        faults.add(FILE, 1, "", type(values).__name__, Words("一个 JSON 对象 {…}", "a JSON object {…}"))
        return None
    lines, doubled = json_lines(text)
    document = Document(FILE, lines, faults)
    for path, line in doubled.items():
        faults.add(FILE, line, dotted(path), path[-1], Words("每个键一次", "each key once"))
    root = Section(document, (), values)
    visits = root.number("visits_per_day", low=1)
    half_hours = root.numbers("half_hour_arrivals")
    _check_half_hours(document, half_hours, visits)
    weekdays = root.numbers("weekday_factor")
    for name in weekdays:
        if name not in WEEKDAYS:
            document.fault(("weekday_factor", name), one_of(WEEKDAYS), name)
    service = root.section("service_time")
    behaviour = root.section("behaviour_est")
    appointments = root.section("appointments", optional=True)
    profile = Profile(
        visits_per_day=visits,
        half_hours=half_hours,
        matter_weights=root.numbers("matter_weights"),
        collect_by_zone=root.numbers("collect_visits_by_zone"),
        consult_visits=root.number("consult_visits"),
        weekday_factor=weekdays,
        service_sigma=service.number("sigma", high=3),
        priority_share=behaviour.number("priority_visitor_share", high=1),
        missed_call_share=behaviour.number("missed_call_share", high=1),
        incomplete_share=behaviour.number("incomplete_materials_share", 0, high=1),
        second_matter_share=behaviour.number("second_matter_share", 0, high=1),
        abandon_minutes=behaviour.optional_number("abandon_after_minutes_median", low=0.1),
        appointments_per_day=appointments.number("wechat_per_working_day", 0),
        appointment_no_show_share=appointments.number("no_show_share_est", 0, high=1),
        appointment_early_minutes=appointments.number("early_minutes_median_est", 0, high=240),
    )
    service.close("distribution", "median", "mean_over_median", "collect_median_minutes", "consult_median_minutes")
    behaviour.close()
    appointments.close("wechat_per_month")
    root.close(*REMARKS)
    return ProfileFile(profile, document)


def _check_half_hours(document: Document, half_hours: dict[str, float], visits: float) -> None:
    """The keys are half-hours, and the arrivals add up to the day's visits."""
    for key in half_hours:
        if (minute_of(key) or 0) % 30 or minute_of(key) is None:
            document.fault(("half_hour_arrivals", key), HALF_HOUR, key)
    total = sum(half_hours.values())
    if half_hours and abs(total - visits) > 0.01 * visits:
        words = Words(f"合计等于 visits_per_day（{visits:g}）", f"a total equal to visits_per_day ({visits:g})")
        document.fault(("half_hour_arrivals",), words, f"{total:g}")
