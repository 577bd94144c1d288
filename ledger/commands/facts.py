"""``facts``: what cases say about institutions that the ledger does not, and who would move."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ledger.casework.asked_facts import questions_words
from ledger.casework.fact_moves import Would, would_move
from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import acting, require_schema
from ledger.domain.tiers import UNDETERMINED, load_rules
from ledger.domain.tiers.model import TIER_NAMES
from ledger.records.area_turns import turn
from ledger.records.recounting import recount
from ledger.storage import open_store

_SHOWN = 50


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("facts")
    parser.add_argument("--rules", metavar="FILE", type=Path, help="按这个规则文件预览")
    parser.add_argument("--as", dest="user", metavar="USER", help="以这个用户的辖区查看")
    parser.add_argument(
        "--recount",
        action="store_true",
        help="把按天变化的计数事实重新计入等级，当天启用或停用的区域重新归属记录，宜每天运行一次",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """List the open questions; only ``--recount`` writes."""
    store = open_store()
    require_schema(store)
    if arguments.recount:
        turn(store)
        moved = recount(store)
        return Outcome({"moved": moved}, (f"已重新计数，等级变动 {moved} 家",))
    text = None if arguments.rules is None else load_rules(arguments.rules).text
    found = would_move(store, acting(store, arguments.user), rules_text=text)
    return Outcome({"institutions": [_as_json(one) for one in found]}, tuple(_lines(found)))


def _as_json(one: Would) -> dict[str, Any]:
    return {
        "number": one.number,
        "before": one.before,
        "after": one.after,
        "facts": [
            {
                "fact": asked.fact,
                "value": asked.value,
                "ledger": asked.ledger,
                "number": asked.number,
                "said": asked.said,
            }
            for asked in one.asked
        ],
    }


def _lines(found: Sequence[Would]) -> Iterable[str]:
    moving = [one for one in found if one.moves]
    yield f"有尚未采纳的事实的机构 {len(found)} 家，全部采纳后等级变动 {len(moving)} 家"
    counts = Counter((one.before, one.after) for one in moving)
    for (before, after), count in sorted(counts.items(), key=lambda item: -item[1]):
        yield f"{_named(before)} → {_named(after)}：{count} 家"
    for one in [*moving, *(one for one in found if not one.moves)][:_SHOWN]:
        tiers = f"{_named(one.before)} → {_named(one.after)}" if one.moves else "等级不变"
        yield f"{one.number}：{tiers}；{questions_words(one.asked)}"
    if len(found) > _SHOWN:
        yield f"……另有 {len(found) - _SHOWN} 家，用 --json 查看全部"
    yield "没有写入：请在机构记录的“等级依据”里逐项采纳或说明理由"


def _named(tier: int | None) -> str:
    return UNDETERMINED if tier is None else TIER_NAMES[tier]
