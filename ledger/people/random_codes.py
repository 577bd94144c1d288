"""Codes that are read from a screen or a slip and typed in: no signs that are easily confused."""

from __future__ import annotations

import secrets

# Without I, L, O, 0 and 1: 31 signs; a code of 12 has 59 bits.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 3, 4


def random_code() -> str:
    """A new code from the system's source of randomness, such as ``7KQM-XW2P-9RTA``."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
