"""Faults in hall.toml and profile.json, each on a key of its own so that all can be made in one hall."""

from tests.zones.broken_hall import ANQIU, Break, all_of, says, text

T, P = "hall.toml", "profile.json"
TEXT = (ANQIU / T).read_text(encoding="utf-8")
LINES = TEXT.count("\n")


def line_of_text(part: str) -> int:
    """The line of the first `part` in the untouched hall.toml."""
    return TEXT[: TEXT.index(part)].count("\n") + 1


def toml(old: str, new: str, field: str, found: str, *, at: str | None = None, down: int = 0) -> Break:
    return text(T, old, new, field, found, at=at, down=down)


SETTINGS_BREAKS: dict[str, Break] = {
    "hall code": toml('code = "anqiu"', 'code = "安丘"', "hall.code", "安丘"),
    "hall without a name": toml('short_zh = "安丘政务大厅"', "", "hall.short_zh", "", at="[hall]"),
    "public url": toml('public_url = ""', 'public_url = "10.0.0.1"', "hall.public_url", "10.0.0.1"),
    "time zone": toml("Asia/Shanghai", "Asia/Anqiu", "time.time_zone", "Asia/Anqiu"),
    "rollover in the day": toml('"04:00"', '"09:30"', "time.rollover", "09:30"),
    "hours overlap": toml('"13:30-17:30"', '"11:30-17:30"', "time.sessions", "11:30-17:30"),
    "weekday": toml('"fri"]', '"friday"]', "time.weekdays", "friday"),
    "public holidays": toml(
        "use_public_holidays = true", 'use_public_holidays = "yes"', "time.use_public_holidays", "yes"
    ),
    "holiday": toml("\nholidays = []", '\nholidays = ["2026-13-01"]', "time.holidays", "2026-13-01", down=1),
    "slip placeholder": toml("{elderly}分钟", "{old}分钟", "slip.zh", "<sentence>", at='zh = "各窗口'),
    "series": toml('series = "group"', 'series = "window"', "numbers.series", "window"),
    "width": toml("width = 3", "width = 0", "numbers.width", "0"),
    "skip": toml("skip = []", "skip = [4, 0]", "numbers.skip", "0"),
    "policy": toml('"number_time"', '"first_come"', "routing.policy", "first_come"),
    "head start": toml("headstart_minutes = 20", "headstart_minutes = -5", "routing.headstart_minutes", "-5"),
    "unknown key": toml(*("# κ、τ：判断专业窗口是否跟得上", "tau_minute = 11 #", "routing.tau_minute", "tau_minute")),
    "kappa": toml("kappa = 1.0", 'kappa = "1"', "routing.kappa", "1"),
    "too many recalls": toml(
        "no_show_after_recalls = 1", "no_show_after_recalls = 9", "timing.no_show_after_recalls", "9"
    ),
    "whole minutes": toml("away_minutes = 20", "away_minutes = 20.5", "timing.away_minutes", "20.5"),
    "a flag is no number": toml("copies_per_turn = 3", "copies_per_turn = true", "timing.copies_per_turn", "true"),
    "language": toml('languages = ["zh", "en"]', 'languages = ["zh", "fr"]', "voice.languages", "fr"),
    "repeats": toml("repeats = 2", "repeats = 9", "voice.repeats", "9"),
    "volume": toml("volume = 100", "volume = 101", "voice.volume", "101"),
    "quiet hours": toml("quiet = []", 'quiet = ["12:00-11:00"]', "voice.quiet", "12:00-11:00"),
    "quiet volume": toml("quiet_volume = 0", "quiet_volume = 0.5", "voice.quiet_volume", "0.5"),
    "volume of a zone": toml('short_zh = "商事登记"', 'volume = "loud"', "zones.business.volume", "loud"),
    "rate of a zone": toml('short_zh = "综合便民"', "rate = 20", "zones.convenience.rate", "20"),
    "digit one": toml('digit_one = "一"', 'digit_one = "1"', "voice.digit_one", "1"),
    "unknown placeholder": toml(
        *('call_zh = "{group}', 'call_zh = "{name}', "voice.call_zh", "{name}，{digits}号，请到{window}号窗口")
    ),
    "missing placeholder": toml(
        *("，到{window}号窗口", "", "voice.recall_zh", "再次请{group}，{digits}号"), at="recall_zh"
    ),
    "open brace": toml(
        "please keep waiting.",
        "{please",
        "voice.correction_en",
        "Correction. {group}, number {digits}, {please",
        at="correction_en",
    ),
    "entrance in a window": toml("entrance = [12, 12]", "entrance = [12, 20]", "map.entrance", "[12, 20]"),
    "entrance from nought": toml("stairs = []", "stairs = [0, 3]", "map.stairs", "[0, 3]"),
    "settings of no zone": toml("[zones.investment]", "[zones.investments]", "zones.investments", "investments"),
    "default group elsewhere": toml(
        'default_group = "C"', 'default_group = "G"', "zones.real_estate.default_group", "G"
    ),
    "default group unknown": toml(
        'default_group = "P"', 'default_group = "I"', "zones.convenience.default_group", "I"
    ),
    "standard with credit": toml("credit_minutes = 0", "credit_minutes = 5", "applicants[1].credit_minutes", "5"),
    "applicant doubled": toml('code = "infant"', 'code = "pregnant"', "applicants[5].code", "pregnant"),
    "applicant key doubled": toml('key = "2"', 'key = "1"', "applicants[3].key", "1"),
    "applicant key too long": toml('key = "6"', 'key = "F6"', "applicants[7].key", "F6"),
    "purpose unknown": toml('code = "consult"', 'code = "ask"', "purposes[3].code", "ask"),
    "purpose minutes": toml("minutes = 2.5", "minutes = 0", "purposes[2].minutes", "0"),
    "reason doubled": toml('zh = "交接"', 'zh = "午餐"', "pause_reasons[2].zh", "午餐"),
    "reason misspelt": all_of(
        toml('en = "Copying"', 'eng = "Copying"', "hold_reasons[3].eng", "eng"),
        says(T, line_of_text('en = "Copying"') - 3, "hold_reasons[3].en", ""),
    ),
    "notice, and so one English sentence too many": all_of(
        toml('"对服务不满意，请到投诉监督台，当天答复。"', "17", "notices.zh", "17", at="zh = [\n"),
        says(T, line_of_text('en = [\n    "When'), "notices.en", "5"),
    ),
    "weight of an unknown matter": text(P, '"INV-101"', '"INV-901"', "matter_weights.INV-901", "INV-901"),
    "weight below nought": text(P, '"INV-102": 0.000494', '"INV-102": -1', "matter_weights.INV-102", "-1"),
    "half-hour": text(P, '"16:30": 14', '"16:40": 14', "half_hour_arrivals.16:40", "16:40"),
    "profile weekday": text(P, '"tue"', '"tues"', "weekday_factor.tues", "tues"),
    "collecting in no zone": text(P, '"business": 28', '"busy": 28', "collect_visits_by_zone.busy", "busy"),
    "share above one": text(
        *(P, '"priority_visitor_share": 0.05', '"priority_visitor_share": 5'),
        *("behaviour_est.priority_visitor_share", "5"),
    ),
    "profile key": text(P, '"sigma": 0.45', '"sigma": 0.45, "mu": 2', "service_time.mu", "mu"),
}
"""The table breaks and these together; `<sentence>` stands for the slip's long sentence."""

LONE_SETTINGS_BREAKS: dict[str, Break] = {
    "toml syntax": toml("width = 3", "width = = 3", "", "Invalid value"),
    "toml key twice": toml("width = 3", "width = 3\nwidth = 4", "", "Cannot overwrite a value", down=1),
    "toml never ends": toml(
        *('zh = "安丘市政务服务大厅"', 'zh = """安丘', "", "Unterminated string"),
        down=LINES - line_of_text('zh = "安丘市政务服务大厅"') + 1,
    ),
    "json syntax": text(
        P, '"visits_per_day": 1500,', '"visits_per_day": 1500', "", "Expecting ',' delimiter", down=1
    ),
    "json key twice": text(P, '"tue": 1.05', '"mon": 1.05', "weekday_factor.mon", "mon"),
    "arrivals don't add up": text(
        P, '"visits_per_day": 1500', '"visits_per_day": 1600', "half_hour_arrivals", "1500", at='"half_hour_arrivals"'
    ),
    "rollover no time": toml('"04:00"', '"4 o\'clock"', "time.rollover", "4 o'clock"),
    "hours backwards": toml('"08:30-12:00"', '"12:00-08:30"', "time.sessions", "12:00-08:30"),
    "hours no hours": toml('"08:30-12:00"', '"morning"', "time.sessions", "morning"),
    "day off and on": all_of(
        toml(
            "\nholidays = []", '\nholidays = ["2026-10-08"]', "time.workdays", "2026-10-08", at="\nworkdays", down=1
        ),
        toml("\nworkdays = []", "\nworkdays = [2026-10-08]", "time.workdays", "2026-10-08", at="\nworkdays", down=1),
    ),
    "purpose missing": toml(
        *('[[purposes]]\ncode = "consult"\nzh = "咨询"\nen = "Ask a question"\nminutes = 2\n', ""),
        *("purposes", "handle, collect"),
        at="[[purposes]]",
    ),
    "section missing": all_of(toml("[time]", "[times]", "times", "times"), says(T, 0, "time", "")),
}
