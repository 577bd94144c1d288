"""``assess``: judge every institution, by the rules in force or by new ones."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ledger.casework.fact_moves import Would, would_move
from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.domain.tiers import UNDETERMINED, load_rules
from ledger.domain.tiers.model import TIER_NAMES
from ledger.records.assessments import Assessed, Result, assess
from ledger.storage import open_store

_SHOWN = 50


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("assess")
    parser.add_argument("--rules", metavar="FILE", type=Path, help="先启用这个规则文件")
    parser.add_argument("--preview", action="store_true", help="不写入，只列出等级会变动的机构")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Judge with the rights of the system."""
    store = open_store()
    require_schema(store)
    text = None if arguments.rules is None else load_rules(arguments.rules).text
    assessed = assess(store, SYSTEM, rules_text=text, preview=arguments.preview)
    result: dict[str, Any] = {
        "rules": assessed.rules,
        "results": [_as_json(item) for item in assessed.results],
    }
    if arguments.preview:
        result["moves"] = [
            {"number": move.number, "before": move.before, "after": move.after}
            for move in assessed.moves
        ]
        flowing = [one for one in would_move(store, SYSTEM, rules_text=text) if one.moves]
        result["fact_moves"] = [
            {"number": one.number, "before": one.before, "after": one.after} for one in flowing
        ]
        lines = (*_lines(assessed, True), *_fact_lines(flowing))
        return Outcome(result, lines)
    return Outcome(result, tuple(_lines(assessed, False)))


def _fact_lines(flowing: Sequence[Would]) -> Iterable[str]:
    """Who would move besides, once the facts that cases propose are taken over."""
    if flowing:
        yield (
            f"另有 {len(flowing)} 家，采纳线索、处置、信访提出的事实后等级会变动，"
            "见 python -m ledger facts"
        )


def _as_json(item: Result) -> dict[str, Any]:
    return {
        "number": item.number,
        "tier": item.tier,
        "at_most": item.at_most,
        "matched": list(item.matched),
        "unknown": list(item.unknown),
    }


def _lines(assessed: Assessed, preview: bool) -> Iterable[str]:
    yield f"规则版本 {assessed.rules}，共 {len(assessed.results)} 家"
    counts = Counter(item.tier for item in assessed.results)
    for tier in (4, 3, 2, 1, None):
        yield f"{_named(tier)}：{counts[tier]}"
    yield f"等级{'将' if preview else '已'}变动 {len(assessed.moves)} 家"
    if not preview:
        return
    for move in assessed.moves[:_SHOWN]:
        yield f"{move.number}：{_named(move.before)} → {_named(move.after)}"
    if len(assessed.moves) > _SHOWN:
        yield f"……另有 {len(assessed.moves) - _SHOWN} 家，用 --json 查看全部"
    yield "预览：没有写入"


def _named(tier: int | None) -> str:
    return UNDETERMINED if tier is None else TIER_NAMES[tier]
