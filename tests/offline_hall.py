"""Run as a program: installs a bundle, examines it, serves it and fetches pages, and prints what it saw as JSON.

    python -m tests.offline_hall FOLDER DATA PORT [--cut]

`--cut`: the process is in a network namespace of its own, which it sees to: loopback is brought up, and nothing else
can be reached. Only the standard library is used, so that any Python can do it.
"""

import contextlib
import errno
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PAGES = ("/readyz", "/", "/guide", "/screens/hall", "/static/fonts/NotoSansSC-Regular.woff2")
START_SECONDS = 120.0
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP


def loopback_alone() -> None:
    """Bring `lo` up, and see that no other address can be reached; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        (flags,) = struct.unpack("16xh", fcntl.ioctl(control, GET_FLAGS, struct.pack("16sh", b"lo", 0))[:18])
        fcntl.ioctl(control, SET_FLAGS, struct.pack("16sh", b"lo", flags | UP))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        if probe.connect_ex(("192.0.2.1", 9)) != errno.ENETUNREACH:
            raise SystemExit("the network is not off")


def run(folder: Path, *command: str) -> dict[str, object]:
    """A command in the folder: its exit status and what it said."""
    done = subprocess.run(command, cwd=folder, env=plain(), capture_output=True, text=True, check=False, timeout=300)
    return {"status": done.returncode, "said": done.stdout + done.stderr}


def plain() -> dict[str, str]:
    """An environment without anything of ours, and with no cache of pip's."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHON": sys.executable, "PYTHONUNBUFFERED": "1"}


def fetch(port: int, path: str) -> int:
    """The status of a page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        answer.read()
        return int(answer.status)


def serve(folder: Path, data: Path, port: int) -> dict[str, object]:
    """Serve until the pages are fetched; their statuses, and the server's own at its end."""
    command = [".venv/bin/python", "run.py", "serve", "--port", str(port), "--data", str(data)]
    with subprocess.Popen(command, cwd=folder, env=plain(), stdout=subprocess.PIPE, text=True) as server:
        try:
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline and server.poll() is None:
                with contextlib.suppress(OSError):
                    if fetch(port, PAGES[0]) == 200:
                        break
                with contextlib.suppress(subprocess.TimeoutExpired):
                    server.wait(0.05)
            pages = {path: fetch(port, path) for path in PAGES}
        finally:
            server.send_signal(signal.SIGTERM)
            said = server.stdout.read() if server.stdout else ""
            status = server.wait(20)
    return {"pages": pages, "status": status, "said": said}


def main() -> None:
    folder, data, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    if "--cut" in sys.argv:
        loopback_alone()
    seen = {"install": run(folder, "./install.sh")}
    if seen["install"]["status"] == 0:
        doctor = (".venv/bin/python", "run.py", "doctor", "--data", str(data), "--port", str(port))
        seen |= {"doctor": run(folder, *doctor), "serve": serve(folder, data, port)}
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
