"""The test slip (测试小票) of the morning check: says which printer it came from, and that it is no number."""

from PIL import Image

from onewindow.guide_desk.slip_image import Strip


def trial_slip_image(hall_zh: str, printer_zh: str, when: str) -> Image.Image:
    """The picture, one bit and 576 dots wide. `when`: "2026-11-24 08:20"."""
    strip = Strip()
    strip.line(hall_zh, 28)
    strip.rule()
    strip.line("打印测试", 72, bold=True, centre=True)
    strip.line("Printer test", 28, centre=True)
    strip.space(8)
    strip.line(printer_zh, 40, bold=True, centre=True)
    strip.line(when, 32, centre=True)
    strip.line("0123456789　永字八法", 32, centre=True)
    strip.rule()
    strip.line("这不是号票 This is no ticket", 26, centre=True)
    return strip.cut()
