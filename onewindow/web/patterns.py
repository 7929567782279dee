"""The sample data of the pattern page (样式页), which shows every part in every state.

Nothing here is live or of a real day. The zones, windows and names are those of the sample hall, the
two longest names of its matters among them, because a page that bears those bears the others.
"""

from typing import Any

ZONES: list[dict[str, Any]] = [
    {"code": "investment", "hue": 1, "zh": "投资项目审批服务区", "short_zh": "投资项目", "en": "Investment projects"},
    {
        "code": "real_estate",
        "hue": 2,
        "zh": "不动产交易纳税登记服务区",
        "short_zh": "不动产交易纳税登记",
        "en": "Real estate trade, tax and registration",
    },
    {"code": "business", "hue": 3, "zh": "商事登记服务区", "short_zh": "商事登记", "en": "Business registration"},
    {
        "code": "convenience",
        "hue": 4,
        "zh": "综合便民服务区",
        "short_zh": "综合便民",
        "en": "General public services",
    },
]
"""The four zones (分区) as the parts take them: code, hue 1-4, full and short Chinese name, English name."""

LONGEST_ZH = "乡镇村公共设施公益事业使用集体建设用地审批"
"""The longest Chinese name among the sample hall's matters (21 characters)."""

LONGEST_EN = "Record-filing of enterprise investment project outside the government approval catalogue"
"""The longest English name among the sample hall's matters (88 characters)."""


def call(call_id: int, number: str, window: str, zone: int, state: str = "", *flags: str) -> dict[str, Any]:
    """One row of the called numbers (叫号), `zone` counted from 0; `state` is called, recalled or empty."""
    return {
        "id": f"sample-{call_id}",
        "number": number,
        "window": window,
        "zone": ZONES[zone],
        "state": state,
        "flags": list(flags),
    }


def window(no: str, state: str, number: str = "", name_zh: str = "", name_en: str = "") -> dict[str, Any]:
    """One window (窗口) as the zone's screen shows it; states as in the macro `flag`."""
    return {"no": no, "state": state, "number": number, "name_zh": name_zh, "name_en": name_en}


def hall_screen() -> dict[str, Any]:
    """The context of `screens/hall.html`: calls newest first, zones with their queues, foot."""
    waits: list[dict[str, int] | None] = [
        {"low": 300, "high": 900},
        {"low": 1500, "high": 2400},
        {"low": 600, "high": 1200},
        {"low": 7300, "high": 9900},
    ]
    waiting = [12, 96, 45, 347]
    return {
        "calls": [
            call(6, "Q031", "32", 3, "called"),
            call(5, "C118", "09", 1, "recalled"),
            call(4, "L072", "23", 2, "", "priority"),
            call(3, "A012", "03", 0),
            call(2, "V105", "38", 3, "", "appointment"),
            call(1, "G047", "18", 2),
        ],
        "pages": {"now": 1, "of": 2},
        "zones": [
            {
                "zone": zone,
                "waiting": waiting[i],
                "wait": waits[i],
                "closed": False,
                "stopped": [{"letter": "C", "zh": "不动产登记", "last": "C131"}] if i == 1 else [],
            }
            for i, zone in enumerate(ZONES)
        ],
        "clock": "09:41",
        "service": None,
        "notice": {"zh": "40 号窗口午餐，13:30 继续", "en": "Window 40: Lunch, on again at 13:30"},
        "connection_state": "live",
        "connection_age": None,
    }


def zone_screen(zone: int = 3) -> dict[str, Any]:
    """The context of `screens/zone.html`: the zone's windows in the order of their numbers."""
    state = {33: "called", 34: "recalled", 36: "paused", 40: "closed", 43: "idle"}
    numbers = ["P014", "Q031", "Q030", "R008", "S021", "", "U019", "V105", "V104", "", "X011", "Y027", "", "P901"]
    names = ["便民综合", "户政", "户政", "出入境", "交管与治安", "民政", "人社", "社会保险", "社会保险"]
    names += ["住房公积金", "卫生与教育", "交通农业畜牧与文化城管", "供电供水", "统一出件"]
    windows = [
        window(f"{no:02}", state.get(no, "serving"), number, name)
        for no, number, name in zip(range(31, 45), numbers, names, strict=True)
    ]
    return {
        "zone": ZONES[zone],
        "windows": windows,
        "columns": 1 if len(windows) <= 6 else 2,
        "waiting": 347,
        "wait": {"low": 1500, "high": 2400},
        "clock": "09:41",
        "service": None,
        "closed": False,
        "stopped": [],
        "notice": {"zh": "请在座位等候，叫到号后再到窗口", "en": "Please take a seat until your number is called"},
        "connection_state": "live",
        "connection_age": None,
    }


def strips() -> dict[str, dict[str, Any]]:
    """The window's LED strip (窗口屏) in each of its states, by state."""
    name = {"window": "32", "name_zh": "户政", "name_en": "Household registration"}
    return {
        "called": {**name, "state": "called", "number": "Q031", "state_zh": "请办理", "state_en": "Now serving"},
        "recalled": {**name, "state": "recalled", "number": "Q031", "state_zh": "重呼", "state_en": "Called again"},
        "serving": {**name, "state": "serving", "number": "Q031", "state_zh": "办理中", "state_en": "Serving"},
        "idle": {**name, "state": "idle", "state_zh": "请等候叫号", "state_en": "Please wait to be called"},
        "paused": {**name, "state": "paused", "state_zh": "暂停", "state_en": "Paused"},
        "closed": {**name, "state": "closed", "state_zh": "未开放", "state_en": "Closed"},
        "suspended": {
            **name,
            "state": "suspended",
            "number": "Q031",
            "name_zh": "停电",
            "state_zh": "暂停服务",
            "state_en": "Service suspended · Power cut",
        },
        "suspended, free": {
            **name,
            "state": "suspended",
            "name_zh": "紧急疏散",
            "state_zh": "暂停服务",
            "state_en": "Service suspended · Evacuation",
        },
        "merged": {
            "window": "12",
            "name_zh": "13 号窗口",
            "state": "merged",
            "number": "→ 13",
            "state_zh": "业务请到",
            "state_en": "Please go to",
        },
        "long": {
            "window": "42",
            "name_zh": "交通农业畜牧与文化城管",
            "state": "called",
            "number": "Y127",
            "state_zh": "请办理",
            "state_en": "Now serving",
        },
    }


def stops() -> list[dict[str, Any]]:
    """What stops the hall's clocks (停摆), as the band on the screens says it."""
    return [
        {
            "kind": "suspended",
            "zh": "暂停服务 · 停电",
            "en": "Service suspended · Power cut",
            "text_zh": "10:05 起不计时，次序保留",
            "text_en": "Since 10:05; your place is kept",
        },
        {
            "kind": "suspended",
            "zh": "暂停服务 · 紧急疏散",
            "en": "Service suspended · Evacuation",
            "text_zh": "请听从工作人员引导，次序保留",
            "text_en": "Follow the staff; your place is kept",
        },
        {
            "kind": "break",
            "zh": "午休，13:30 继续",
            "en": "Lunch break until 13:30",
            "text_zh": "午休不计时，次序保留",
            "text_en": "No time runs; your place is kept",
        },
    ]


def matters() -> list[dict[str, Any]]:
    """Matters (事项) as search results: two ordinary ones and the two longest names."""
    quarter = {"low": 600, "high": 1200}
    return [
        {
            "code": "CNV-001",
            "zh": "居民身份证首次申领",
            "en": "First application for resident identity card",
            "zone": ZONES[3],
            "papers": 4,
            "days": "即办",
            "wait": quarter,
        },
        {
            "code": "BIZ-001",
            "zh": "企业名称预先核准",
            "en": "Enterprise name pre-approval",
            "zone": ZONES[2],
            "papers": 3,
            "days": "半个工作日",
            "wait": {"low": 1500, "high": 2400},
        },
        {
            "code": "INV-029",
            "zh": LONGEST_ZH,
            "en": "Approval of collective construction land for public facilities and welfare",
            "zone": ZONES[0],
            "papers": 4,
            "days": "7 个工作日",
            "wait": {"low": 0, "high": 300},
        },
        {
            "code": "INV-010",
            "zh": "企业投资项目备案",
            "en": LONGEST_EN,
            "zone": ZONES[0],
            "papers": 3,
            "days": "即办",
            "wait": None,
        },
    ]


def patterns_context() -> dict[str, Any]:
    """What the template `patterns.html` needs, under the one name `sample`."""
    return {
        "zones": ZONES,
        "matters": matters(),
        "calls": hall_screen()["calls"],
        "strips": strips(),
        "stops": stops(),
        "long_zh": LONGEST_ZH,
        "long_en": LONGEST_EN,
        "papers": [
            {"zh": "建设工程规划许可证申请表", "ok": True},
            {"zh": "用地批准文件或不动产权证书", "ok": True, "note": "原件核验，复印件留存"},
            {"zh": "审定的设计方案", "missing": True},
            {"zh": "施工图（建筑部分）"},
            {"zh": "项目批准、核准或备案文件"},
        ],
        "waits": {
            "usual": {"low": 700, "high": 1100},
            "soon": {"low": 0, "high": 280},
            "now": {"low": 0, "high": 0},
            "long": {"low": 7300, "high": 9900},
            "unknown": None,
        },
        "busy": {"waiting": 500, "wait": {"low": 3000, "high": 5100}},
        "flags": [
            "waiting",
            "called",
            "recalled",
            "serving",
            "held",
            "finished",
            "no_show",
            "cancelled",
            "priority",
            "appointment",
            "away",
            "open",
            "idle",
            "paused",
            "closed",
            "muted",
        ],
        "connections": [("live", None), ("late", 8), ("stale", 34), ("off", None)],
    }
