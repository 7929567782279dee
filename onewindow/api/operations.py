"""Operations that no command is made of (其余接口), other rooms' among them: for OpenAPI and the test of roles."""

from dataclasses import dataclass
from typing import Any, Final

from onewindow.access.principal import STAFF, Role
from onewindow.api import schemas
from onewindow.api.offline_calls import HandIn, HandInReply
from onewindow.callers.writing import WriteBody
from onewindow.guide_desk.calls import RollBody
from onewindow.guide_desk.search_calls import SearchBody
from onewindow.outlook.calls import WhatIfBody
from onewindow.screens.calls import Confirming, Order, Showing
from onewindow.screens.model import Settings
from onewindow.screens.sight import Picture
from onewindow.sign_in.routes import Credentials
from onewindow.supervision.check_calls import Seen
from onewindow.voice.desk_calls import PackBody, TrialBody, VolumeBody

JSON: Final = "application/json"
TEXT: Final = "text/plain"
PNG: Final = "image/png"


@dataclass(frozen=True)
class Operation:
    """One documented operation."""

    method: str
    path: str
    zh: str
    en: str
    roles: tuple[Role, ...] | None = None
    """Who may; None: everybody, (): whoever is signed in."""
    holder: bool = False
    body: Any = None
    reply: Any = None
    """The type of the answer's JSON; None: no body."""
    media: str = JSON
    status: int = 200
    query: tuple[tuple[str, str, str], ...] = ()
    """(name, JSON type, words)"""
    idempotent: bool = False


FREE: Final = schemas.Free
CLERKS: Final = (Role.CLERK, Role.SUPERVISOR)
DESK: Final = (Role.GUIDE, Role.SUPERVISOR)
KIOSK: Final = (Role.KIOSK,)
SLIP: Final = (*STAFF, Role.KIOSK)
SOUND: Final = (Role.SPEAKER, Role.SCREEN, Role.SUPERVISOR)
SUPERVISOR: Final = (Role.SUPERVISOR,)
DEVICES: Final = (Role.SCREEN, Role.SUPERVISOR)
T: Final = "/api/tickets/{ticket}"
V: Final = "/api/supervisor/voice"
S: Final = "/api/supervisor/screens"
ONE: Final = S + "/{screen}"

PUBLIC: Final = (
    Operation("get", "/api/hall", "大厅", "The static hall, with an ETag", reply=schemas.HallReply),
    Operation("get", "/api/board", "总屏内容", "What the hall screen shows", reply=FREE),
    Operation(
        "get",
        "/api/search",
        "查找事项",
        "Find matters",
        reply=schemas.SearchReply,
        query=(("q", "string", "拼音首字母、名称、部门或编码"), ("limit", "integer", "1-50")),
    ),
    Operation("get", "/api/voice/{sha}.wav", "播报录音", "A rendered announcement", media="audio/wav"),
    Operation("get", "/api/openapi.json", "接口说明", "This document", reply=FREE),
    Operation("get", "/healthz", "存活", "The process answers", reply=schemas.Alive),
    Operation("get", "/readyz", "就绪", "The journal is replayed and can be written", reply=schemas.Ready),
    Operation("get", "/metrics", "指标", "Prometheus metrics", media=TEXT),
    Operation("post", "/api/sign-in", "登录", "Sign in: sets the cookie", body=Credentials, reply=schemas.SignedIn),
    Operation("post", "/api/screens/codes", "配对码", "A code for a screen", body=Showing, reply=FREE, status=201),
    Operation("post", "/api/screens/claim", "收取配对", "What its code has become", body=Order, reply=FREE),
    Operation(
        "post", "/api/screens/picture", "屏上画面", "What it shows; paired ones only", body=Picture, status=204
    ),
)

GUARDED: Final = (
    Operation("get", T, "号票", "A ticket, live", STAFF, holder=True, reply=schemas.TicketReply),
    Operation("get", T + "/slip", "小票文字", "The slip as text", SLIP, holder=True, media=TEXT),
    Operation("get", T + "/slip.txt", "小票文字", "The slip as text", SLIP, holder=True, media=TEXT),
    Operation("get", T + "/slip.png", "小票图片", "The slip for 80 mm paper", SLIP, holder=True, media=PNG),
    Operation("get", T + "/code.svg", "二维码", "The QR of its page", SLIP, holder=True, media="image/svg+xml"),
    Operation("post", T + "/print", "打印小票", "Print the slip", (*DESK, Role.KIOSK), reply=FREE),
    Operation("get", T + "/prints", "打印记录", "Each printing of the slip", DESK, reply=FREE),
    Operation("post", "/api/desk/papers/{printer}", "换纸", "A new roll is in", DESK, body=RollBody, reply=FREE),
    Operation("get", "/api/desk", "导询台", "The desk's view", DESK, reply=FREE),
    Operation("get", "/api/desk/preview", "取号预览", "Before it is issued", (Role.GUIDE, *KIOSK), reply=FREE),
    Operation(
        "post", "/api/desk/searches", "记下未果查找", "A search without a ticket", DESK, body=SearchBody, status=204
    ),
    Operation("get", "/api/desk/searches", "未果查找", "What was looked for in vain", SUPERVISOR, reply=FREE),
    Operation(
        "post",
        "/api/desk/offline",
        "离线号并入",
        "What a desk's page issued while the server was away; sent twice, it counts once",
        DESK,
        body=HandIn,
        reply=HandInReply,
    ),
    Operation(
        "post",
        "/api/desk/withdraw",
        "撤回未答复的请求",
        "Use up the key of a command that got no answer; 422 key_reused when it was obeyed",
        DESK,
        reply=FREE,
        idempotent=True,
    ),
    Operation("post", "/api/desk/help", "自助机求助", "A kiosk calls a guide", KIOSK, reply=FREE),
    Operation("post", "/api/desk/help/{kiosk}/done", "求助已到", "A guide is there", DESK, reply=FREE),
    Operation(
        "post",
        "/api/windows/{no}/write",
        "写给来宾",
        "Words for the visitor at the window, on its own pages only; never kept",
        CLERKS,
        body=WriteBody,
        status=204,
    ),
    Operation("get", "/api/windows/{no}", "窗口", "A window as its clerk sees it", CLERKS, reply=FREE),
    Operation("get", "/api/windows/{no}/device", "评价器", "What the device shows", DEVICES, reply=FREE),
    Operation("get", "/api/supervisor/floor", "大厅现况", "The whole hall", SUPERVISOR, reply=FREE),
    Operation("get", "/api/supervisor/remaining", "未办完的人", "Who remains", SUPERVISOR, reply=FREE),
    Operation("get", "/api/supervisor/groups", "业务组取号", "When each group's intake ends", SUPERVISOR, reply=FREE),
    Operation(
        "get",
        "/api/supervisor/windows/{no}/stranded",
        "关窗影响",
        "Whom closing the window would leave without one, and who can take them",
        SUPERVISOR,
        reply=FREE,
        query=(("matters", "string", "只留这些事项，逗号分隔 · the matters that it would keep"),),
    ),
    Operation("get", "/api/supervisor/signed-in", "在岗窗口", "Who is at which window", SUPERVISOR, reply=FREE),
    Operation(
        "post",
        "/api/supervisor/open-signed-in",
        "开所有在岗窗口",
        "Open every window whose clerk has signed in",
        SUPERVISOR,
        reply=FREE,
        idempotent=True,
    ),
    Operation("get", "/api/supervisor/check", "开门前检查", "The morning check's findings", SUPERVISOR, reply=FREE),
    Operation("post", "/api/supervisor/check", "开始检查", "Try every device", SUPERVISOR, reply=FREE),
    Operation(
        "post",
        "/api/supervisor/check/seen",
        "看过了",
        "Somebody has looked at it",
        SUPERVISOR,
        body=Seen,
        reply=FREE,
    ),
    Operation("get", "/api/supervisor/check/slip.png", "测试小票", "The trial slip", DESK, media=PNG),
    Operation("get", S, "屏幕", "Every screen: its settings and how it is", SUPERVISOR, reply=FREE),
    Operation(
        "post", S, "配对", "Pair the screen that shows a code", SUPERVISOR, body=Confirming, reply=FREE, status=201
    ),
    Operation("get", S + "/codes/{code}", "查配对码", "Which browser shows it", SUPERVISOR, reply=FREE),
    Operation("post", ONE, "屏幕设置", "Other settings", SUPERVISOR, body=Settings, reply=FREE),
    Operation("post", ONE + "/identify", "认屏", "It shows its name", SUPERVISOR, body=Order, reply=FREE),
    Operation("post", ONE + "/reload", "刷新屏", "It loads its page anew", SUPERVISOR, body=Order, reply=FREE),
    Operation("post", ONE + "/unpair", "解除配对", "It is forgotten", SUPERVISOR, body=Order, reply=FREE),
    Operation("get", ONE + "/picture", "屏上画面", "What it shows, as it sent it", SUPERVISOR, reply=FREE),
    Operation("get", V, "播报与录音", "Lines to read, recordings, loudspeakers", SUPERVISOR, reply=FREE),
    Operation("get", V + "/lines/{line}/clip.wav", "录音", "A line's recording", SUPERVISOR, media="audio/wav"),
    Operation("post", V + "/lines/{line}/clip", "存录音", "Record a line; the body is a WAV", SUPERVISOR, reply=FREE),
    Operation("post", V + "/lines/{line}/remove", "删录音", "Take a recording out", SUPERVISOR, reply=FREE),
    Operation("post", V + "/pack", "启用录音", "Use the recordings or not", SUPERVISOR, body=PackBody, reply=FREE),
    Operation("post", V + "/trial", "试听", "Hear a text, here or aloud", SUPERVISOR, body=TrialBody, reply=FREE),
    Operation("post", V + "/volume", "音量", "A loudspeaker's volume", SUPERVISOR, body=VolumeBody, reply=FREE),
    Operation(
        "get",
        "/api/reports/forecast",
        "预测评分",
        "Forecast waits against actual ones, by zone and class",
        SUPERVISOR,
        reply=FREE,
        query=(("day", "string", "YYYY-MM-DD"),),
    ),
    Operation(
        "post",
        "/api/what-if",
        "如果……会怎样",
        "Compare moves over the next hours, on the same imagined visitors; changes nothing",
        SUPERVISOR,
        body=WhatIfBody,
        reply=FREE,
    ),
    Operation(
        "get",
        "/api/what-if/moves",
        "可做的调度",
        "Every single move that the state of a zone allows, the most helpful first",
        SUPERVISOR,
        reply=FREE,
        query=(("zone", "string", "分区代号"), ("minutes", "integer", "15-240"), ("limit", "integer", "1-100")),
    ),
    Operation("get", "/api/day", "当天", "The day", STAFF, reply=schemas.DayState),
    Operation(
        "post",
        "/api/day/open",
        "开始当天",
        "Open the day of a clock that is behind the journal; every other day opens by itself",
        SUPERVISOR,
        reply=schemas.DayReply,
    ),
    Operation(
        "get",
        "/api/journal",
        "日志",
        "A day's commits, one a line; the SHA-256 of a line is the next one's `prev`",
        SUPERVISOR,
        media="application/x-ndjson",
        query=(("day", "string", "YYYY-MM-DD"), ("from", "integer", "第几条起 · first commit")),
    ),
    Operation("post", "/api/devices/{device}/ack", "播报回执", "What a player did with a call", SOUND, status=204),
    Operation("post", "/api/sign-out", "退出", "Sign out", (), status=204),
)

OTHERS: Final = (*PUBLIC, *GUARDED)
