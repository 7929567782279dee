"""Signing in and out (登录): the page, the calls, and the way in for devices."""
