"""The trials (逐项测试): what is done to a screen, a loudspeaker, a printer, and how its answer reads."""

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec

from onewindow.displays.screen_test import ScreenTests
from onewindow.guide_desk.room import DeskRoom
from onewindow.supervision.check import Found, Verdict, page_of, sentence_of
from onewindow.views.clock import local, rfc3339
from onewindow.voice.items import END_UNHEARD, TOO_LONG
from onewindow.voice.speaker_test import SpeakerTests
from onewindow.zones.model import Hall

SCREEN_SECONDS: Final = 8.0
"""So long a screen has for its answer: the page itself gives drawing up after three."""
PRINTER_SECONDS: Final = 25.0


class Trials:
    """Tries the devices of one hall. Loop-only."""

    def __init__(
        self, hall: Hall, screens: ScreenTests, speakers: SpeakerTests, zones: Mapping[str, str], desk: DeskRoom
    ) -> None:
        """`zones`: zone -> its loudspeaker."""
        self._hall = hall
        self._screens = screens
        self._speakers = speakers
        self._zones = zones
        self._desk = desk

    @property
    def speakers(self) -> tuple[str, ...]:
        """The loudspeakers' names, each once."""
        return tuple(dict.fromkeys(self._zones.values()))

    async def of(self, device: Found, run: str, now: int) -> Found:
        """Try one device. `run` is distinct for each check; `now` in ms."""
        if device.kind == "screen":
            return await self._screen(device, run, now)
        if device.kind == "speaker":
            return await self._speaker(device, run)
        return await self._printer(device, now)

    async def _screen(self, device: Found, run: str, now: int) -> Found:
        page = page_of(self._hall.devices[device.device])
        at = rfc3339(self._hall, now)
        try:
            tried = await self._screens.show(device.device, name=run, zh=device.zh, at=at, seconds=SCREEN_SECONDS)
        except LookupError:
            return _bad(
                device,
                ("没有连上", "Not connected"),
                (
                    f"请开机，在它的浏览器里打开 /screen 配对，或打开 {page}",
                    f"Switch it on and open /screen, or {page}",
                ),
            )
        if tried is None:
            return _bad(
                device,
                ("连着，但没有回应", "Connected, but no answer"),
                ("请在这块屏上刷新页面，不行就重启它", "Reload its page, or restart it"),
            )
        width, height = tried.size
        if tried.hidden:
            return _bad(
                device,
                ("页面被挡住了，看不见", "Its page can't be seen"),
                ("请把浏览器切到这个页面并全屏", "Bring the page to the front, full screen"),
            )
        said = f"已显示，{width}×{height}，内容第 {tried.v % 100_000} 版"
        return _good(device, said, f"Shown, {width}×{height}, version {tried.v}")

    async def _speaker(self, device: Found, run: str) -> Found:
        zones = [zone for zone, speaker in self._zones.items() if speaker == device.device]
        try:
            outcome = await self._speakers.say(device.device, name=run, zh=sentence_of(self._hall, zones))
        except LookupError:
            page = f"/speaker/{zones[0]}"
            return _bad(
                device,
                ("没有连上", "Not connected"),
                (f"请在接音箱的电脑上打开 {page}", f"Open {page} on the machine with the loudspeaker"),
            )
        if outcome.result == "played" and outcome.reason != END_UNHEARD:
            return _good(device, "已播完，请听一听音量", "Said to its end; listen to the volume")
        if outcome.reason == TOO_LONG:
            later = ("等叫号少的时候再查一遍", "Check again when fewer are called")
            return _bad(device, ("正忙着叫号，没有轮到测试", "Busy with calls"), later)
        todo = ("请点一下它的屏幕，再看音量和功放", "Touch its screen, then look at volume and amplifier")
        return _bad(device, ("没有播完", f"Not said to the end: {outcome.reason or outcome.result}"), todo)

    async def _printer(self, device: Found, now: int) -> Found:
        job = self._desk.print_test(device.device, local(self._hall, now).strftime("%Y-%m-%d %H:%M"))
        if job is None:
            return self._by_hand(device)
        try:
            printed = await asyncio.wait_for(asyncio.wrap_future(job), PRINTER_SECONDS)
        except TimeoutError:
            todo = ("请看电源、网线和纸", "Look at power, cable and paper")
            return _bad(device, ("没有打印出来", "Nothing was printed"), todo)
        if printed.outcome == "printed":
            said = _good(device, "已打印，请看字是否清楚", "Printed; look whether it is readable")
            return msgspec.structs.replace(said, todo_zh=printed.zh, todo_en=printed.en)
        return _bad(device, ("没有打印出来", "Nothing was printed"), (printed.zh, printed.en))

    def _by_hand(self, device: Found) -> Found:
        if device.kind == "kiosk":
            what = "由它自己的页面打印"
            todo = "请到机前看：首页在、点得动、有纸。没问题就按“看过了”"
            return _by_hand(device, what, todo, "Look at it: does it react, has it paper?")
        what = "由导询台的网页打印"
        todo = "请在导询台打印“测试小票”，看清楚后按“看过了”"
        return _by_hand(device, what, todo, "Print the trial slip at the desk, and look at it")


def _good(device: Found, zh: str, en: str) -> Found:
    return msgspec.structs.replace(device, verdict=Verdict.GOOD, what_zh=zh, what_en=en)


def _bad(device: Found, what: tuple[str, str], todo: tuple[str, str]) -> Found:
    return msgspec.structs.replace(
        device, verdict=Verdict.BAD, what_zh=what[0], what_en=what[1], todo_zh=todo[0], todo_en=todo[1]
    )


def _by_hand(device: Found, what: str, todo_zh: str, todo_en: str) -> Found:
    return msgspec.structs.replace(
        device,
        verdict=Verdict.BY_HAND,
        what_zh=what,
        what_en="Printed by its own page",
        todo_zh=todo_zh,
        todo_en=todo_en,
    )
