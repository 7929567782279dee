"""`run.py what-if` (推演命令): asks a running server what a move would change, and says it in a few lines."""

import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Final

import msgspec

from onewindow.admin import Refused

SECONDS: Final = 60.0


def ask(server: str, token: str, *, body: dict[str, Any] | None, zone: str | None, minutes: int) -> list[str]:
    """Compare the move in `body`, or rank all moves of `zone`; the lines to print. Raises Refused."""
    query = urllib.parse.urlencode({"zone": zone or "", "minutes": minutes})
    path = "/api/what-if" if body is not None else f"/api/what-if/moves?{query}"
    found = _asked(server.rstrip("/") + path, token, body)
    return lines(found)


def lines(found: dict[str, Any]) -> list[str]:
    """The answer as a table: change of the mean, of the p95 and of the share over half an hour."""
    now = found["now"]
    if now is None:
        return ["这个分区没有可做的调度。 No move is possible in this zone."]
    head = [
        f"窗口 windows {' '.join(found['windows'])} · 等候 waiting {found['waiting']} · "
        f"今后 next {found['horizon_minutes']} min",
        f"现状 as it is: 平均 mean {_range(now['mean_minutes'])} min · p95 {_range(now['p95_minutes'])} min · "
        f"超过30分钟 over 30 min {_percent(now['over_30_share'])}",
        "",
        "   平均 mean           p95              >30 min   动作 move",
    ]
    rows = []
    for one in found["alternatives"]:
        change = one["change"]
        words = "；".join(f"{move['zh']} · {move['en']}" for move in one["moves"])
        mean, p95, over = change["mean_minutes"], change["p95_minutes"], change["over_30_share"]
        rows.append(f"{_change(mean):>17} {_change(p95):>17} {over['mean'] * 100:+6.1f}%   {words}")
    note = "范围：现状为八成可能，变化为 95% 置信。 Ranges: 80 % of cases as it is, 95 % confidence of a change."
    return [*head, *rows, "", note]


def _range(level: dict[str, float]) -> str:
    return f"{level['mean']:.0f} [{level['low']:.0f}-{level['high']:.0f}]"


def _percent(level: dict[str, float]) -> str:
    return f"{level['mean'] * 100:.0f} %"


def _change(level: dict[str, float]) -> str:
    return f"{level['mean']:+.1f} ±{(level['high'] - level['low']) / 2:.1f}"


def _asked(url: str, token: str, body: dict[str, Any] | None) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise Refused(f"服务器地址不对：{url}\nThat is no server's address: {url}")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = msgspec.json.encode(body) if body is not None else None
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - checked above
    # The hall's own server is reached directly, whatever proxy this machine uses for the world outside.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return msgspec.json.decode(answer.read(), type=dict[str, Any])
    except urllib.error.HTTPError as error:
        raise Refused(_words(error)) from error
    except (OSError, msgspec.DecodeError) as error:
        raise Refused(
            f"服务器没有回答：{error}。它在运行吗？用 --server 写明地址。\n"
            f"The server doesn't answer: {error}. Does it run? Name its address with --server."
        ) from error


def _words(error: urllib.error.HTTPError) -> str:
    try:
        said = msgspec.json.decode(error.read(), type=dict[str, Any])
    except msgspec.DecodeError:
        return f"HTTP {error.code}"
    return f"{said.get('detail', '')}\n{said.get('detail_en', error.code)}"
