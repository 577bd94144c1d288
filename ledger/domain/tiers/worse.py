"""Which side of a fact is the worse one: what "a worse fact never gives a milder tier" stands on.

A declaration says it in one word: ``yes`` or ``no`` of a yes/no fact, ``higher`` or ``lower`` of a
number, the keys of a choice from best to worst (``none < operation, facility_gap < irregular``),
and ``neither`` of a fact that has no worse side (a kind, a fee). Keys of one step are not compared.
"""

from __future__ import annotations

from collections.abc import Collection

from ledger.domain.tiers.facts import Fact, FactType

NEITHER = "neither"
_WORDS = {
    FactType.TRI: {"yes": 1, "no": -1},
    FactType.NUMBER: {"higher": 1, "lower": -1},
}


def direction(fact: Fact | None) -> int | None:
    """Of a number or a yes/no fact: 1 where more (or yes) is worse, -1 where less (or no) is,
    0 where neither is, None where nothing is declared."""
    if fact is None or not fact.worse:
        return None
    return 0 if fact.worse == NEITHER else _WORDS.get(fact.type, {}).get(fact.worse)


def steps(fact: Fact | None) -> dict[str, int]:
    """Of a choice: the step of each key, 0 the best; empty where keys are not compared."""
    if fact is None or fact.worse in ("", NEITHER):
        return {}
    return {
        key.strip(): step
        for step, keys in enumerate(fact.worse.split("<"))
        for key in keys.split(",")
    }


def refusal(worse: str, kind: FactType, choices: Collection[str]) -> str | None:
    """Why a declaration of the worse side cannot be used, in Chinese; None if it can."""
    if not worse or worse == NEITHER:
        return None
    if kind in _WORDS:
        allowed = [*_WORDS[kind], NEITHER]
        if worse in allowed:
            return None
        return f"worse 写的是“{worse}”，{kind.label}只能写 {'、'.join(allowed)}，请改正"
    keys = [key.strip() for part in worse.split("<") for key in part.split(",")]
    unknown = [key for key in keys if choices and key not in choices]
    if unknown or len(set(keys)) < len(keys) or len(worse.split("<")) < 2 or not all(keys):
        known = "、".join(choices) or "选项的键"
        return (
            f"worse 写的是“{worse}”，应当由好到坏列出选项，用 < 隔开，同等的用逗号隔开，"
            f"可用：{known}；分不出好坏的写 {NEITHER}"
        )
    return None
