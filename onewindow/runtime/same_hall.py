"""Whether several processes serve the same hall (同一大厅): Redis tells halls apart by their code alone."""

import logging
from typing import Any

from onewindow.queue.journal import JournalBroken
from onewindow.shared.link import Client, Keys
from onewindow.zones.model import Hall

log = logging.getLogger(__name__)


async def say_which(redis: Client, keys: Keys, hall: Hall) -> None:
    """Leave word of the hall and its files for those who follow. Raises RedisError."""
    await redis.mset({keys.files: hall.digest, keys.name: hall.settings.zh})


async def compare(redis: Client, keys: Keys, hall: Hall) -> None:
    """Look whether the process that writes has the same hall; that it has other files of it is only said.

    Raises JournalBroken for a hall of another name, as two with one code would give numbers out of one series; or
    RedisError.
    """
    files: Any
    name: Any
    files, name = await redis.mget(keys.files, keys.name)
    if name is not None and name.decode() != hall.settings.zh:
        raise JournalBroken(
            f"这个 Redis 上正在运行的“{name.decode()}”与本厅“{hall.settings.zh}”用了同一个代码 {hall.settings.code}。"
            "请给其中一个换代码（hall.toml 的 code）或换 Redis；如果只是改了名，请先停下所有进程再启动。\n"
            f"On this Redis {name.decode()} is at work under the code {hall.settings.code}, which is also that of "
            f"{hall.settings.zh}. Give one of them another code (in hall.toml) or another Redis; if it was only "
            "renamed, stop all its processes first."
        )
    if files is not None and files.decode() != hall.digest:
        log.warning(
            "正在写这个大厅的进程用的大厅文件与本进程不同。请让所有进程用同一份文件，再逐个重启。\n"
            "The process that writes this hall has other files of it. Give all the same; restart them in turn."
        )
