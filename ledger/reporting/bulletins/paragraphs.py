"""Paragraphs of words and numbers, in which every number knows the rows that it counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.reporting.bulletins.model import Text


class Number(NamedTuple):
    """A number as it is read ("12件"), and its place among `Content.counted`; None: no rows."""

    text: str
    counted: int | None


Part = str | Number


def paragraph(*parts: Part | Iterable[Part]) -> Text:
    """The paragraph that these parts make, one after the other."""
    whole, spans = "", []
    for part in parts:
        for one in [part] if isinstance(part, str | Number) else part:
            said, counted = one if isinstance(one, Number) else (one, None)
            if counted is not None:
                spans.append((len(whole), len(whole) + len(said), counted))
            whole += said
    return Text(whole, tuple(spans))


def enumerated(items: Sequence[Sequence[Part]], between: str = "、") -> list[Part]:
    """An enumeration of items, each of several parts."""
    found: list[Part] = []
    for item in items:
        found += [between, *item] if found else item
    return found
