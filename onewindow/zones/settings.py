"""`hall.toml` (大厅设置): read, checked, and turned into `Settings`."""

import tomllib
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from onewindow.zones.faults import Faults, Words, one_of, read_utf8
from onewindow.zones.hours import read_sessions, read_time
from onewindow.zones.key_lines import toml_lines
from onewindow.zones.model import (
    ApplicantClass,
    NumberSettings,
    Purpose,
    Reason,
    RoutingSettings,
    Settings,
    TimingSettings,
    VoiceSettings,
)
from onewindow.zones.sections import Document, Section

FILE = "hall.toml"
POLICIES = (
    "number_time",
    "fcfs",
    "strict_priority",
    "accumulating_priority",
    "max_weight",
    "generalized_c_mu",
    "comprehensive_first",
)
"""Names of the calling rules; `onewindow.routing.rules.RULES` holds them, and a test compares the two."""
PURPOSES = ("handle", "collect", "consult")
SLIP_ZH = "各窗口先叫自己能办的最早的号；依规定优先的人按早到的分钟数排，窗口可说明每次叫号的理由。"
SLIP_EN = "Each window calls the earliest number it can serve; visitors with priority count as some minutes earlier."


class ZoneSettings(NamedTuple):
    """What `hall.toml` says of a zone; None: not said."""

    short_zh: str | None
    default_group: str | None
    volume: int | None = None
    rate: int | None = None
    short_en: str | None = None


class SettingsFile(NamedTuple):
    """The settings, what they say of each zone, and the file, for further faults."""

    settings: Settings
    zones: dict[str, ZoneSettings]
    document: Document


def code_of(folder: Path) -> str:
    """The code of the hall in `folder`. Raises HallFileError when `hall.toml` has faults; looks at nothing else."""
    faults = Faults()
    found = read_settings(folder, faults)
    faults.raise_any()
    assert found is not None
    return found.settings.code


def read_settings(folder: Path, faults: Faults) -> SettingsFile | None:
    """Read `hall.toml`; None, with faults noted, when it is missing or no TOML."""
    text = read_utf8(folder / FILE, faults)
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        line = (
            int(message.rpartition("line ")[2].partition(",")[0]) if "at line " in message else text.count("\n") + 1
        )
        faults.add(FILE, line, "", message.partition(" (at ")[0], Words("符合 TOML 语法", "valid TOML"))
        return None
    document = Document(FILE, toml_lines(text), faults)
    root = Section(document, (), values)
    hall = root.section("hall")
    time = read_time(root.section("time"))
    numbers = _numbers(root.section("numbers", optional=True))
    routing = _routing(root.section("routing", optional=True))
    timing = _timing(root.section("timing", optional=True))
    voice = _voice(root.section("voice", optional=True))
    applicants = _applicants(root)
    slip = root.section("slip", optional=True)
    roll = (slip.number("roll_metres", 50, low=1, high=300), slip.whole("low_slips", 60, high=1000))
    slip_zh, slip_en = _slip(slip, applicants, routing)
    notices = root.section("notices", optional=True)
    notices_zh, notices_en = _notices(notices)
    plan = root.section("map", optional=True)
    settings = Settings(
        code=hall.code("code"),
        zh=hall.text("zh"),
        en=hall.text("en"),
        short_zh=hall.text("short_zh"),
        public_url=_public_url(hall),
        **time._asdict(),
        slip_zh=slip_zh,
        slip_en=slip_en,
        entrance=plan.pair("entrance"),
        stairs=plan.pair("stairs"),
        roll_metres=roll[0],
        low_slips=roll[1],
        numbers=numbers,
        routing=routing,
        timing=timing,
        voice=voice,
        applicants=applicants,
        purposes=_purposes(root),
        pause_reasons=_reasons(root, "pause_reasons"),
        hold_reasons=_reasons(root, "hold_reasons"),
        notices_zh=notices_zh,
        notices_en=notices_en,
    )
    zones = _zones(root.section("zones", optional=True))
    for section in (hall, notices, plan, root):
        section.close()
    return SettingsFile(settings, zones, document)


def _notices(notices: Section) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The foot's sentences in Chinese and, if the hall has them, in English, one for each."""
    zh, en = notices.texts("zh", ()), notices.texts("en", ())
    if en and len(en) != len(zh):
        many = Words(f"与 zh 一样多的句子（{len(zh)} 句），或不写", f"as many sentences as zh ({len(zh)}), or none")
        notices.fault("en", many, len(en))
    return zh, en


def _public_url(hall: Section) -> str:
    """The address for phones: empty, or http(s) without a trailing slash."""
    url = hall.text("public_url", "", blank=True)
    if url and (not url.startswith(("http://", "https://")) or len(url.partition("://")[2]) < 1 or " " in url):
        hall.fault(
            "public_url",
            Words("空，或以 http:// 或 https:// 开头的地址", "empty or an address with http:// or https://"),
        )
    return url.rstrip("/")


def _numbers(section: Section) -> NumberSettings:
    series = section.choice("series", ("group", "zone"), "group")
    width = section.whole("width", 3, low=1, high=6)
    skip = section.entries("skip", ())
    words = Words(f"1 到 {10**width - 1} 的整数的列表", f"a list of whole numbers from 1 to {10**width - 1}")
    for number in skip:
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number < 10**width:
            section.fault("skip", words, number)
    section.close()
    return NumberSettings(series=series, width=width, skip=frozenset(n for n in skip if isinstance(n, int)))


def _routing(section: Section) -> RoutingSettings:
    routing = RoutingSettings(
        policy=section.choice("policy", POLICIES, POLICIES[0]),
        headstart_minutes=section.number("headstart_minutes", 20, high=240),
        kappa=section.number("kappa", 1, high=100),
        tau_minutes=section.number("tau_minutes", 10, high=240),
    )
    section.close()
    return routing


def _timing(section: Section) -> TimingSettings:
    timing = TimingSettings(
        no_show_after_seconds=section.whole("no_show_after_seconds", 60, high=3600),
        no_show_after_recalls=section.whole("no_show_after_recalls", 1, high=10),
        recall_limit=section.whole("recall_limit", 3, high=20),
        reinstate_minutes=section.whole("reinstate_minutes", 30, high=1440),
        back_minutes=section.whole("back_minutes", 240, high=1440),
        away_minutes=section.whole("away_minutes", 20, high=1440),
        held_release_minutes=section.whole("held_release_minutes", 5, high=1440),
        undo_minutes=section.whole("undo_minutes", 5, high=60),
        undo_reason_after_seconds=section.whole("undo_reason_after_seconds", 30, high=3600),
        copies_per_turn=section.whole("copies_per_turn", 3, low=1, high=100),
        appointment_late_minutes=section.whole("appointment_late_minutes", 15, high=240),
        stop_intake_by_forecast=section.flag("stop_intake_by_forecast", True),
    )
    if timing.no_show_after_recalls > timing.recall_limit:
        words = Words("不超过 recall_limit", "at most recall_limit")
        section.fault("no_show_after_recalls", words, timing.no_show_after_recalls)
    section.close()
    return timing


def _voice(section: Section) -> VoiceSettings:
    languages = section.texts("languages", ("zh",), filled=True)
    for language in languages:
        if language not in ("zh", "en"):
            section.fault("languages", one_of(("zh", "en")), language)
    call, both = ("digits", "window"), ("window", "into")
    voice = VoiceSettings(
        languages=languages,
        chime=section.flag("chime", True),
        repeats=section.whole("repeats", 2, low=1, high=3),
        rate=section.whole("rate", 150, low=80, high=450),
        digit_one=section.choice("digit_one", ("一", "幺"), "一"),
        call_zh=_template(section, "call_zh", "{group}，{digits}号，请到{window}号窗口", call),
        recall_zh=_template(section, "recall_zh", "再次请{group}，{digits}号，到{window}号窗口", call),
        correction_zh=_template(section, "correction_zh", "更正，请{group}，{digits}号继续等候", ("digits",)),
        call_en=_template(section, "call_en", "{group}, number {digits}, please go to window {window}.", call),
        correction_en=_template(
            section, "correction_en", "Correction. {group}, number {digits}, please keep waiting.", ("digits",)
        ),
        expire_seconds=section.whole("expire_seconds", 90, low=10, high=600),
        merged_zh=_template(section, "merged_zh", "{window}的业务请到{into}办理", both, both),
        merged_en=_template(section, "merged_en", "For {window}, please go to {into}.", both, both),
        resumed_zh=_template(section, "resumed_zh", "恢复叫号，次序不变", (), ()),
        resumed_en=_template(section, "resumed_en", "Calling resumes, in the same order.", (), ()),
        volume=section.whole("volume", 100, high=100),
        quiet=read_sessions(section, "quiet", ()),
        quiet_volume=section.whole("quiet_volume", 0, high=100),
    )
    section.close()
    return voice


def placeholders(template: str) -> list[str] | None:
    """Names of the placeholders in a template, in order; None when its braces are wrong."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return [name for _, name, _, _ in parts if name is not None]


def _template(
    section: Section,
    key: str,
    default: str,
    needed: tuple[str, ...],
    known: tuple[str, ...] = ("group", "digits", "window"),
) -> str:
    """A spoken sentence with these placeholders, some of which it must have."""
    template = section.text(key, default)
    names = placeholders(template)
    if names is None or not set(names) <= set(known) or not set(needed) <= set(names):
        must, may = (" ".join(f"{{{name}}}" for name in some) for some in (needed, known))
        words = Words(
            f"含有 {must} 的句子，占位符只有 {may}" if known else "没有占位符的句子",
            f"a sentence with {must}; the placeholders are {may}" if known else "a sentence without placeholders",
        )
        section.fault(key, words)
    return template


def _slip(section: Section, applicants: tuple[ApplicantClass, ...], routing: RoutingSettings) -> tuple[str, str]:
    """The rule on the slip, its placeholders replaced by the minutes that are in force."""
    minutes = {applicant.code: f"{applicant.credit_minutes:g}" for applicant in applicants}
    minutes["headstart"] = f"{routing.headstart_minutes:g}"
    sentences = []
    for key, default in (("zh", SLIP_ZH), ("en", SLIP_EN)):
        sentence = section.text(key, default)
        names = placeholders(sentence)
        if names is None or not set(names) <= set(minutes):
            known = "、".join(f"{{{name}}}" for name in minutes)
            section.fault(
                key, Words(f"占位符只用 {known} 的句子", f"a sentence whose placeholders are among {known}")
            )
            sentences.append("")
        else:
            sentences.append(sentence.format_map(minutes))
    section.close()
    return sentences[0], sentences[1]


def _applicants(root: Section) -> tuple[ApplicantClass, ...]:
    classes: list[ApplicantClass] = []
    for section in root.sections("applicants"):
        applicant = ApplicantClass(
            code=section.code("code"),
            zh=section.text("zh"),
            en=section.text("en"),
            credit_minutes=section.number("credit_minutes", 0, high=240),
            key=section.text("key", "", blank=True),
        )
        if not classes and applicant.credit_minutes > 0:
            words = Words("0（第一个是普通类别）", "0 (the first is the standard class)")
            section.fault("credit_minutes", words, f"{applicant.credit_minutes:g}")
        if len(applicant.key) > 1 or applicant.key.isspace():
            section.fault("key", Words("一个键，或空", "one key, or nothing"))
        for field in ("code", "zh", "key"):
            value = getattr(applicant, field)
            if value and any(getattr(other, field) == value for other in classes):
                section.fault(field, Words("没有别的类别用过", "a value that no other class has"), value)
        section.close()
        classes.append(applicant)
    return tuple(classes)


def _purposes(root: Section) -> tuple[Purpose, ...]:
    purposes: list[Purpose] = []
    for section in root.sections("purposes"):
        purpose = Purpose(
            code=section.choice("code", PURPOSES, ""),
            zh=section.text("zh"),
            en=section.text("en"),
            minutes=section.optional_number("minutes", low=0.1),
        )
        if purpose.code and any(other.code == purpose.code for other in purposes):
            section.fault("code", Words("每种目的一次", "each purpose once"), purpose.code)
        section.close()
        purposes.append(purpose)
    codes = [purpose.code for purpose in purposes]
    if purposes and all(codes) and set(codes) != set(PURPOSES):
        every = one_of(PURPOSES)
        words = Words(f"三种都有：{every.zh}", f"all three: {every.en}")
        root.fault("purposes", words, ", ".join(codes))
    return tuple(purposes)


def _reasons(root: Section, key: str) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for section in root.sections(key):
        reason = Reason(code=section.code("code"), zh=section.text("zh"), en=section.text("en"))
        for field in ("code", "zh"):
            value = getattr(reason, field)
            if value and any(getattr(other, field) == value for other in reasons):
                section.fault(field, Words("没有别的原因用过", "a value that no other reason has"), value)
        section.close()
        reasons.append(reason)
    return tuple(reasons)


def _zones(section: Section) -> dict[str, ZoneSettings]:
    zones = {}
    for code in section.keys():  # noqa: SIM118 (a section is no mapping)
        zone = section.section(code)
        zones[code] = ZoneSettings(
            zone.text("short_zh", "", blank=True) or None,
            zone.text("default_group", "", blank=True) or None,
            zone.optional_whole("volume", high=100),
            zone.optional_whole("rate", low=80, high=450),
            zone.text("short_en", "", blank=True) or None,
        )
        zone.close()
    return zones
