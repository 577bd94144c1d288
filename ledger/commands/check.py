"""``check``: contradictions between and inside ledgers."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ledger.casework.contradictions import Finding, all_findings, rules_for
from ledger.commands.parser import add_json
from ledger.commands.run import Outcome, acting, require_schema
from ledger.domain.contradictions import Contradiction
from ledger.storage import open_store

_SHOWN = 50


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("check", help="核对台账之内、台账之间的矛盾")
    parser.add_argument("--as", dest="user", metavar="USER", help="以这个用户的身份和辖区核对")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """List what nobody settled; finding something is no failure."""
    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    found = all_findings(store, actor)
    result = {"findings": [_as_json(one) for one in found]}
    return Outcome(result, tuple(_lines(rules_for(actor), found)))


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
