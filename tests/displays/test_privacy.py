"""What anybody may see tells of nobody more than 优先 or 预约: public frames of a day in the large hall are read."""

import random
from pathlib import Path

import msgspec
import pytest

from onewindow.displays import channels as ch
from onewindow.displays.cells import Cells
from onewindow.displays.projection import Projection
from onewindow.queue import commands as cmd
from onewindow.queue.decide import execute
from onewindow.queue.journal import Entry
from onewindow.queue.refusals import Refusal
from onewindow.queue.state import MARKS
from onewindow.queue.words import MARK_WORDS
from onewindow.views.marks import MARK_ZH
from onewindow.zones.load import load_hall
from onewindow.zones.model import Hall
from tests.core_hall import MINUTE
from tests.queue.story import Story

ANQIU = Path(__file__).resolve().parents[2] / "halls" / "anqiu"
SHAMING = ("marriage", "divorce", "disab", "离婚", "婚姻", "残疾", "低保", "救助", "死亡", "殡葬", "吸毒", "社区矫正")
OWN_WORDS = "三楼有人晕倒"
"""What the supervisor notes of a suspension is for staff."""
encode = msgspec.json.encode


@pytest.fixture(scope="module")
def hall() -> Hall:
    return load_hall(ANQIU)


def secrets(hall: Hall) -> set[str]:
    """What must not be read: classes, matters, and words that shame."""
    classes = {word for a in hall.settings.applicants[1:] for word in (a.code, a.zh, a.en)} - {MARK_ZH["booked"]}
    matters = {word for m in hall.matters.values() for word in (m.code, m.zh, m.en)}
    public = {z.zh for z in hall.zones.values()} | {g.public_zh for g in hall.groups.values()}
    public |= {w.public_zh for w in hall.windows.values()}
    marks = {*MARKS, *(word for words in MARK_WORDS.values() for word in words)}
    return (
        classes
        | marks
        | {*SHAMING, OWN_WORDS}
        | {word for word in matters if not any(word in name for name in public)}
    )


def day_of(hall: Hall) -> list[bytes]:
    """All public frames' content of a busy morning with every class, and matters of every group."""
    story, chance, said = Story(hall), random.Random(7), []
    story.open(*hall.windows)
    projection = Projection(hall)
    channels = [ch.HALL, *(ch.zone(z) for z in hall.zones), *(ch.window(no) for no in hall.windows)]
    classes = [a.code for a in hall.settings.applicants]
    matters = [code for g in hall.groups.values() for code in g.matters[:2]] + [
        code for code, m in hall.matters.items() if any(word in m.zh for word in SHAMING)
    ]
    assert any("离婚" in hall.matters[code].zh for code in matters)
    commands: list[cmd.AnyCommand] = []
    for n, code in enumerate(matters):
        ticket = story.issue(code, applicant=classes[n % len(classes)], after=0.5)
        commands.append(cmd.MarkTicket(ticket=ticket.id, marks=MARKS))
    for _ in range(6):
        for no in hall.windows:
            waiting = [t.id for t in story.state.tickets.values()]
            commands += [cmd.CallNext(window=no, finish=True), cmd.Recall(window=no)]
            commands += [cmd.StartService(window=no)] if chance.random() < 0.7 else [cmd.Undo(window=no)]
            commands.append(cmd.CallTicket(window=no, ticket=chance.choice(waiting), reason="残疾人，行动不便"))
            commands.append(cmd.HoldTicket(window=no, reason="papers") if chance.random() < 0.3 else cmd.Tick())
    commands += [cmd.StopGroup(group=letter) for letter in hall.groups]
    for zone in hall.zones.values():
        first, last = zone.windows[0], zone.windows[-1]
        commands += [cmd.StartService(window=first), cmd.FinishService(window=first)]
        commands.append(cmd.MergeWindow(window=first, into=last))
    commands += [
        cmd.Tick(break_until=story.at + 90 * MINUTE),
        cmd.SuspendService(reason="evacuation", note=OWN_WORDS),
    ]
    for command in commands:
        story.at += MINUTE // 10
        events = execute(story.state, command, story.at)
        if isinstance(events, Refusal) or not events:
            continue
        entry = Entry(at=story.at, by="clerk:li@01", do="x", events=events)
        touched, cells = projection.touched(story.state, (entry,)), Cells(story.state)
        said.append(encode(touched.calls))
        followed = [*channels, *(ch.ticket(name) for name in touched.tickets)]
        for channel in followed:
            for key in projection.keys(story.state, touched, channel):
                said.append(encode({key: cells.cell(channel, key)}))
    for name in story.state.tickets:
        said.append(encode(Cells(story.state).of(ch.ticket(name))))
    return said


def test_public_frames_tell_of_nobody_more_than_priority_or_an_appointment(hall: Hall) -> None:
    said = b"\n".join(day_of(hall)).decode()
    assert "优先" in said and "预约" in said and "请到" in said
    assert "暂停服务 · 紧急疏散" in said and "午休" in said and "停止取号" in said and "已并入" in said
    assert len(said) > 500_000
    found = sorted(word for word in secrets(hall) if word in said)
    assert found == []
