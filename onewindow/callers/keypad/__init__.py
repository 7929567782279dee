"""A USB number pad as a window's keys (数字小键盘): `python -m onewindow.callers.keypad`.

`keys` says what a key means, purely; `device` reads the pad; `server` asks and commands; `press` is one press from
key to outcome; `__main__` puts them together.
"""
