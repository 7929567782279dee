"""The sample hall: what the article says of it, and that its files agree with each other."""

from collections import Counter
from math import isclose

import pytest

from onewindow.routing.rules import RULES
from onewindow.zones.load import load_hall
from onewindow.zones.model import ApplicantClass, Chain, DeviceKind, Hall, WindowKind
from onewindow.zones.settings import POLICIES
from tests.zones.broken_hall import ANQIU


@pytest.fixture(scope="module")
def hall() -> Hall:
    return load_hall(ANQIU)


def test_zones_and_their_matters(hall: Hall) -> None:
    counts = Counter(matter.zone for matter in hall.matters.values())
    assert counts == {"investment": 104, "real_estate": 36, "business": 42, "convenience": 111}
    assert len(hall.matters) == 293
    assert list(hall.zones) == ["investment", "real_estate", "business", "convenience"]
    assert [zone.hue for zone in hall.zones.values()] == [1, 2, 3, 4]
    assert [zone.short_zh for zone in hall.zones.values()] == ["投资项目", "不动产", "商事登记", "综合便民"]
    assert [zone.default_group for zone in hall.zones.values()] == ["A", "C", "G", "P"]


def test_codes_and_names_are_unique(hall: Hall) -> None:
    assert len({matter.zh for matter in hall.matters.values()}) == 293
    assert len({matter.en for matter in hall.matters.values()}) == 293
    prefix = {"investment": "INV", "real_estate": "REA", "business": "BIZ", "convenience": "CNV"}
    assert all(matter.code.startswith(prefix[matter.zone] + "-") for matter in hall.matters.values())


def test_units(hall: Hall) -> None:
    kinds = Counter(department.kind for department in hall.departments.values())
    assert kinds == {"resident": 28, "comprehensive": 15}
    investment = {m.department for m in hall.matters.values() if m.zone == "investment"}
    assert len(investment) == 12
    assert investment == {d.code for d in hall.departments.values() if d.zone == "investment"}
    assert {m.department for m in hall.matters.values()} == set(hall.departments)


def test_windows_and_points(hall: Hall) -> None:
    assert list(hall.windows) == [f"{number:02}" for number in range(1, 45)]
    kinds = Counter(window.kind for window in hall.windows.values())
    assert kinds[WindowKind.AGENT] == 4
    assert all(window.zone == "business" for window in hall.windows.values() if window.kind is WindowKind.AGENT)
    assert {point.code: point.kind for point in hall.points.values()} == {
        "G1": "guide",
        "C1": "complaint",
        "U1": "unattended",
        "S1": "self_service",
    }
    for zone in ("investment", "real_estate"):
        leading = [w for w in hall.windows.values() if w.zone == zone and w.kind is WindowKind.COMPREHENSIVE]
        every = {m.code for m in hall.matters.values() if m.zone == zone}
        assert leading
        assert all(window.matters == every for window in leading), "无差别受理: every matter of the zone"


def test_issuing_covers_every_zone(hall: Hall) -> None:
    served = [zone for w in hall.windows.values() if w.kind is WindowKind.ISSUING for zone in w.serves]
    assert sorted(served) == sorted(hall.zones)


def test_a_matter_stands_at_a_window_of_its_kind(hall: Hall) -> None:
    for matter in hall.matters.values():
        windows = [w for w in hall.windows.values() if matter.code in w.matters and w.zone == matter.zone]
        assert any(window.kind.value == matter.kind for window in windows), matter.code


def test_groups(hall: Hall) -> None:
    assert list(hall.groups) == list("ABCDEFGHJKLMNPQRSTUVWXYZ")
    assert sum(len(group.matters) for group in hall.groups.values()) == 293
    assert all(code in hall.groups[m.group].matters for code, m in hall.matters.items())


def test_nothing_public_could_shame(hall: Hall) -> None:
    said = [group.public_zh for group in hall.groups.values()] + [group.spoken_zh for group in hall.groups.values()]
    said += [window.public_zh for window in hall.windows.values()]
    said += [device.zh for device in hall.devices.values()] + list(hall.settings.notices_zh)
    for word in ("婚", "残疾", "低保", "救助"):
        assert not [text for text in said if word in text]
    assert hall.groups["T"].public_zh == "民政"
    assert hall.groups["Q"].public_zh == hall.groups["Q"].zh


def test_figures_of_the_article(hall: Hall) -> None:
    named = {matter.zh: matter for matter in hall.matters.values()}
    water = named["取水许可"]
    assert (water.previous_promised_days, water.promised_days) == (45, 3)
    contract = named["建筑施工合同备案"]
    assert (contract.previous_promised_days, contract.promised_days, contract.on_the_spot) == (5, 0, True)
    assert named["有限责任公司设立登记"].promised_days == 0.5
    no_visit = {matter.zh for matter in hall.matters.values() if matter.no_visit}
    assert no_visit == {"临时居民身份证申领", "权限内企业投资项目核准", "企业投资项目备案"}
    before = sum(matter.previous_promised_days for matter in hall.matters.values())
    after = sum(matter.promised_days for matter in hall.matters.values())
    assert 0.43 < 1 - after / before < 0.48, "about 45 % in the article"


def test_each_matter_is_plausible(hall: Hall) -> None:
    for matter in hall.matters.values():
        assert 2 <= len(matter.papers) <= 6, matter.code
        assert 3 <= matter.typical_minutes <= 30, matter.code
        assert matter.on_the_spot == (matter.promised_days == 0), matter.code
        letters = matter.zh.replace("（", "").replace("）", "")
        assert len(matter.initials) == len(letters), matter.code


def test_chains(hall: Hall) -> None:
    zones = Counter(chain.zone for chain in hall.chains.values())
    assert zones == {"investment": 4, "real_estate": 4, "business": 1}
    assert sum(len(chain.steps) for chain in hall.chains.values()) == 369
    investment = {s.matter for c in hall.chains.values() if c.zone == "investment" for s in c.steps}
    assert investment == {m.code for m in hall.matters.values() if m.zone == "investment"}


def test_days_of_the_chains_follow_from_their_steps(hall: Hall) -> None:
    for chain in hall.chains.values():
        core = [hall.matters[step.matter] for step in chain.steps if step.core]
        assert isclose(sum(matter.previous_promised_days for matter in core), chain.days_before), chain.code
        assert isclose(longest_path(hall, chain), chain.days_after), chain.code


def longest_path(hall: Hall, chain: Chain) -> float:
    """Days of the core steps at the new promise, in parallel where nothing forbids it; other steps take no time."""
    done: dict[str, float] = {}
    for step in chain.steps:
        days = hall.matters[step.matter].promised_days if step.core else 0
        done[step.matter] = days + max((done[before] for before in step.depends_on), default=0)
    return max(done.values())


def test_preconditions_stand_on_lower_levels(hall: Hall) -> None:
    for chain in hall.chains.values():
        level = {step.matter: step.level for step in chain.steps}
        assert all(level[before] < step.level for step in chain.steps for before in step.depends_on)


def test_profile(hall: Hall) -> None:
    profile = hall.profile
    assert sum(profile.half_hours.values()) == profile.visits_per_day == 1500
    assert isclose(sum(profile.matter_weights.values()), 1, abs_tol=0.001)
    assert set(profile.matter_weights) == set(hall.matters)
    assert set(profile.collect_by_zone) == set(hall.zones)
    assert isclose(sum(profile.weekday_factor.values()) / 5, 1, abs_tol=0.005)


def test_devices(hall: Hall) -> None:
    kinds = Counter(device.kind for device in hall.devices.values())
    assert kinds == {
        DeviceKind.HALL_SCREEN: 1,
        DeviceKind.ZONE_SCREEN: 4,
        DeviceKind.WINDOW_SCREEN: 44,
        DeviceKind.SPEAKER: 4,
        DeviceKind.PRINTER: 1,
        DeviceKind.KIOSK: 2,
    }
    leds = [device for device in hall.devices.values() if device.kind is DeviceKind.WINDOW_SCREEN]
    assert [led.window for led in leds] == list(hall.windows)
    assert all(led.window and led.zones == (hall.windows[led.window].zone,) for led in leds)
    assert hall.devices["tv-hall"].zones == tuple(hall.zones)


def test_applicants_and_the_rule_on_the_slip(hall: Hall) -> None:
    credit = {applicant.code: applicant.credit_minutes for applicant in hall.settings.applicants}
    assert list(credit.values()) == [0, 30, 30, 30, 30, 30, 20]
    assert isinstance(hall.applicant("veteran"), ApplicantClass)
    for sentence in (hall.settings.slip_zh, hall.settings.slip_en):
        assert [word for word in ("30", "20") if word not in sentence] == []
        assert "{" not in sentence


def test_the_policies_that_files_may_name_are_those_that_exist() -> None:
    assert set(POLICIES) == set(RULES)


def test_the_digest_is_stable_and_no_readme_changes_it(hall: Hall) -> None:
    assert load_hall(ANQIU).digest == hall.digest
    assert len(hall.digest) == 64


def test_a_window_is_found_by_the_name_people_use(hall: Hall) -> None:
    assert hall.window_named("7") is hall.windows["07"]
    assert hall.window_named("07") is hall.windows["07"]
    assert hall.window_named("045") is None
    assert hall.window_named("G1") is None
