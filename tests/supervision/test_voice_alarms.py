"""What the supervisor reads when the voice fails, and who speaks then."""

import pytest

from onewindow.supervision.alarm import Urgency
from onewindow.supervision.voice_alarms import of_voices
from onewindow.voice.announcement import Fault
from onewindow.voice.trouble import Trouble, Troubles


def told(troubles: Troubles) -> list[tuple[str, tuple[str, ...], int | None]]:
    return [(one.code, one.names, one.since) for one in troubles.all()]


def test_faults_of_several_loudspeakers_are_one_trouble_that_stands_since_the_first() -> None:
    troubles = Troubles({"a": "甲区扬声器", "b": "乙区扬声器"}, None)
    troubles.hear(Fault(speaker="a", code="engine", on=True, detail="gone"), 1000)
    troubles.hear(Fault(speaker="b", code="engine", on=True, detail="gone"), 2000)
    troubles.hear(Fault(speaker="a", code="engine", on=True, detail="still gone"), 3000)
    troubles.hear(Fault(speaker="b", code="silent", on=True), 4000)
    assert told(troubles) == [("engine", ("甲区扬声器", "乙区扬声器"), 1000)], "silent has an alarm of its own"
    troubles.hear(Fault(speaker="a", code="engine", on=False), 5000)
    assert told(troubles) == [("engine", ("乙区扬声器",), 2000)]
    troubles.hear(Fault(speaker="b", code="engine", on=False), 6000)
    assert told(troubles) == []


@pytest.mark.parametrize(
    ("code", "urgency", "zh"),
    [
        ("engine", Urgency.SOON, "语音合成不出声，甲改用浏览器语音或只响铃"),
        ("fallback", Urgency.LATER, "录音拼不出来，甲改用合成语音"),
        ("player", Urgency.SOON, "甲取不到或放不出声音，只响铃或用浏览器语音"),
    ],
)
def test_each_trouble_says_what_speaks_now_and_what_to_do(code: str, urgency: Urgency, zh: str) -> None:
    alarm = next(of_voices([Trouble(code=code, names=("甲",), detail="why", since=7)]))
    assert (alarm.code, alarm.urgency, alarm.zh, alarm.since) == (f"voice_{code}", urgency, zh, 7)
    assert alarm.todo_zh and alarm.todo_en and "why" in alarm.en


def test_missing_lines_are_named_all_at_once() -> None:
    alarm = next(of_voices([Trouble(code="clips", names=("户政", "七"), detail="七.wav: cut short")]))
    assert alarm.zh == "录音缺 2 条：“户政”、“七”；七.wav: cut short"
    many = next(of_voices([Trouble(code="clips", names=tuple(map(str, range(40))))]))
    assert many.zh.endswith("“11”等 40 条")
    assert (
        next(of_voices([Trouble(code="clips", names=(), detail="pack.json: bad")])).zh
        == "录音文件有问题；pack.json: bad"
    )
