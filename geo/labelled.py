"""Stored keys that carry their Chinese label, for the enums of geo and of ledger."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A stored key with its Chinese label beside it: ``HOT = "hot", "热点"``."""

    label: str

    # The default is for type checkers only: to them, looking a key up is a call of this.
    def __new__(cls, key: str, label: str = "") -> Self:
        """A text with a label beside it."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.label = label
        return member
