"""A small synthetic hall for the core's tests: every kind of window, two zones, overlapping matter sets."""

from onewindow.zones.model import (
    ApplicantClass,
    Department,
    Group,
    Hall,
    Matter,
    NumberSettings,
    Profile,
    Purpose,
    Reason,
    RoutingSettings,
    Session,
    Settings,
    TimingSettings,
    VoiceSettings,
    Window,
    WindowKind,
    Zone,
)

DAY = "2026-11-24"
T0 = 1_795_480_200_000
"""2026-11-24 08:30 in Asia/Shanghai, ms."""
MINUTE = 60_000


def matter(code: str, zone: str, group: str, kind: str, minutes: float) -> Matter:
    return Matter(
        code=code,
        zone=zone,
        group=group,
        department="DEP",
        zh=f"事项{code}",
        en=f"Matter {code}",
        initials="sx",
        kind=kind,
        on_the_spot=kind == "specialist",
        statutory_days=20,
        promised_days=3,
        previous_promised_days=5,
        typical_minutes=minutes,
        papers=("申请表", "身份证"),
        chains=(),
        no_visit=False,
        daily_visits=10,
    )


def window(no: str, zone: str, kind: str, matters: str = "", serves: tuple[str, ...] = ()) -> Window:
    return Window(
        no=no,
        zone=zone,
        kind=WindowKind(kind),
        zh=f"{no}号窗口",
        en=f"Window {no}",
        row=1,
        col=int(no),
        departments=("DEP",),
        matters=frozenset(matters.split()),
        serves=serves,
    )


def group(letter: str, zone: str, windows: str, matters: str) -> Group:
    return Group(
        letter=letter,
        zone=zone,
        zh=f"{letter}组",
        spoken_zh=f"{letter}组",
        en=f"Group {letter}",
        windows=tuple(windows.split()),
        matters=tuple(matters.split()),
        daily_visits=30,
        public_zh=f"{letter}组",
    )


def zone(code: str, letter: str, windows: str, default: str, hue: int) -> Zone:
    return Zone(
        code=code,
        zh=f"{code}区",
        en=code,
        letter=letter,
        led_by="comprehensive",
        windows=tuple(windows.split()),
        hue=hue,
        default_group=default,
        short_zh=code,
    )


def core_hall(skip: frozenset[int] = frozenset({4}), series: str = "group") -> Hall:
    """Windows 1, 2: all of "north"; 3: only N-2; 4: issuing; 5: "south" specialist; 6: an agent's window."""
    return Hall(
        settings=settings(skip, series),
        zones={
            "north": zone("north", "X", "01 02 03 04", "A", 1),
            "south": zone("south", "Y", "05 06", "C", 2),
        },
        groups={
            "A": group("A", "north", "01 02", "N-1"),
            "B": group("B", "north", "01 02 03", "N-2"),
            "C": group("C", "south", "05 06", "S-1 S-2"),
        },
        departments={"DEP": Department(code="DEP", zh="局", en="Dept", zone="north", kind="resident", also_zones=())},
        matters={
            "N-1": matter("N-1", "north", "A", "comprehensive", 12),
            "N-2": matter("N-2", "north", "B", "specialist", 6),
            "S-1": matter("S-1", "south", "C", "specialist", 8),
            "S-2": matter("S-2", "south", "C", "specialist", 5),
        },
        windows={
            w.no: w
            for w in (
                window("01", "north", "comprehensive", "N-1 N-2"),
                window("02", "north", "comprehensive", "N-1 N-2"),
                window("03", "north", "specialist", "N-2"),
                window("04", "north", "issuing", serves=("north", "south")),
                window("05", "south", "specialist", "S-1 S-2"),
                window("06", "south", "agent", "S-1"),
            )
        },
        points={},
        chains={},
        devices={},
        profile=Profile(
            visits_per_day=100,
            half_hours={},
            matter_weights={},
            collect_by_zone={},
            consult_visits=0,
            weekday_factor={},
            service_sigma=0.45,
            priority_share=0.05,
            missed_call_share=0.04,
        ),
        digest="0" * 64,
    )


def settings(skip: frozenset[int], series: str) -> Settings:
    return Settings(
        code="core",
        zh="测试大厅",
        en="Test hall",
        short_zh="测试",
        time_zone="Asia/Shanghai",
        rollover_minute=240,
        sessions=(Session(start_minute=510, end_minute=720), Session(start_minute=810, end_minute=1050)),
        weekdays=frozenset(range(5)),
        use_public_holidays=False,
        holidays=frozenset(),
        workdays=frozenset(),
        public_url="",
        slip_zh="先取号先叫",
        slip_en="First come, first served",
        numbers=NumberSettings(series=series, width=3, skip=skip),
        routing=RoutingSettings(policy="number_time", headstart_minutes=20, kappa=1, tau_minutes=10),
        timing=TimingSettings(
            no_show_after_seconds=60,
            no_show_after_recalls=1,
            recall_limit=3,
            reinstate_minutes=30,
            back_minutes=240,
            away_minutes=20,
            held_release_minutes=5,
            undo_minutes=5,
            undo_reason_after_seconds=30,
            copies_per_turn=3,
        ),
        voice=VoiceSettings(
            languages=("zh",),
            chime=True,
            repeats=2,
            rate=150,
            digit_one="一",
            call_zh="{group}，{digits}号，请到{window}号窗口",
            recall_zh="{group}，{digits}号，请到{window}号窗口",
            correction_zh="更正，{group}，{digits}号，请继续等候",
            call_en="",
            correction_en="",
            expire_seconds=60,
        ),
        applicants=(
            ApplicantClass(code="standard", zh="普通", en="Standard", credit_minutes=0, key=""),
            ApplicantClass(code="elderly", zh="老年人", en="Elderly", credit_minutes=30, key="1"),
            ApplicantClass(code="appointment", zh="预约", en="Appointment", credit_minutes=20, key="2"),
        ),
        purposes=(
            Purpose(code="handle", zh="办理", en="Handle", minutes=None),
            Purpose(code="collect", zh="取件", en="Collect", minutes=2.5),
            Purpose(code="consult", zh="咨询", en="Consult", minutes=2),
        ),
        pause_reasons=(
            Reason(code="lunch", zh="午餐", en="Lunch"),
            Reason(code="system", zh="系统故障", en="System"),
        ),
        hold_reasons=(Reason(code="papers", zh="补材料", en="Missing papers"),),
        notices_zh=(),
    )
