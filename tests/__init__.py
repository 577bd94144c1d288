"""Tests mirror the code: one folder per package, one file per module."""
