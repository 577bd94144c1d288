"""``check``: contradictions between and inside ledgers."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ledger.casework.contradictions import Finding, all_findings, rules_for
from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import acting, require_schema
from ledger.domain.access import Actor
from ledger.domain.contradictions import Contradiction
from ledger.domain.errors import Refused
from ledger.operations.rule_files import Fault, faults
from ledger.storage import Store, open_store

_SHOWN = 50


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("check")
    parser.add_argument("--as", dest="user", metavar="USER", help="以这个用户的身份和辖区核对")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """List what nobody settled, and rule files that could not be put in force; finding something
    is no failure."""
    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    unfit = _faults(store, actor)
    found = all_findings(store, actor)
    result = {"findings": [*map(_fault_as_json, unfit), *map(_as_json, found)]}
    lines = [f"规则文件 {one.kind}：{one.message}" for one in unfit]
    return Outcome(result, (*lines, *_lines(rules_for(store, actor), found)))


def _faults(store: Store, actor: Actor) -> tuple[Fault, ...]:
    """Told to who manages rules."""
    try:
        return faults(store, actor)
    except Refused:
        return ()


def _fault_as_json(one: Fault) -> dict[str, str]:
    return {"rule": "rule_file", "ledger": "rules", "number": one.kind, "message": one.message}


def _as_json(one: Finding) -> dict[str, str]:
    return {
        "rule": one.rule.id,
        "ledger": one.rule.ledger,
        "number": one.number,
        "message": one.message,
    }


def _lines(rules: Sequence[Contradiction], found: Sequence[Finding]) -> Iterable[str]:
    yield f"核对 {len(rules)} 条规则，待核对 {len(found)} 处"
    counts = Counter(one.rule.id for one in found)
    for rule in rules:
        yield f"{rule.label}：{counts[rule.id]}"
    for one in found[:_SHOWN]:
        yield f"{one.number} {one.message}"
    if len(found) > _SHOWN:
        yield f"……另有 {len(found) - _SHOWN} 处，用 --json 或在“一致性核对”页查看全部"
