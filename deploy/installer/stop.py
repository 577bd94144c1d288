"""The one error of the installer: something a person has to know, and what to do."""

from __future__ import annotations


class Stop(Exception):
    """Nothing goes on; the message says in Chinese what arrived and what to do."""
