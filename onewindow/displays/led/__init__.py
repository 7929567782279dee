"""A window's LED bar (条屏) as a program: follows the window's channel and drives a panel of 2 × 16 characters."""
