"""Fault drills (故障演练): each does harm to a hall at work, and the history checker judges what came of it.

A drill is a coroutine function of a `Hall` and how much of it is wanted; it gives a line of what it did. The short
forms run here, several in one life of a hall; `make faults` runs the full ones, each in a hall of its own.
"""
