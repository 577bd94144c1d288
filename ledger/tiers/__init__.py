"""Tier rules: data in a TOML file, judged with three-valued logic, explained in words.

>>> rules = load_rules("data/rules/tiers.toml")            # doctest: +SKIP
>>> judge({"suspected_crime": True}, rules).tier           # doctest: +SKIP
4
"""

from ledger.tiers.engine import Judgement, judge
from ledger.tiers.errors import RuleError
from ledger.tiers.explanation import explain, tier_name
from ledger.tiers.facts import Fact, FactType
from ledger.tiers.model import UNDETERMINED, Definition, Measure, Rule, Tier
from ledger.tiers.moves import Move, moves
from ledger.tiers.rules import RuleSet, load_rules

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
