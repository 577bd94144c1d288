"""Facts and their values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from ledger.domain.tiers.facts import Fact

Choices = Mapping[str, Mapping[str, str]]


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
    """

    def __init__(
        self, facts: Mapping[str, Fact], labels: Mapping[str, str], choices: Choices
    ) -> None:
        self._facts = facts
        self._labels = labels
        self._choices = choices

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
            return str(int(value))
        return str(value)

    def stated(self, key: str, value: object) -> str:
        """``X为Y``; of an unknown one ``X不详``."""
        if value is None:
            return f"{self.label(key)}不详"
        return f"{self.label(key)}为{self.value(key, value)}"
