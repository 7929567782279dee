"""What stands on a slip, and how it looks on paper."""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from onewindow.guide_desk.slip import Slip, ranges, slip_text, wait_words
from onewindow.guide_desk.slip_image import DOTS_PER_MM, WIDTH, WINDOW_FONT, font, slip_image, slip_png, wrap
from onewindow.guide_desk.way import WAYS, way_to
from onewindow.queue import commands as cmd
from tests.guide_desk.issued import URL, anqiu, issue, opened_day, slip_of, usual_slip
from tests.web.test_static import environment


def test_a_slip_says_what_a_visitor_needs() -> None:
    slip = usual_slip()
    assert (slip.number, slip.group_zh, slip.zone_zh) == ("C004", "不动产综合", "不动产")
    assert slip.windows == ("07", "08", "09", "10", "11", "12")
    assert (slip.place_zh, slip.issued) == ("取号时前面 3 人，约 25–40 分钟", "2026-11-24 09:41")
    assert slip.papers == anqiu().matters["REA-001"].papers
    assert slip.rule_zh == anqiu().settings.slip_zh
    assert slip.way is not None
    assert slip.way.arrow == "↖"


def test_the_text_holds_it_all_in_order_the_address_last() -> None:
    text = slip_text(usual_slip())
    parts = ["安丘市政务服务大厅", "C004　优先", "不动产综合", "07–12", "↖", "前面 3 人，约 25–40 分钟", "09:41"]
    parts += ["国有建设用地使用权首次登记", "1. 不动产登记申请书", anqiu().settings.slip_zh, URL]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert text.rstrip().endswith(URL)


@pytest.mark.parametrize("applicant", [a.code for a in anqiu().settings.applicants[1:]])
def test_of_a_class_the_slip_says_only_that_it_goes_first(applicant: str) -> None:
    state = opened_day()
    text = slip_text(slip_of(state, issue(state, cmd.Item(matter="BIZ-002"), applicant=applicant)))
    body = text.replace(anqiu().settings.slip_zh, "")
    known = anqiu().applicant(applicant)
    assert known is not None
    assert "优先" in body
    assert known.zh not in body


def test_a_claim_that_nobody_has_confirmed_is_not_on_the_slip() -> None:
    state = opened_day()
    ticket = issue(state, cmd.Item(matter="BIZ-002"), applicant="elderly", confirmed=False)
    assert not slip_of(state, ticket).priority


def test_a_hall_without_an_address_for_phones_prints_no_code() -> None:
    without, with_code = usual_slip(None), usual_slip()
    assert without.url == ""
    assert "http" not in slip_text(without)
    assert slip_image(without).height < slip_image(with_code).height - 30 * DOTS_PER_MM


def test_windows_that_are_not_open_yet_are_named_all_the_same() -> None:
    state = opened_day(windows=False)
    slip = slip_of(state, issue(state, cmd.Item(group="Q")))
    assert (slip.windows, slip.open) == (("32", "33"), False)
    assert "未开窗" in slip_text(slip)


def test_collecting_names_the_issuing_window_and_no_papers() -> None:
    state = opened_day()
    slip = slip_of(state, issue(state, cmd.Item(matter="BIZ-002"), purpose="collect"))
    assert (slip.purpose_zh, slip.windows, slip.papers) == ("取件", ("44",), ())


def test_one_visit_knows_its_other_numbers_and_folders() -> None:
    state = opened_day()
    slip = slip_of(state, issue(state, cmd.Item(group="G"), cmd.Item(group="L"), copies=3))
    assert (slip.others, slip.copies) == (("G001",), 3)
    assert "本次另有 G001" in slip_text(slip)
    assert "共 3 件" in slip_text(slip)


def test_an_agent_s_ten_folders_and_a_step_with_a_precondition_say_how_they_go_on() -> None:
    state = opened_day()
    agent = slip_of(state, issue(state, cmd.Item(group="G"), copies=10))
    assert "共 10 件，每轮最多 3 件，办完一轮排到队尾" in slip_text(agent)
    step = slip_of(state, issue(state, cmd.Item(matter="BIZ-002"), cmd.Item(matter="BIZ-022", after=(0,))))
    assert step.after == step.others
    assert f"先办 {step.after[0]}，办完轮到本号" in slip_text(step)
    assert "前面" not in slip_text(step)


def test_a_matter_that_could_shame_is_named_by_its_public_group() -> None:
    state = opened_day()
    assert slip_of(state, issue(state, cmd.Item(group="T"))).group_zh == "民政"


def test_three_windows_in_a_row_become_a_range() -> None:
    assert list(ranges(("07", "08", "09", "13"))) == ["07–09", "13"]
    assert list(ranges(("32", "33"))) == ["32", "33"]
    assert list(ranges(("A", "01", "02", "03"))) == ["A", "01–03"]
    assert list(ranges(())) == []


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 300), (600, 600), (601, 1199), (7300, 9900), (3599, 7201)])
def test_a_wait_reads_as_on_the_pages(low: int, high: int) -> None:
    page = environment().from_string(
        '{% import "_partials/parts.html" as p %}{{ p.wait_zh(range) }}|{{ p.wait_en(range) }}'
    )
    assert "|".join(wait_words(cmd.Wait(low, low, high))) == page.render(range={"low": low, "high": high})
    assert "|".join(wait_words(None)) == page.render(range=None)


def test_the_way_is_told_as_seen_from_the_desk() -> None:
    hall = anqiu()
    seen = {no: way_to(hall, [no]) for no in ("01", "07", "17", "26", "39", "44")}
    assert {no: way.arrow for no, way in seen.items() if way} == {
        "01": "←", "07": "↖", "17": "↑", "26": "↗", "39": "→", "44": "→",
    }  # fmt: skip
    assert way_to(hall, []) is None
    assert len({way.zh for way in WAYS}) == 8


# --- on paper ---


def of_image(image: Image.Image, folder: Path) -> str:
    """What a QR reader reads from a picture."""
    file = folder / "slip.png"
    image.convert("L").save(file)
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(file)], capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_the_picture_fits_80_mm_paper_in_one_bit() -> None:
    picture = slip_image(usual_slip())
    assert (picture.mode, picture.width) == ("1", WIDTH)
    assert picture.width / DOTS_PER_MM == 72
    left, top, right, bottom = picture.convert("L").point(lambda grey: 255 - grey).getbbox() or (0, 0, 0, 0)
    assert left >= 8
    assert right <= WIDTH - 8
    assert bottom <= picture.height - 8
    assert top >= 8


def test_window_numbers_are_at_least_12_mm_high() -> None:
    for digit in "0123456789":
        box = font(WINDOW_FONT, bold=True).getbbox(digit)
        assert (box[3] - box[1]) / DOTS_PER_MM >= 12


def test_the_code_leads_to_the_ticket(tmp_path: Path) -> None:
    assert of_image(slip_image(usual_slip()), tmp_path) == URL
    assert of_image(Image.open(io.BytesIO(slip_png(usual_slip()))), tmp_path) == URL


@pytest.mark.parametrize("matter", anqiu().matters)
def test_no_matter_s_slip_is_too_long_or_leaves_the_paper(matter: str) -> None:
    state = opened_day()
    picture = slip_image(slip_of(state, issue(state, cmd.Item(matter=matter), applicant="elderly")))
    box = picture.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box is not None
    assert box[2] <= WIDTH - 8
    assert picture.height / DOTS_PER_MM <= 260


def test_lines_break_between_words_and_never_before_a_mark() -> None:
    face = font(22)
    rows = list(wrap("各窗口先叫自己能办的最早的号；准时的预约按早到20分钟排。Each window calls first", face, 200))
    assert "".join(rows).replace(" ", "") == (
        "各窗口先叫自己能办的最早的号；准时的预约按早到20分钟排。Eachwindowcallsfirst"
    )
    assert all(face.getlength(row) <= 230 for row in rows)
    assert not any(row[0] in "；。，" for row in rows)
    assert any(row.endswith(("Each", "window", "calls")) for row in rows)


def test_a_long_number_shrinks_beside_the_mark() -> None:
    slip = usual_slip()
    fields = {name: getattr(slip, name) for name in Slip.__struct_fields__}
    picture = slip_image(Slip(**fields | {"number": "ABC10234"}))
    assert picture.width == WIDTH
