"""Conditions of the tier rules in Chinese words: the labels and units of what they speak of."""

from __future__ import annotations

from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.tiers import RuleSet
from ledger.domain.tiers.condition_words import ConditionWords
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.records.rulebook import choices_of


def fact_units() -> dict[str, str]:
    """The unit of each fact of institutions, counted ones included; empty for none."""
    columns = {column.key: column.unit for column in INSTITUTIONS.columns}
    return columns | {key: one.unit for key, one in COUNTED_FACTS.items()}


def tier_conditions(rules: RuleSet) -> ConditionWords:
    """Words for the conditions of a set of tier rules over institutions."""
    own = {key: fact.label for key, fact in rules.facts.items() if fact.label}
    columns = {column.key: column.label for column in INSTITUTIONS.columns}
    counted = {key: one.label for key, one in COUNTED_FACTS.items()}
    return ConditionWords(
        labels=own | columns | counted,
        choices={key: fact.choices for key, fact in rules.facts.items()} | choices_of(INSTITUTIONS),
        units=fact_units(),
        definitions={name: item.label for name, item in rules.definitions.items()},
        limits=rules.limits,
        limit_labels=rules.limit_labels,
    )
