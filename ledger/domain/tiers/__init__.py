"""Tier rules: data in a TOML file, judged with three-valued logic, explained in words.

>>> rules = load_rules("data/rules/tiers.toml")            # doctest: +SKIP
>>> judge({"suspected_crime": True}, rules).tier           # doctest: +SKIP
4

The door of the room: what other rooms and the pages need of it, by one name each.
"""

from ledger.domain.tiers.engine import Judgement, judge
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.explanation import explain, tier_name
from ledger.domain.tiers.facts import Fact, FactType
from ledger.domain.tiers.model import UNDETERMINED, Definition, Measure, Rule, Tier
from ledger.domain.tiers.moves import Move, moves
from ledger.domain.tiers.rules import RuleSet, load_rules

__all__ = [
    "UNDETERMINED",
    "Definition",
    "Fact",
    "FactType",
    "Judgement",
    "Measure",
    "Move",
    "Rule",
    "RuleError",
    "RuleSet",
    "Tier",
    "explain",
    "judge",
    "load_rules",
    "moves",
    "tier_name",
]
