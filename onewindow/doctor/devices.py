"""What prints, speaks and is read (打印机、语音、字体), each tried without a visitor noticing."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import ImageFont

from onewindow.doctor.finding import Finding, ok, stop, warn
from onewindow.guide_desk.printer_ports import BadAddress, PortFault, port_of
from onewindow.voice.engine import Engine, VoiceUnavailable, WorkerEngine
from onewindow.voice.style import Style
from onewindow.voice.wording import Utterance
from onewindow.web.static_files import ROOT
from onewindow.zones.model import Device, DeviceKind, Hall, Settings

FONTS: Final = ("NotoSansSC-Regular.woff2", "NotoSansSC-Bold.woff2")
PATIENCE: Final = 10.0
"""Seconds for the voice; a real call has less, but a machine that is starting up is slow."""
SAMPLES: Final = {"zh": "一号窗口", "en": "Window one."}


def printers(hall: Hall) -> Iterator[Finding]:
    """Every slip printer of `devices.csv`: whether it is there. Nothing is printed."""
    found = [device for device in hall.devices.values() if device.kind is DeviceKind.PRINTER]
    if not found:
        yield ok("没有登记小票打印机", "No slip printer in devices.csv")
    for device in found:
        yield printer(device)


def printer(device: Device) -> Finding:
    """One slip printer."""
    try:
        port = port_of(device.address)
        if port is None:
            return ok(f"{device.zh}：由浏览器打印", f"{device.id}: the browser prints")
        port.probe()
    except BadAddress as error:
        return warn(
            f"{device.zh}：{error}",
            f"{device.id}: the address can't be understood",
            "改正 devices.csv。",
            "Mend devices.csv.",
        )
    except PortFault as error:
        if error.code == "no_driver":
            return warn(
                f"{device.zh}：不能连接 USB 打印机，缺 {error.cause}",
                f"{device.id}: no USB printing, {error.cause} is missing",
                "安装 pyusb（.venv/bin/python -m pip install pyusb）和系统的 libusb-1.0；或改用 file:///dev/usb/lp0。",
                "Install pyusb (.venv/bin/python -m pip install pyusb) and the system's libusb-1.0; or use file:///dev/usb/lp0.",
            )
        return warn(
            f"{device.zh}：{device.address} 没有反应（{error.cause}）",
            f"{device.id}: no printer at {device.address} ({error.cause})",
            "检查电源、网线、地址和权限；打不出时取号照常，号码显示在屏上。",
            "Look at power, cable, address and permission; tickets are issued meanwhile, their number on the page.",
        )
    return ok(f"{device.zh}：{device.address} 在", f"{device.id}: {device.address} is there")


def voice(settings: Settings, engine: Engine | None = None) -> Finding:
    """Whether the real worker says a few words in each of the hall's languages."""
    begun = time.perf_counter()
    try:
        asyncio.run(_say(settings, engine or WorkerEngine(timeout=PATIENCE, start_timeout=PATIENCE)))
    except VoiceUnavailable as error:
        return warn(
            f"语音合成不可用：{error}",
            f"The voice can't speak: {error}",
            "安装：.venv/bin/python -m pip install espeakng-loader pyttsx3（离线安装包加 --no-index "
            "--find-links wheels）；在此之前由播报页的浏览器自己发声。",
            "Install it: .venv/bin/python -m pip install espeakng-loader pyttsx3 (from the bundle: --no-index "
            "--find-links wheels); until then the loudspeaker page's own browser speaks.",
        )
    took = (time.perf_counter() - begun) * 1000
    languages = " ".join(settings.voice.languages)
    return ok(
        f"语音合成正常（{languages}，启动和试读 {took:.0f} 毫秒）",
        f"The voice speaks ({languages}; {took:.0f} ms to start and say a few words)",
    )


async def _say(settings: Settings, engine: Engine) -> None:
    style = Style()
    try:
        for language in settings.voice.languages:
            words = Utterance(
                language="en" if language == "en" else "zh",
                text=SAMPLES[language],
                voice=style.voice_en if language == "en" else style.voice_zh,
                rate=settings.voice.rate,
            )
            await engine.render(words)
    finally:
        await engine.aclose()


def fonts(folder: Path = ROOT / "fonts") -> Finding:
    """Whether the shipped fonts open and draw Chinese; slips are pictures made with them."""
    for name in FONTS:
        try:
            face = ImageFont.truetype(folder / name, 24)
            drawn, blank = (bytes(face.getmask(text)) for text in ("窗", "\uffff"))
        except OSError as error:
            return _no_font(name, str(error))
        if not drawn or drawn == blank:
            return _no_font(name, "窗")
    return ok("随附字体可用", "The shipped fonts are there")


def _no_font(name: str, cause: str) -> Finding:
    return stop(
        f"字体 {name} 不可用（{cause}），小票打不出汉字",
        f"The font {name} is unusable ({cause}): slips would lack their Chinese",
        "从安装包重新复制 onewindow/web/static/fonts。",
        "Copy onewindow/web/static/fonts from the bundle again.",
    )
