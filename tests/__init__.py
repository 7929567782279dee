"""Tests of OneWindow; the folders mirror the package."""
