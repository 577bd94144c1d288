"""``hotspots``: where the records of a ledger cluster, as a table."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from geo.hotspot_classes import HotKind, HotspotClass, Null
from geo.levels import LEVELS
from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import acting, require_schema
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import Period
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.counting import countable_ledgers
from ledger.reporting.statistics.exporting import table_for_scripts
from ledger.reporting.statistics.requests import DEFAULT_SEED, PEOPLE_LABELS, Request
from ledger.reporting.statistics.wording import notes, null_words
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("hotspots")
    parser.add_argument("file", metavar="OUT", type=Path, help="后缀为 csv；比率为每千人")
    parser.add_argument(
        "--ledger",
        metavar="LEDGER",
        default="petitions",
        choices=[ledger.key for ledger in countable_ledgers()],
        help="台账，例如 petitions(默认)",
    )
    parser.add_argument("--level", required=True, choices=LEVELS, help="按哪一级区域统计")
    parser.add_argument(
        "--from", dest="start", metavar="D", required=True, type=_day, help="第一天，如 2026-01-01"
    )
    parser.add_argument(
        "--to",
        dest="end",
        metavar="D",
        required=True,
        type=_day,
        help="最后一天(含)，如 2026-03-31",
    )
    parser.add_argument("--scope", metavar="CODE", help="只看该区域及其下级")
    parser.add_argument(
        "--people", choices=tuple(PEOPLE_LABELS), default="population", help="比率按哪种人口计算"
    )
    parser.add_argument(
        "--null",
        choices=[str(null) for null in Null],
        default=str(Null.MEASURED),
        help="与什么样的随机分布相比：measured 按实测的差别(默认)，population 按人口，"
        "shuffled 比率互换",
    )
    parser.add_argument(
        "--today", action="store_true", help="区域有拆分合并时，换算到今天的区域(默认按当时的区域)"
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=DEFAULT_SEED, help="随机数种子，同一种子结果相同"
    )
    add_actor(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Compute with the rights of ``--as``, or of the system, and write the table."""
    path: Path = arguments.file
    if path.suffix.lower() != ".csv":
        raise Invalid(f"热点表只能写成 csv，收到“{path.name}”，请改后缀")
    require_writable(path)
    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    request = Request(
        period=Period(arguments.start, arguments.end),
        ledger=arguments.ledger,
        level=arguments.level,
        scope=arguments.scope,
        people=arguments.people,
        null=Null(arguments.null),
        seed=_seed(arguments.seed),
        basis="today" if arguments.today else "then",
    )
    answer, content = table_for_scripts(store, actor, request, path.name)
    write_file(path, content)
    return _told(answer, path)


def _told(answer: Answer, path: Path) -> Outcome:
    request, said = answer.request, notes(answer)
    by_class = {str(kind): answer.of_class(kind) for kind in HotspotClass}
    kinds = {code: HotKind(row["hot_kind"]).label for code, row in answer.rows.items()}
    result = {
        "ledger": request.ledger,
        "level": request.level,
        "from": request.period.start.isoformat(),
        "to": request.period.end.isoformat(),
        "scope": answer.place.area.code if answer.place.area else "*",
        "rows": len(answer.table),
        "cases": answer.total,
        "hot": by_class["hot"],
        "own_excess": answer.own_excess,
        "clusters": answer.clusters,
        "cold": by_class["cold"],
        "too_few": len(by_class["few"]),
        "null": str(answer.null),
        "seed": request.seed,
        "draws": answer.draws,
        "islands": [list(pair) for pair in answer.attached],
        "warnings": list(said),
        "file": str(path),
    }
    hot = "、".join(f"{answer.names[one]}({kinds[one]})" for one in by_class["hot"]) or "无"
    lines = (
        f"{answer.place.name}，{request.period.label}："
        f"{len(answer.table)} 个区域，{answer.total:,} 件",
        f"{null_words(answer)}，种子 {request.seed}，抽样 {answer.draws:,} 次",
        f"热点 {len(by_class['hot'])} 个：{hot}",
        f"冷点 {len(by_class['cold'])} 个，数据太少无法判断 {len(by_class['few'])} 个",
        *said,
        f"已写出 {path}",
    )
    return Outcome(result, lines)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _seed(number: int) -> int:
    if not 0 <= number < 2**63:
        raise Invalid(f"随机数种子应为不小于0的整数，收到{number}")
    return number
