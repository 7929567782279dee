"""A file that is replaced whole (整体替换): a reader sees the old one or the new one, also after a power cut."""

import os
import tempfile
from pathlib import Path


def put_whole(path: Path, data: bytes, mode: int = 0o600, *, lasting: bool = True) -> None:
    """Put the data in the file's place: written beside it, synced, renamed, and the folder synced. Blocks.

    `mode`: who may read it; its owner alone if nothing is said. A missing folder is made. Two who write at once leave
    the one or the other. What a power cut leaves beside it begins with `.new-`. Raises OSError.

    Not `lasting`: nothing is synced, as each sync has the journal's next commit wait; a power cut may then leave part
    of the file, or nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=".tmp")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if lasting and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
