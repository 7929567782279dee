"""Faults in the tables, each on a row of its own so that all can be made in one hall."""

from tests.zones.broken_hall import (
    Break,
    Report,
    added,
    all_of,
    also,
    appended,
    cell,
    first_row,
    line_of,
    says,
    text,
    without,
)

Z, D, M, G, W, C, V, A = (
    *("zones.csv", "departments.csv", "matters.csv", "groups.csv", "windows.csv", "chains.csv"),
    *("devices.csv", "aliases.csv"),
)
NEW_WINDOW = "1,convenience,specialist,新窗口,,,New window,11,11,PSB,CNV-001,"
STEP = "CH-GOV,政府投资类项目,Government investment projects"
MORTGAGE = "CH-RE4,不动产抵押登记链,Real estate mortgage registration"
DEVELOPMENT = "CH-RE1,开发项目首次登记链,First registration of a development"
COMPANY = "CH-BIZ,企业开办链,Starting a company"

TABLE_BREAKS: dict[str, Break] = {
    "zone led by": cell(Z, "investment", "led_by", "x"),
    "zone letter": cell(Z, "business", "ticket_prefix", "I"),
    "zone letter doubled": cell(Z, "convenience", "ticket_prefix", "B"),
    "zone with an unknown window": cell(Z, "real_estate", "windows", added("99"), found="99"),
    "department zone": cell(D, "LRB", "zone", "nowhere"),
    "department kind": cell(D, "EIC", "kind", "x"),
    "department also zone": cell(D, "CAD", "also_zones", "moon"),
    "department doubled": appended(D, first_row(D, "GRN"), ("code", "GRN")),
    "matter kind": cell(M, "INV-001", "kind", "x"),
    "matter on the spot": cell(M, "INV-002", "on_the_spot", "yes"),
    "matter days are words": cell(M, "INV-003", "statutory_days", "twenty"),
    "matter days below nought": cell(M, "INV-004", "promised_days", "-1"),
    "matter promised above the law": cell(M, "INV-005", "promised_days", "99"),
    "matter minutes nought": cell(M, "INV-006", "typical_minutes", "0"),
    "matter minutes not a number": cell(M, "INV-021", "typical_minutes", "nan"),
    "matter initials": cell(M, "INV-007", "pinyin_initials", "Q!"),
    "matter unknown department": cell(M, "INV-008", "department_code", "ZZZ"),
    "matter department elsewhere": cell(M, "INV-009", "department_code", "CIV"),
    "matter zone": cell(M, "INV-010", "zone", "mars"),
    "matter unknown chain": cell(M, "INV-011", "chains", added("CH-NONE"), found="CH-NONE"),
    "matter lacks its chain": cell(M, "BIZ-001", "chains", ""),
    "matter claims a chain": cell(M, "BIZ-042", "chains", "CH-BIZ"),
    "matter papers with a gap": cell(M, "INV-013", "materials_zh", "申请表；；证明"),
    "matter papers doubled": cell(M, "INV-014", "materials_zh", "申请表；申请表", found="申请表"),
    "matter no name": cell(M, "INV-015", "matter_zh", ""),
    "matter spot and days": cell(M, "INV-016", "promised_days", "3"),
    "matter no English": cell(M, "INV-019", "matter_en", ""),
    "matter name doubled": cell(M, "INV-018", "matter_zh", "工业技术改造项目核准"),
    "matter doubled": appended(M, first_row(M, "INV-022"), ("code", "INV-022")),
    "group zone": cell(G, "B", "zone", "limbo"),
    "group letter": cell(G, "Z", "prefix", "1"),
    "group doubled": appended(G, first_row(G, "Y"), ("prefix", "Y")),
    "group unknown matter": cell(G, "C", "matters", added("REA-999"), found="REA-999"),
    "group's matter in two": cell(G, "D", "matters", added("REA-001"), found="REA-001"),
    "group unknown window": cell(G, "E", "windows", added("98"), found="98"),
    "group's window elsewhere": cell(G, "F", "windows", added("17"), found="17"),
    "group's window takes none": cell(G, "W", "windows", added("41"), found="41"),
    "group's matter elsewhere": cell(G, "X", "matters", added("BIZ-002"), found="BIZ-002"),
    "matter without a group": all_of(
        also(G, "H", "matters", without("BIZ-013")), says(M, line_of(M, "BIZ-013"), "code", "BIZ-013")
    ),
    "group spoken as another": cell(G, "L", "spoken_zh", "公章"),
    "group visits": cell(G, "M", "daily_visits_est", "many"),
    "group no name": cell(G, "N", "name_zh", ""),
    "window row": cell(W, "01", "row", "a"),
    "window col": cell(W, "02", "col", "0"),
    "window kind": cell(W, "05", "kind", "x"),
    "issuing without serves": cell(W, "06", "serves", ""),
    "serves without issuing": cell(W, "07", "serves", "real_estate"),
    "window unknown department": cell(W, "13", "departments", "XXX"),
    "window unknown matter": cell(W, "14", "matters", added("REA-404"), found="REA-404"),
    "window's matter elsewhere": cell(W, "15", "matters", added("BIZ-003"), found="BIZ-003"),
    "issuing with a matter": cell(W, "16", "matters", "REA-002"),
    "window without matters": cell(
        *(W, "22", "matters", ""),
        Report(M, line_of(M, "BIZ-023"), "code", "BIZ-023"),
        Report(G, line_of(G, "K"), "windows", "22"),
    ),
    "window zone": cell(W, "43", "zone", "mars"),
    "window unknown serves": cell(W, "44", "serves", added("pluto"), found="pluto"),
    "two windows on one spot": all_of(also(W, "10", "col", "4"), says(W, line_of(W, "10"), "row", "row 1, col 4")),
    "window number doubled": appended(W, NEW_WINDOW, ("window", "1")),
    "point outside the hall": cell(W, "G1", "zone", "business"),
    "point serves nobody": cell(W, "C1", "serves", ""),
    "window in no zone": all_of(
        also(Z, "business", "windows", without("26")), says(W, line_of(W, "26"), "window", "26")
    ),
    "step number": cell(C, f"{STEP},2", "seq", "7"),
    "step level": cell(C, f"{STEP},3", "level", "0"),
    "step core": cell(C, f"{STEP},4", "core", "maybe"),
    "step before unknown": cell(C, f"{STEP},5", "depends_on", "REA-001"),
    "chain name differs": cell(C, f"{STEP},6", "chain_zh", "政府投资项目"),
    "step doubled": cell(
        *(C, f"{MORTGAGE},4", "matter_code", "REA-014"),
        Report(M, line_of(M, "REA-017"), "chains", "CH-RE4"),
    ),
    "step unknown matter": cell(
        *(C, f"{DEVELOPMENT},7", "matter_code", "REA-997"),
        Report(M, line_of(M, "REA-002"), "chains", "CH-RE1"),
    ),
    "device doubled": appended(V, "kiosk-1,kiosk,,,,自助取号机", ("id", "kiosk-1")),
    "device kind": cell(V, "tv-hall", "kind", "tv"),
    "device zone": cell(V, "speaker-business", "zones", "busyness"),
    "device window": cell(V, "led-01", "window", "77"),
    "led without a window": cell(V, "led-02", "window", ""),
    "led in another zone": cell(V, "led-03", "zones", "business"),
    "zone screen for two": cell(V, "tv-business", "zones", added("convenience")),
    "speaker for none": cell(V, "speaker-investment", "zones", ""),
    "printer address": cell(V, "printer-desk", "address", "lpt1"),
    "address of a screen": cell(V, "tv-investment", "address", "browser:"),
    "window of a kiosk": cell(V, "kiosk-2", "window", "04"),
    "alias unknown matter": cell(A, "护照", "matters", "CNV-800"),
    "alias unknown group": cell(A, "户口本", "groups", "I"),
    "alias of nothing": cell(A, "网吧", "matters", ""),
    "alias doubled": appended(A, "低保,CNV-020,", ("alias", "低保")),
}

LONE_TABLE_BREAKS: dict[str, Break] = {
    "row too short": text(Z, ",specialist,17；", "；specialist；17；", "", "4"),
    "quote left open": text(
        G, '"Investment, comprehensive"', '"Investment, comprehensive', "", "',' expected after '\"'"
    ),
    "column misspelt": all_of(
        text(M, "on_the_spot", "on_the_sport", "on_the_spot", ""), says(M, 1, "on_the_sport", "on_the_sport")
    ),
    "column doubled": text(D, "also_zones", "kind", "kind", "2"),
    "circle": cell(C, f"{COMPANY},1", "depends_on", "BIZ-023", found="BIZ-001 → BIZ-023 → BIZ-002 → BIZ-001"),
}
