"""The demonstration (演示): the real hall with made-up visitors and clerks, who use nothing but the public API.

`traffic` is who comes when, for what and how long it takes: pure, and shared with the load test.
"""

from pathlib import Path


def main(host: str, port: int, hall: Path, data: Path, speed: float) -> None:
    """Serve the hall and play its day, `speed` times as fast, until a signal.

    Raises what serving raises, and `onewindow.admin.Refused` for data that are a hall's own.
    """
    from onewindow.demo.run import run  # what only describes traffic needs no server

    run(host, port, hall, data, speed)
