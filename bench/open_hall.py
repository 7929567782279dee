"""The hall that is measured (测量用的大厅): the sample hall, open and giving numbers whatever the time of day.

A load asks for more numbers than the hall's windows could serve until they close, so its groups would stop giving
them: in the afternoon at once, in the morning some seconds later. And a measurement must not fail at lunch.
"""

import re
import shutil
from pathlib import Path
from typing import Final

SAMPLE: Final = Path(__file__).resolve().parent.parent / "halls" / "anqiu"
OPEN_ALWAYS: Final = {
    "rollover": '"00:00"',
    "sessions": '["00:00-23:59"]',
    "weekdays": '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
    "use_public_holidays": "false",
    "stop_intake_by_forecast": "false",
}


def open_copy(to: Path, code: str = "") -> Path:
    """A copy of the sample hall's files in the new folder `to`, open always; under its own code, or another one.

    Raises ValueError when the sample hall no longer has such a setting: then the copy would not be what it says.
    """
    shutil.copytree(SAMPLE, to)
    settings = to / "hall.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in (OPEN_ALWAYS | ({"code": f'"{code}"'} if code else {})).items():
        # The first one: the hall's own settings stand before its lists.
        text, found = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, count=1, flags=re.MULTILINE)
        if not found:
            raise ValueError(f"{settings.name} has no {key}")
    settings.write_text(text, encoding="utf-8")
    return to
