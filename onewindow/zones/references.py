"""Checks across a hall's files (交叉检查): who refers to whom, and whether every matter can be served."""

from collections.abc import Iterable

from onewindow.zones.draft import Draft, refer
from onewindow.zones.faults import Words
from onewindow.zones.model import WindowKind
from onewindow.zones.rows import LED_BY
from onewindow.zones.tables import Row


def check_references(draft: Draft) -> None:
    """Note every reference that leads nowhere or contradicts another file."""
    _zones(draft)
    _departments(draft)
    _matters(draft)
    _groups(draft)
    _windows(draft)
    _capable(draft)
    _settings(draft)
    _profile(draft)
    _aliases(draft)


def _zones(draft: Draft) -> None:
    if draft.zones is None:
        return
    doubled(((zone.value.letter, zone.row) for zone in draft.zones.values()), "ticket_prefix")
    doubled(((zone.value.zh, zone.row) for zone in draft.zones.values()), "zh")
    if draft.windows is None:
        return
    listed: dict[str, str] = {}
    for zone, row in draft.zones.values():
        for no in refer(row, "windows", zone.windows, draft.windows, "windows.csv"):
            if _elsewhere(draft, draft.windows[no].value.zone, zone.code):
                place = draft.windows[no].value.zone
                row.fault(
                    "windows",
                    Words(
                        f"本区的窗口（windows.csv 写的是 {place}）",
                        f"a window of this zone (windows.csv says {place})",
                    ),
                    no,
                )
            listed[no] = zone.code
        kinds = {draft.windows[no].value.kind for no in zone.windows if no in draft.windows}
        if zone.led_by in LED_BY and kinds and WindowKind(zone.led_by) not in kinds:
            row.fault("led_by", Words("本区确有的窗口类型", "a kind of window that the zone has"))
    for no, window in draft.windows.items():
        if no not in listed:
            window.row.fault(
                "window", Words("zones.csv 某一分区的窗口", "a window that a zone in zones.csv lists"), no
            )


def _departments(draft: Draft) -> None:
    for department, row in (draft.departments or {}).values():
        refer(row, "zone", [department.zone], draft.zones, "zones.csv")
        refer(row, "also_zones", department.also_zones, draft.zones, "zones.csv")
    doubled(((d.value.zh, d.row) for d in (draft.departments or {}).values()), "zh")


def _matters(draft: Draft) -> None:
    doubled(((m.value.zh, m.row) for m in (draft.matters or {}).values()), "matter_zh")
    for matter, row in (draft.matters or {}).values():
        refer(row, "zone", [matter.zone], draft.zones, "zones.csv")
        refer(row, "chains", matter.chains, draft.chains, "chains.csv")
        for code in refer(row, "department_code", [matter.department], draft.departments, "departments.csv"):
            department = (draft.departments or {})[code].value
            if all(_elsewhere(draft, matter.zone, zone) for zone in (department.zone, *department.also_zones)):
                words = Words(f"在 {matter.zone} 区的部门", f"a department with a place in {matter.zone}")
                row.fault("department_code", words)
        if matter.on_the_spot and matter.promised_days > 0:
            row.fault("promised_days", Words("0（即办件）", "0 (the matter is settled on the spot)"))
        if matter.promised_days > matter.statutory_days:
            limit = f"{matter.statutory_days:g}"
            row.fault("promised_days", Words(f"不超过法定时限 {limit}", f"at most the statutory {limit}"))


def _groups(draft: Draft) -> None:
    if draft.groups is None:
        return
    groups = draft.groups.values()
    doubled(((group.value.zh, group.row) for group in groups), "name_zh")
    doubled(((group.value.spoken_zh, group.row) for group in groups), "spoken_zh")
    owner: dict[str, str] = {}
    for group, row in groups:
        refer(row, "zone", [group.zone], draft.zones, "zones.csv")
        for code in refer(row, "matters", group.matters, draft.matters, "matters.csv"):
            matter = (draft.matters or {})[code].value
            if _elsewhere(draft, matter.zone, group.zone):
                row.fault("matters", Words(f"{group.zone} 区的事项", f"a matter of zone {group.zone}"), code)
            if code in owner:
                row.fault(
                    "matters",
                    Words(
                        f"只在一个业务组的事项（已在 {owner[code]} 组）",
                        f"a matter of one group (it is in {owner[code]})",
                    ),
                    code,
                )
            owner.setdefault(code, group.letter)
        for no in refer(row, "windows", group.windows, draft.windows, "windows.csv"):
            window = (draft.windows or {})[no].value
            if _elsewhere(draft, window.zone, group.zone):
                row.fault("windows", Words(f"{group.zone} 区的窗口", f"a window of zone {group.zone}"), no)
            elif draft.matters is not None and not window.matters & set(group.matters):
                row.fault("windows", Words("能办本组事项的窗口", "a window that takes a matter of the group"), no)
    for code, (_, row) in (draft.matters or {}).items():
        if code not in owner:
            row.fault("code", Words("groups.csv 中恰属一个业务组的事项", "a matter of one group in groups.csv"), code)
    for zone, row in (draft.zones or {}).values():
        if all(group.value.zone != zone.code for group in groups):
            row.fault(
                "code",
                Words("groups.csv 中至少有一个业务组的分区", "a zone with at least one group in groups.csv"),
                zone.code,
            )


def _windows(draft: Draft) -> None:
    windows = (draft.windows or {}).values()
    numbers = ((str(int(w.value.no)) if w.value.no.isdecimal() else w.value.no, w.row) for w in windows)
    doubled(numbers, "window")
    spots = [((w.row, w.col, w.floor), row) for w, row in windows]
    spots += [((p.row, p.col, p.floor), row) for p, row in (draft.points or {}).values()]
    _ways_in(draft, {spot for spot, _ in spots})
    spots = sorted((spot for spot in spots if all(spot[0])), key=lambda spot: spot[1].line)
    doubled(((f"row {r}, col {c}{f', floor {f}' if f > 1 else ''}", row) for (r, c, f), row in spots), "row")
    for window, row in windows:
        refer(row, "zone", [window.zone], draft.zones, "zones.csv")
        refer(row, "departments", window.departments, draft.departments, "departments.csv")
        for code in refer(row, "matters", row.items("matters"), draft.matters, "matters.csv"):
            if _elsewhere(draft, (draft.matters or {})[code].value.zone, window.zone):
                row.fault("matters", Words(f"{window.zone} 区的事项", f"a matter of zone {window.zone}"), code)
        if window.kind is WindowKind.ISSUING:
            refer(row, "serves", window.serves, draft.zones, "zones.csv")
            if not window.serves:
                row.fault(
                    "serves",
                    Words("出件窗口发放哪些分区的结果", "the zones whose results this issuing window hands out"),
                )
            if window.matters:
                row.fault(
                    "matters", Words("空（出件窗口不受理事项）", "nothing (an issuing window takes no matters)")
                )
        else:
            if window.serves:
                row.fault("serves", Words("空（只有出件窗口填写）", "nothing (only issuing windows have it)"))
            if not window.matters:
                row.fault("matters", Words("至少一个事项", "at least one matter"))


def _capable(draft: Draft) -> None:
    """Every matter needs a window of the public queue; agents stand outside it until the supervisor opens them."""
    if draft.windows is None or draft.matters is None:
        return
    served: set[str] = set()
    for window, _ in draft.windows.values():
        if window.kind in (WindowKind.COMPREHENSIVE, WindowKind.SPECIALIST):
            served |= window.matters
    for code, (_, row) in draft.matters.items():
        if code not in served:
            words = Words(
                "有综合窗口或专业窗口能办的事项", "a matter that a comprehensive or specialist window takes"
            )
            row.fault("code", words, code)


def _ways_in(draft: Draft, taken: set[tuple[int, int, int]]) -> None:
    """Nobody can come in, or up, where something stands."""
    if draft.settings is None:
        return
    settings, floors = draft.settings.settings, {floor for *_, floor in taken}
    doors = [("entrance", settings.entrance, {1}), ("stairs", settings.stairs, floors - {1})]
    for key, spot, on in doors:
        if spot is not None and any((*spot, floor) in taken for floor in on):
            words = Words("没有窗口和服务点的一格", "a place where no window and no point stands")
            draft.settings.document.fault(("map", key), words, list(spot))


def _settings(draft: Draft) -> None:
    """Sections [zones.x], and letters that would make a number ambiguous."""
    if draft.settings is None or draft.zones is None:
        return
    settings, zones, document = draft.settings
    for code, zone in zones.items():
        if code not in draft.zones:
            document.fault(("zones", code), Words("zones.csv 中有的分区", "a zone that stands in zones.csv"), code)
        elif zone.default_group is not None and draft.groups is not None:
            group = draft.groups.get(zone.default_group)
            if group is None or group.value.zone != code:
                words = Words(
                    f"groups.csv 中 {code} 区的业务组字母", f"the letter of a group of zone {code} in groups.csv"
                )
                document.fault(("zones", code, "default_group"), words, zone.default_group)
    if settings.numbers.series == "zone":
        for zone_row in draft.zones.values():
            if zone_row.value.letter in (draft.groups or {}):
                words = Words("业务组没有用的字母（号段按分区）", "a letter that no group has (numbers are by zone)")
                zone_row.row.fault("ticket_prefix", words)


def _profile(draft: Draft) -> None:
    if draft.profile is None:
        return
    profile, document = draft.profile
    for code in profile.matter_weights:
        if draft.matters is not None and code not in draft.matters:
            document.fault(
                ("matter_weights", code), Words("matters.csv 中有的事项", "a matter that stands in matters.csv"), code
            )
    for code in profile.collect_by_zone:
        if draft.zones is not None and code not in draft.zones:
            words = Words("zones.csv 中有的分区", "a zone that stands in zones.csv")
            document.fault(("collect_visits_by_zone", code), words, code)


def _aliases(draft: Draft) -> None:
    for alias, row in (draft.aliases or {}).values():
        refer(row, "matters", alias.matters, draft.matters, "matters.csv")
        refer(row, "groups", alias.groups, draft.groups, "groups.csv")


def _elsewhere(draft: Draft, one: str, other: str) -> bool:
    """Whether two zones differ. An unknown zone is a fault of its own and differs from none: one fault, one line."""
    return draft.zones is not None and one in draft.zones and other in draft.zones and one != other


def doubled(values: Iterable[tuple[str, Row]], field: str) -> None:
    """Note every value that a row before it has."""
    first: dict[str, int] = {}
    for value, row in values:
        if value and value in first:
            line = first[value]
            row.fault(
                field, Words(f"没有别的行用过（第 {line} 行已有）", f"a value of its own (line {line} has it)"), value
            )
        first.setdefault(value, row.line)
