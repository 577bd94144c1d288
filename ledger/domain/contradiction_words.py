"""A rule of contradictions in Chinese words: what must not hold together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ledger.domain.contradictions import Contradiction, Linked
from ledger.domain.ledgers import LEDGERS
from ledger.domain.tiers.condition_words import ConditionWords

# How every condition takes a blank; of amounts see the rule file.
BLANKS = "空白（不详）既不当作“是”，也不当作“否”。"
# What `meaning` tells.
HEADS = ("不一致的地方", "怎样算不一致", "怎样处理", "依据")


def meaning(rule: Contradiction) -> tuple[str, str, str, str]:
    """A rule as a line of the rule book: its name, when it finds something, what to do, and why."""
    return rule.label, told(rule), rule.advice, basis(rule)


def basis(rule: Contradiction) -> str:
    """What a rule rests on, and whether that is local."""
    return f"{rule.source}（本地）" if rule.local else rule.source


def told(rule: Contradiction) -> str:
    """Every part that the rule states, in words, without a full stop."""
    words = _words(rule.ledger)
    parts = [] if rule.node is None else [words.said(rule.node)]
    if rule.blank:
        parts.append(f"{_named(rule.ledger, rule.blank)}空白")
    if rule.differ:
        one, other = (_named(rule.ledger, [key]) for key in rule.differ)
        parts.append(f"{one}与{other}不一致")
    if rule.same:
        parts.append(f"{_named(rule.ledger, rule.same)}与另一条记录完全相同")
    if rule.ordered:
        chains = "；".join(_named(rule.ledger, chain) for chain in rule.ordered)
        parts.append(f"下列日期没有由早到晚：{chains}")
    return "，且".join([*parts, *map(_linked, rule.linked)])


def _linked(linked: Linked) -> str:
    label = LEDGERS[linked.ledger].label
    said = [] if linked.node is None else [_words(linked.ledger).said(linked.node)]
    said += [one.said for one in linked.proposals]
    which = f"最近一条指向它的{label}" if linked.newest else f"有指向它的{label}"
    return f"{which}（{'，且'.join(said)}）"


@cache
def _words(ledger_key: str) -> ConditionWords:
    ledger = LEDGERS[ledger_key]
    return ConditionWords(
        labels={column.key: column.label for column in ledger.columns},
        choices={column.key: column.choice_labels for column in ledger.columns if column.choices},
        units={column.key: column.unit for column in ledger.columns if column.unit},
    )


def _named(ledger_key: str, keys: Iterable[str]) -> str:
    by_key = LEDGERS[ledger_key].by_key
    return "、".join(by_key[key].label for key in keys)
