"""Displays (显示): what the screens, strips and phones show, and how it reaches them.

The pure half: `channels` (names), `cells` (values), `projection` (what an event touches), `frames` (their bytes).
The shell: `hub` (who listens, fan-out), `outlets` and `framed` (a socket's two ways to take a frame), `sockets`
(the routes), `pages` (the first frame as HTML), `room` (all of it put together).
"""
