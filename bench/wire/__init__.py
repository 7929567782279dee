"""The wire (从提交到屏幕): how long a committed call takes to the last of so many screens, beside raw TCP.

`python -m bench.wire` writes its section of `docs/performance.md`. Three processes: this one, the hall (`hall`),
which also holds the raw connections in the same loop, and all the followers (`followers`).
"""
