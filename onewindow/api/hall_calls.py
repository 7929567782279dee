"""The day's calls, and those of the hall as a whole (当天与全厅接口): intake, closing, suspension."""

from typing import Final

from onewindow.access.principal import Role
from onewindow.api import bodies, schemas
from onewindow.api.call import Asked, Call
from onewindow.queue import commands as cmd


def start_closing(asked: Asked) -> cmd.StartClosing:
    """No more numbers."""
    return cmd.StartClosing()


def resume_intake(asked: Asked) -> cmd.ResumeIntake:
    """Numbers again."""
    return cmd.ResumeIntake()


def close_day(asked: Asked) -> cmd.CloseDay:
    """The day ends."""
    return cmd.CloseDay()


def suspend(asked: Asked) -> cmd.SuspendService:
    """Nobody is called, the clocks stand still."""
    return cmd.SuspendService(reason=asked.body.reason, note=asked.body.note)


def resume(asked: Asked) -> cmd.ResumeService:
    """Service goes on."""
    return cmd.ResumeService()


def stop_group(asked: Asked) -> cmd.StopGroup:
    """No more numbers for the group today."""
    return cmd.StopGroup(group=asked.path["group"])


def resume_group(asked: Asked) -> cmd.ResumeGroup:
    """Numbers for the group again."""
    return cmd.ResumeGroup(group=asked.path["group"])


SUPERVISOR: Final = (Role.SUPERVISOR,)
DAY: Final = schemas.DayReply
G: Final = "/api/groups/{group}/"

CALLS: Final = (
    Call("/api/day/closing", bodies.Nothing, start_closing, SUPERVISOR, "停止取号", "Stop intake", DAY),
    Call("/api/day/resume", bodies.Nothing, resume_intake, SUPERVISOR, "恢复取号", "Take numbers again", DAY),
    Call("/api/day/close", bodies.Nothing, close_day, SUPERVISOR, "结束当天", "Close the day", DAY),
    Call(
        "/api/service/suspend",
        bodies.Suspend,
        suspend,
        (Role.SUPERVISOR, Role.GUIDE),
        "暂停服务",
        "Suspend service: nobody is called, all clocks stand still",
        DAY,
    ),
    Call("/api/service/resume", bodies.Nothing, resume, SUPERVISOR, "恢复服务", "Service goes on", DAY),
    Call(G + "stop", bodies.Nothing, stop_group, SUPERVISOR, "业务组停止取号", "Stop a group's intake", DAY),
    Call(G + "resume", bodies.Nothing, resume_group, SUPERVISOR, "业务组恢复取号", "Take a group's again", DAY),
)
