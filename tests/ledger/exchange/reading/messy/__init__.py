"""Workbooks as offices really send them, built by hand, each with what must be read from it."""
