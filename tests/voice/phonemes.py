"""What eSpeak NG makes of a text (音素), in a process of its own: the library is never loaded into the tests'.

    python -m tests.voice.phonemes < pairs

A pair a line as JSON, (voice, text); a line of phonemes each, without stress and pauses: the tones are in them.
"""

import ctypes
import json
import re
import sys
from typing import Final

IGNORED: Final = re.compile(r"['_|,\s]|\((?:en|cmn)\)")
_SYNCHRONOUS: Final = 2
_NO_EXIT: Final = 0x8000


def main() -> None:
    """Answer every line."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    if library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), _NO_EXIT) < 0:
        raise SystemExit("eSpeak NG can't be initialised")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    for line in sys.stdin:
        voice, text = json.loads(line)
        if library.espeak_SetVoiceByName(voice.encode()):
            raise SystemExit(f"no voice {voice}")
        rest, found = ctypes.c_char_p(text.encode()), ""
        while rest.value is not None:
            found += (library.espeak_TextToPhonemes(ctypes.byref(rest), 1, 0) or b"").decode()
        sys.stdout.write(IGNORED.sub("", found) + "\n")


if __name__ == "__main__":
    main()
