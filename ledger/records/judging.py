"""Records and the tier rules: which values of a record are facts, and which columns a judgement
sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.tiers import Judgement, RuleSet, judge
from ledger.domain.timing import clock
from ledger.storage.bulk import insert_rows
from ledger.storage.tables import assessments

TIER_KEYS = ("tier", "tier_computed", "at_most", "tier_reason")
_REMEMBERED = (
    *("ledger", "at", "actor", "occasion", "rules_version", "reason"),
    *("record_id", "tier", "at_most", "override", "matched", "unknown", "facts"),
)


def facts_of(
    ledger: Ledger,
    record: Mapping[str, Any],
    counts: Mapping[str, int | None] = MappingProxyType({}),
) -> dict[str, Any]:
    """The facts of a record: its declared fact columns, every extra fact, and what is counted."""
    facts = {column.key: record.get(column.key) for column in ledger.facts}
    return facts | dict(record.get("extra") or {}) | dict(counts)


def judge_record(
    ledger: Ledger,
    record: Mapping[str, Any],
    rules: RuleSet,
    counts: Mapping[str, int | None] = MappingProxyType({}),
) -> Judgement:
    """Judge one record by the rules; ``counts`` are its counted facts
    (`ledger.records.counting`)."""
    return judge(facts_of(ledger, record, counts), rules)


def tier_fields(
    judgement: Judgement, rules: RuleSet, override: str | None
) -> dict[str, str | None]:
    """The columns that a judgement sets; ``tier`` is the override if there is one."""
    computed = None if judgement.tier is None else str(judgement.tier)
    return {
        "tier": override or computed,
        "tier_computed": computed,
        "at_most": None if judgement.at_most is None else str(judgement.at_most),
        "tier_reason": "；".join(rules.rule(rule).label for rule in judgement.matched) or None,
    }


@dataclass(frozen=True)
class Judged:
    """A judged record, to be added to the history of assessments."""

    record_id: int
    judgement: Judgement
    override: str | None


def remember(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    rules: RuleSet,
    judged: Iterable[Judged],
    *,
    occasion: str,
    reason: str | None = None,
) -> None:
    """Add assessments to the history, in the caller's transaction."""
    at = clock.now()
    same = (ledger.key, at, actor.name, occasion, rules.version, reason)
    insert_rows(
        connection,
        assessments,
        _REMEMBERED,
        [
            (
                *same,
                item.record_id,
                item.judgement.tier,
                item.judgement.at_most,
                None if item.override is None else int(item.override),
                item.judgement.matched,
                item.judgement.unknown,
                _jsonable(item.judgement.facts_used),
            )
            for item in judged
        ],
    )


def touches_facts(ledger: Ledger, keys: Sequence[str]) -> bool:
    """Whether a change of these columns can change a judgement."""
    return any(key == "extra" or ledger.by_key[key].fact for key in keys)


def _jsonable(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in facts.items()
    }
