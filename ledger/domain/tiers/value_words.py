"""Facts and their values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from ledger.domain.tiers.facts import Fact

Choices = Mapping[str, Mapping[str, str]]


def counted_unit(unit: str) -> str:
    """The unit behind a number: months are counted, not named."""
    return "个月" if unit == "月" else unit


class ValueWords:
    """Labels of facts and words of their values.

    Parameters
    ----------
    facts : mapping
        What the rule file declares of its own facts.
    labels : mapping
        Chinese label of each fact; the rule file's own label, then the key, stand in.
    choices : mapping
        Per choice fact, the Chinese label of each key.
    units : mapping, optional
        Unit of each number fact that has one: such a number is written with it and with
        thousands separators (``162,750元``).
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        labels: Mapping[str, str],
        choices: Choices,
        units: Mapping[str, str] | None = None,
    ) -> None:
        self._facts = facts
        self._labels = labels
        self._choices = choices
        self._units = units or {}

    def label(self, key: str) -> str:
        """What the fact is called."""
        declared = self._facts.get(key)
        return self._labels.get(key) or (declared.label if declared else "") or key

    def value(self, key: str, value: object) -> str:
        """What a known value is called."""
        if value is True or value is False:
            return "是" if value else "否"
        if isinstance(value, str):
            declared = self._facts.get(key)
            known = self._choices.get(key) or (declared.choices if declared else {})
            return known.get(value.strip(), value.strip())
        if isinstance(value, Fraction):
            value = Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, (float, Decimal)) and value == int(value):
            value = int(value)
        unit = self._units.get(key)
        if unit and isinstance(value, (int, float, Decimal)):
            return f"{value:,}{counted_unit(unit)}"
        return str(value)

    def stated(self, key: str, value: object) -> str:
        """``X为Y``; of an unknown one ``X不详``."""
        if value is None:
            return f"{self.label(key)}不详"
        return f"{self.label(key)}为{self.value(key, value)}"
