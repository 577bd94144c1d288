"""Bringing the program to an office: the bundle that is shipped, and the installer inside it."""
