"""The worker (语音子进程): renders one utterance at a time with pyttsx3 and eSpeak NG, and may be killed.

Run as ``python -m onewindow.voice.worker``. It is the only process that loads the speech library, for two
reasons: eSpeak NG is GPL-3.0+, and it may hang or call exit() on its own.

Protocol, on the standard streams: the parent writes a request as one line of JSON, `Request`; the worker
answers with one line of JSON, `Reply`, followed by `Reply.size` bytes of WAV. At the start it sends one
`Reply` by itself: ready, or why not. It ends at end of file, and by SIGALRM when one request takes longer
than 15 s (then the parent is gone, or it would have killed the worker long ago).

Against the library's known faults:

* ESPEAK_DATA_PATH is set and libespeak-ng loaded with RTLD_GLOBAL before pyttsx3 is imported; without the
  first the library calls exit(1), without the second pyttsx3 does not find it;
* pyttsx3 prints on standard output from a C thread: the protocol has a descriptor of its own, and standard
  output leads to nowhere;
* the first runAndWait returns early: an empty one is spent at the start;
* a bad voice raises nothing, and a new rate is applied late and may get lost: both are set, read back
  until they match and set again if they don't, and read once more after rendering;
* pyttsx3's getProperty("rate") leaves out espeak_GetParameter's second argument, so it returns the current
  rate or the default one as chance has it: the rate is read from the library itself;
* only the last file of several is written, an unwritable path or a very long text spins for ever: one
  file a run, in a folder of the worker's own, and texts of at most 400 characters.
"""

import contextlib
import ctypes
import importlib.util
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from onewindow.voice import audio

TEXT_LIMIT = 400
"""Most characters of one text; beyond some thousands the library hangs."""

NICE = 5
"""A call's words take some 40 ms of a core just when its frames go out: the server and its disk go first."""

GUARD_SECONDS = 15.0
"""After so long with one request the worker ends itself."""

_SETTLE_SECONDS = 1.0  # for a voice, a rate or a file to show; it takes milliseconds
_SETTINGS = 10  # tries within that time
_ESPEAK_RATE = 1  # espeak_GetParameter(espeakRATE, 1): the current value, not the default
_ESPEAK_CURRENT = 1


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One text to be rendered: full voice id ("sit/cmn"), words a minute, loudness in dBFS."""

    text: str
    voice: str
    rate: int
    level_db: float


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: `size` bytes of WAV follow; or `error` says what went wrong, and nothing follows."""

    size: int = 0
    error: str = ""


class CannotSpeakError(Exception):
    """A request, or the whole library on this machine, cannot be served; the message says why."""


@contextlib.contextmanager
def guard(seconds: float) -> Iterator[None]:
    """End this process by SIGALRM unless the block is left within `seconds`."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Speech:
    """pyttsx3's engine, made dependable (语音引擎). One thread, one process."""

    def __init__(self, folder: Path) -> None:
        """Load the library; `folder` takes the files. Raises CannotSpeakError when it is not installed."""
        self._espeak = _preload_espeak()
        import pyttsx3

        self._engine: Any = pyttsx3.init("espeak")
        self._errors: list[str] = []
        self._path = folder / "utterance.wav"
        self._engine.connect("error", lambda name, exception: self._errors.append(str(exception)))
        self._engine.runAndWait()

    def render(self, request: Request) -> bytes:
        """The text as a WAV, trimmed and at the asked loudness. Raises CannotSpeakError."""
        if not request.text.strip() or len(request.text) > TEXT_LIMIT:
            raise CannotSpeakError(f"A text has 1 to {TEXT_LIMIT} characters, this one {len(request.text)}")
        self._errors.clear()
        self._set("voice", request.voice)
        self._set("rate", request.rate)
        samples = audio.trim(self._spoken(request))
        if not samples:  # A very short text is lost now and then: the library cancels what it has hardly begun.
            samples = audio.trim(self._spoken(request))
        if not samples:
            raise CannotSpeakError(f"Nothing audible came of {request.text!r} with the voice {request.voice!r}")
        if (self._value("voice"), self._value("rate")) != (request.voice, request.rate):
            raise CannotSpeakError("The engine changed its voice or rate while it spoke")
        return audio.encode_wav(audio.level(samples, request.level_db))

    def _spoken(self, request: Request) -> audio.Samples:
        self._path.unlink(missing_ok=True)
        self._engine.save_to_file(_for_espeak(request.text, request.voice), str(self._path))
        self._engine.runAndWait()
        return self._written()

    def _set(self, name: str, value: str | int) -> None:
        """Set a property and see it set. One that got lost is set again; a bad value stays unset."""
        for _ in range(_SETTINGS):
            if self._value(name) == value:
                return
            self._engine.setProperty(name, value)
            if _within(_SETTLE_SECONDS / _SETTINGS, lambda: self._value(name) == value):
                return
        raise CannotSpeakError(
            f"Cannot set the {name} {value!r}: the engine stays at {self._value(name)!r}"
            + "".join(f"; {error}" for error in self._errors[:1])
        )

    def _value(self, name: str) -> object:
        """The voice's id, or the rate that the library works with."""
        if name == "rate":
            return self._espeak.espeak_GetParameter(_ESPEAK_RATE, _ESPEAK_CURRENT)
        return self._engine.getProperty(name)

    def _written(self) -> audio.Samples:
        """The file's samples, once the C thread has closed it."""
        found: list[audio.Samples] = []

        def readable() -> bool:
            with contextlib.suppress(OSError, ValueError):
                found.append(audio.decode_wav(self._path.read_bytes()))
            return bool(found)

        if not _within(_SETTLE_SECONDS, readable):
            raise CannotSpeakError("; ".join(["The engine wrote no file", *self._errors]))
        return found[0]


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time; the library's thread shows its progress in no other way."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= until:
            return False
        time.sleep(0.001)
    return True


def _preload_espeak() -> ctypes.CDLL:
    """Make espeakng_loader's libespeak-ng the one that pyttsx3 finds."""
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is None or spec.origin is None or importlib.util.find_spec("pyttsx3") is None:
        raise CannotSpeakError("The voice is not installed: pip install 'onewindow[voice]'")
    package = Path(spec.origin).parent
    data = package / "espeak-ng-data"
    if not (data / "phontab").is_file():
        raise CannotSpeakError(f"eSpeak NG's data is missing: no phontab in {data}")
    os.environ["ESPEAK_DATA_PATH"] = str(data)
    try:
        return ctypes.CDLL(str(package / "libespeak-ng.so.1"), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise CannotSpeakError(f"Cannot load eSpeak NG: {error}") from error


def _for_espeak(text: str, voice: str) -> str:
    """The text with eSpeak NG's own misreadings of Mandarin avoided.

    一 before 号 is a numeral and keeps its first tone; eSpeak NG bends it to yí. 衣 sounds as 一 should.
    """
    return text.replace("一号", "衣号") if voice.startswith("sit/cmn") else text


def answer(
    requests: BinaryIO,
    replies: BinaryIO,
    say: Callable[[Request], bytes],
    *,
    faults: tuple[type[Exception], ...],
    guard_seconds: float = GUARD_SECONDS,
) -> None:
    """Say that we are ready, then answer requests until end of file; of `faults` the reply says why."""
    decoder = msgspec.json.Decoder(Request)
    told: tuple[type[Exception], ...] = (msgspec.MsgspecError, OSError, *faults)
    reply(replies)
    for line in requests:
        try:
            with guard(guard_seconds):
                wav = say(decoder.decode(line))
        except told as error:
            reply(replies, error=str(error) or type(error).__name__)
        else:
            reply(replies, wav)


def reply(replies: BinaryIO, wav: bytes = b"", error: str = "") -> None:
    """Write one reply."""
    replies.write(msgspec.json.encode(Reply(size=len(wav), error=error)) + b"\n" + wav)
    replies.flush()


def serve(requests: BinaryIO, replies: BinaryIO, guard_seconds: float = GUARD_SECONDS) -> int:
    """Answer requests until end of file; the exit code is 1 when the library cannot be loaded at all."""
    with tempfile.TemporaryDirectory(prefix="onewindow-voice-") as folder:
        try:
            with guard(guard_seconds):
                speech = Speech(Path(folder))
        except (CannotSpeakError, RuntimeError, OSError) as error:
            reply(replies, error=str(error))
            return 1
        faults = (CannotSpeakError, RuntimeError)
        answer(requests, replies, speech.render, faults=faults, guard_seconds=guard_seconds)
    return 0


def at_work(serving: Callable[[BinaryIO, BinaryIO], int]) -> int:
    """Take the protocol's descriptors for this process alone, make way for the server, and serve; the exit code."""
    # Ctrl-C in the server's terminal reaches the whole group; the server ends its worker by end of file.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICE)
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    # A server that was killed is found by reading as well as by a reply, and closing flushes one.
    with contextlib.suppress(ConnectionError), replies:
        return serving(sys.stdin.buffer, replies)
    return 0


def main() -> int:
    """Serve on the standard streams."""
    return at_work(serve)


if __name__ == "__main__":
    sys.exit(main())
