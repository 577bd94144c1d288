"""What kinds of facts rules may speak of, and how a stored value becomes a fact.

A fact is known or unknown, never half wrong: a value that its declaration does not allow (a text
where a number belongs, a negative amount of money, NaN, an infinity) tells nothing and therefore
counts as unknown, which keeps it visible in the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from ledger.domain.tiers.kleene import ANYTHING, INFINITY, Exact, Interval, Truth

Reader: TypeAlias = Callable[[object], Truth | str | Interval]

LARGEST_NUMBER = 10**18


class FactType(Enum):
    """Kind of a fact: stored key and Chinese label."""

    NUMBER = ("number", "数字")
    TRI = ("tri", "是/否/不详")
    TEXT = ("text", "文字")
    CHOICE = ("choice", "选项")

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label

    @classmethod
    def of(cls, key: str) -> FactType | None:
        """The type stored as ``key``, or None if there is no such type."""
        return next((kind for kind in cls if kind.key == key), None)

    def fits(self, declared: FactType) -> bool:
        """Whether a fact declared so may be used so: a choice is a text to the rules."""
        return self is declared or {self, declared} == {FactType.TEXT, FactType.CHOICE}


@dataclass(frozen=True)
class Fact:
    """A fact as a rule file declares it.

    ``minimum`` and ``maximum`` bound a number even while it is unknown. ``choices`` maps each
    key to its Chinese label; empty means that any text is allowed. ``worse`` says which side of it
    is the worse one (:mod:`ledger.domain.tiers.worse`); empty where nothing is declared. ``whole``
    numbers have no fractions.
    """

    key: str
    type: FactType
    label: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    worse: str = ""
    whole: bool = False

    @property
    def bounds(self) -> Interval:
        """What the number can be while nothing more is known."""
        low = -INFINITY if self.minimum is None else self.minimum
        high = INFINITY if self.maximum is None else self.maximum
        return (low, high)


def _plain(value: object) -> object:
    """A numpy scalar as the Python value it stands for; everything else unchanged."""
    if getattr(value, "shape", None) != ():
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def read_tri(value: object) -> Truth:
    """``True``, ``False``, or ``None`` for everything else."""
    if value is None or value is True or value is False:
        return value
    plain = _plain(value)
    return plain if isinstance(plain, bool) else None


def read_text(value: object) -> str | None:
    """The text without surrounding blanks; ``None`` when there is none."""
    return (value.strip() or None) if isinstance(value, str) else None


def read_number(value: object, bounds: Interval = ANYTHING) -> Interval:
    """The number as a point, or ``bounds`` when it is unknown or not allowed by them.

    A float stands for the shortest decimal that prints like it, the number a person typed.
    """
    number = None if value is None else _exact(value)
    if number is None or not bounds[0] <= number <= bounds[1]:
        return bounds
    return (number, number)


def _exact(value: object) -> Exact | None:
    """The number without rounding, a whole one as ``int``; None for anything but a number."""
    kind = type(value)
    plain = value if kind is int or kind is float else _plain(value)
    if not isinstance(plain, (int, float, Decimal)) or plain is True or plain is False:
        return None
    if isinstance(plain, Decimal) and plain.is_nan():
        return None
    # A float that is NaN compares false and so falls out here, with infinities and the absurd.
    if not -LARGEST_NUMBER <= plain <= LARGEST_NUMBER:
        return None
    if isinstance(plain, float):
        return int(plain) if plain.is_integer() else Decimal(repr(plain))
    return plain


def reader(kind: FactType, fact: Fact | None) -> Reader:
    """How values of a fact are read; ``fact`` is its declaration, if there is one."""
    if kind is FactType.TRI:
        return read_tri
    if kind is not FactType.NUMBER:
        return read_text
    bounds = fact.bounds if fact is not None else ANYTHING
    return lambda value: read_number(value, bounds)
