"""Paired screens (屏幕管理): codes, what each screen is set to, its link, and what it shows.

`model` (a screen and its settings, pure), `pairing` (codes), `shelf` (the paired screens), `links` (their
connections), `sight` (what is known of each, from all processes), `view` (what the supervisor gets of it), `calls`
and `pages` (the routes), `room` (put together).
"""
