"""The pages and their files hold together, and carry nothing that a closed hall network cannot load."""

import csv
import re
from pathlib import Path

import jinja2
import pytest

from onewindow.web import patterns

WEB = Path(__file__).parents[2] / "onewindow" / "web"
STATIC = WEB / "static"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
ON_HTTPS = {"phone-secure.js", "offline-page.js"}
SHEETS = sorted((STATIC / "css").rglob("*.css"))


def environment() -> jinja2.Environment:
    """The templates as the application sees them, strict about names that are missing."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    env.globals["static"] = lambda path: f"/static/{path}"
    return env


def source(file: Path) -> str:
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.S)


def name(file: Path) -> str:
    return str(file.relative_to(WEB))


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_static_files_named_by_templates_exist(file: Path) -> None:
    for path in re.findall(r"static\(\s*['\"]([^'\"]+)['\"]\s*\)", source(file)):
        assert (STATIC / path).is_file(), f"{name(file)} names static/{path}, which is not there"


def test_parts_listed_in_the_base_exist_and_none_is_forgotten() -> None:
    listed = re.search(r"set parts = \[(.*?)\]", source(WEB / "templates" / "base.html"), flags=re.S)
    assert listed
    names = set(re.findall(r'"([\w-]+)"', listed[1]))
    assert names == {file.stem for file in (STATIC / "css" / "parts").glob("*.css")}


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_templates_have_no_inline_script_or_style(file: Path) -> None:
    text = source(file)
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, flags=re.S):
        assert not body.strip(), f"script with a body in {name(file)}"
        assert 'type="module"' in attributes, f"script that is no module in {name(file)}"
        assert "src=" in attributes
    assert not re.search(r"<style\b", text), f"<style> in {name(file)}"
    assert not re.search(r"\sstyle\s*=", text), f"style attribute in {name(file)}"
    assert not re.search(r"\son[a-z]+\s*=\s*['\"]", text), f"inline handler in {name(file)}"


@pytest.mark.parametrize("file", TEMPLATES + SHEETS + SCRIPTS, ids=name)
def test_nothing_comes_from_another_host(file: Path) -> None:
    text = source(file) if file.suffix == ".html" else file.read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", text)
    assert not re.findall(r"""url\(\s*["']?(?:https?:)?//""", text)
    assert not re.findall(r"""(?:from|import|fetch\()\s*\(?["'](?:https?:)?//""", text)


@pytest.mark.parametrize("file", SHEETS, ids=name)
def test_files_named_by_stylesheets_exist(file: Path) -> None:
    for path in re.findall(r"""url\(\s*["']?([^"')]+)""", file.read_text(encoding="utf-8")):
        target = STATIC / path.removeprefix("/static/") if path.startswith("/") else file.parent / path
        assert target.is_file(), f"{name(file)} names {path}"


@pytest.mark.parametrize("file", SCRIPTS, ids=name)
def test_scripts_are_small_modules_that_old_chromium_on_plain_http_can_run(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    for path in re.findall(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""", text):
        assert path.startswith(("./", "../")), f"{name(file)} imports {path}"
        assert path.endswith(".js"), f"{name(file)} imports {path}"
        assert (file.parent / path).is_file(), f"{name(file)} imports {path}"
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    for absent in ("randomUUID", "navigator.locks", "wakeLock", "serviceWorker", "AbortSignal.any", "innerHTML"):
        if file.name in ON_HTTPS and absent in ("wakeLock", "serviceWorker"):
            # The modules for what https alone has: each of their functions asks first.
            assert code.count("window.isSecureContext") == code.count("export ")
        else:
            assert absent not in code, f"{name(file)} uses {absent}"


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_templates_compile(file: Path) -> None:
    environment().get_template(file.relative_to(WEB / "templates").as_posix())


def rendered(template: str, **context: object) -> str:
    return environment().get_template(template).render(**context)


def test_pattern_page_shows_every_state_in_both_themes() -> None:
    page = rendered("patterns.html", sample=patterns.patterns_context())
    assert patterns.LONGEST_ZH in page
    assert patterns.LONGEST_EN in page
    for flag in patterns.patterns_context()["flags"]:
        assert page.count(f'data-flag="{flag}"') >= 2, flag
    for state in ("live", "late", "stale", "off"):
        assert page.count(f'class="connection connection--still" data-state="{state}"') == 2
    for shown in ("暂无叫号", "以窗口叫号为准", "与服务器断开", "A012 不能叫号", ">500<"):
        assert page.count(shown) >= 2, shown


def test_longest_names_are_those_of_the_sample_hall() -> None:
    text = (WEB.parents[1] / "halls" / "anqiu" / "matters.csv").read_text(encoding="utf-8")
    matters = list(csv.DictReader(text.splitlines()))
    assert max((m["matter_zh"] for m in matters), key=len) == patterns.LONGEST_ZH
    assert max((m["matter_en"] for m in matters), key=len) == patterns.LONGEST_EN


def test_screens_render_with_their_sample_context() -> None:
    hall = rendered("screens/hall.html", **patterns.hall_screen())
    assert [m in hall for m in ("Q031", "约 25–40 分钟", "约 2–3 小时", 'id="call-row"')] == [True] * 4
    zone = rendered("screens/zone.html", **patterns.zone_screen())
    assert zone.count('class="zone-window"') == 14
    for strip in patterns.strips().values():
        assert strip["state_zh"] in rendered("screens/window.html", strip=strip)


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (601, 1199, "约 10–20 分钟", "About 10–20 min"),
        (899, 901, "约 10–20 分钟", "About 10–20 min"),
        (600, 600, "约 10 分钟", "About 10 min"),
        (0, 299, "5 分钟以内", "Within 5 min"),
        (0, 0, "马上", "Now"),
        (7300, 9900, "约 2–3 小时", "About 2–3 h"),
        (3599, 7201, "约 0.5–2.5 小时", "About 0.5–2.5 h"),
    ],
)
def test_waits_are_rounded_outwards(low: int, high: int, zh: str, en: str) -> None:
    page = environment().from_string(
        '{% import "_partials/parts.html" as p %}{{ p.wait_zh(range) }}|{{ p.wait_en(range) }}'
    )
    assert page.render(range={"low": low, "high": high}) == f"{zh}|{en}"
