"""``areas load``: areas from boundary files, or from a list of codes and names."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from geo.codes import SCHEMES
from geo.findings import Finding
from geo.levels import LEVEL_LABELS, LEVELS
from geo.validation import Fields
from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.domain.timing import clock
from ledger.exchange.importing.area_lists import (
    CODE_BY_NAME,
    NamesOnly,
    load_by_name,
    load_list,
)
from ledger.exchange.reading.tables_in import ENDINGS
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import LoadReport, load_areas
from ledger.storage import Store, open_store

_SHOWN = 20
_EACH = "each"


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("areas")
    actions = parser.add_subparsers(
        dest="action", metavar="动作", required=True, parser_class=Parser, title="动作"
    )
    load = actions.add_parser("load", help="从边界文件或名单载入区域")
    load.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="GeoJSON、Esri JSON、TopoJSON、GeoPackage、GeoParquet、KML、KMZ，"
        "打包成 zip 的 Shapefile 或 MapInfo；没有边界时用代码和名称的名单(xlsx、csv)；可以有几个",
    )
    load.add_argument(
        "--level", required=True, choices=(*LEVELS, _EACH), help="区域的层级；each 按代码位数分层级"
    )
    load.add_argument("--code-field", metavar="F", help="区域代码所在的列")
    load.add_argument("--name-field", metavar="F", required=True, help="区域名称所在的列")
    load.add_argument(
        "--crs",
        metavar="CRS",
        help="坐标系:wgs84、cgcs2000、gcj02、bd09 或 EPSG:编号；名单不用写",
    )
    load.add_argument("--layer", metavar="L", help="文件里的哪个图层，“*”表示每一个")
    load.add_argument(
        "--codes", metavar="LIST", type=Path, help="文件里没有代码时，从这份代码表按名称查"
    )
    load.add_argument("--under", metavar="CODE", help="用 --codes 时，这些区域所在的上级区域代码")
    load.add_argument("--parent-name-field", metavar="F", help="用 --codes 时，上级名称所在的列")
    load.add_argument("--parent-field", metavar="F", help="上级代码所在的列")
    load.add_argument("--population-field", metavar="F", help="人口数所在的列")
    load.add_argument("--elderly-field", metavar="F", help="60岁以上人口所在的列")
    load.add_argument(
        "--scheme",
        choices=SCHEMES,
        default="cn",
        help="编码方式:cn 统计用区划代码(默认),prefix 自编代码",
    )
    load.add_argument("--merge-parts", action="store_true", help="把代码相同的行合并为一个区域")
    load.add_argument(
        "--valid-from", metavar="DATE", type=_day, help="从哪一天起启用，如 2026-07-01，不写即今天"
    )
    load.add_argument(
        "--retire-missing",
        action="store_true",
        help="同一上级之下、文件里没有的区域从这一天起停用",
    )
    load.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    add_json(load)
    load.set_defaults(run=run, failed=failed, wrong=load.error)


def run(arguments: argparse.Namespace) -> Outcome:
    """Load with the rights of the system; errors stop the load and change nothing."""
    _check_usage(arguments)
    store = open_store()
    require_schema(store)
    report = _loaded(store, arguments)
    names = "、".join(f"“{file.name}”" for file in arguments.file)
    return Outcome(
        {
            "read": report.read,
            "loaded": report.loaded,
            "repaired": report.repaired,
            "errors": [_as_json(finding) for finding in report.errors],
            "warnings": [_as_json(finding) for finding in report.warnings],
        },
        lines=tuple(_lines(report, arguments)),
        complaints=(_complaint(report, names),) if report.refused else (),
        code=REFUSED if report.refused else DONE,
    )


def _check_usage(arguments: argparse.Namespace) -> None:
    """End with wrong usage where an argument is missing that this kind of file needs."""
    several = len(arguments.file) > 1
    if _is_list(arguments):
        if several:
            arguments.wrong("名单请一次载入一个文件")
    elif arguments.crs is None:
        arguments.wrong("缺少参数：--crs；不清楚坐标系时，请向提供文件的单位确认")
    if arguments.codes is None:
        if arguments.code_field is None:
            arguments.wrong("缺少参数：--code-field；文件里没有代码时，用 --codes 给出代码表")
    elif arguments.under is None or arguments.level == _EACH or several:
        arguments.wrong("用 --codes 时要写明一个层级和 --under，一次载入一个文件")


def _is_list(arguments: argparse.Namespace) -> bool:
    return arguments.file[0].suffix.lower() in ENDINGS


def _loaded(store: Store, arguments: argparse.Namespace) -> LoadReport:
    """What loading gives, by one of three roads: a list, a file without codes, boundary files."""
    level = None if arguments.level == _EACH else arguments.level
    terms = {
        "valid_from": arguments.valid_from,
        "retire_missing": arguments.retire_missing,
        "dry_run": arguments.dry_run,
    }
    by_name = arguments.codes is not None
    fields = Fields(
        code=CODE_BY_NAME if by_name else arguments.code_field,
        name=arguments.name_field,
        parent=None if by_name else arguments.parent_field,
        population=arguments.population_field,
        elderly=arguments.elderly_field,
    )
    if _is_list(arguments):
        path = arguments.file[0]
        return load_list(store, SYSTEM, path, fields, level=level, scheme=arguments.scheme, **terms)
    files = [
        AreaFile(
            path=path,
            level=level,
            fields=fields,
            crs=arguments.crs,
            scheme=arguments.scheme,
            merge_parts=arguments.merge_parts,
            layer=arguments.layer,
        )
        for path in arguments.file
    ]
    if not by_name:
        return load_areas(store, SYSTEM, files, **terms)
    names = NamesOnly(arguments.codes, arguments.under, arguments.parent_name_field)
    return load_by_name(store, SYSTEM, files[0], names, **terms)


def _day(text: str) -> date:
    """The argument of --valid-from; argparse names the option in its message."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"“{text}”不是日期，请写成 2026-07-01 的样子"
        raise argparse.ArgumentTypeError(message) from None


def failed(message: str, _error: Exception | None = None) -> Mapping[str, Any]:
    """The result when the file could not be read at all; the message names it."""
    error = {"row": None, "code": None, "message": message}
    return {"read": 0, "loaded": 0, "repaired": 0, "errors": [error], "warnings": []}


def _as_json(finding: Finding) -> dict[str, Any]:
    return {"row": finding.row, "code": finding.code, "message": in_words(finding)}


def in_words(finding: Finding) -> str:
    """The message with the column it is about."""
    column = {"geometry": "几何"}.get(finding.column or "", finding.column)
    if column is None or column in finding.message:
        return finding.message
    return f"“{column}”列：{finding.message}"


def _place(finding: Finding) -> str:
    row = f"第{finding.row}行" if finding.row is not None else "整个文件"
    return f"{row}({finding.code})" if finding.code else row


def _lines(report: LoadReport, arguments: argparse.Namespace) -> Iterable[str]:
    level = LEVEL_LABELS.get(arguments.level, "各层级")
    yield f"{level}：读入 {report.read} 行，修复 {report.repaired} 个几何"
    for kind, findings in (("错误", report.errors), ("提醒", report.warnings)):
        for finding in findings[:_SHOWN]:
            yield f"{kind} {_place(finding)}：{in_words(finding)}"
        if len(findings) > _SHOWN:
            yield f"……另有 {len(findings) - _SHOWN} 处{kind}，用 --json 查看全部"
    if report.refused:
        return
    day = arguments.valid_from
    if arguments.dry_run:
        yield "试运行：没有写入"
    elif day is not None and day > clock.today():
        yield (
            f"已载入 {report.loaded} 个，未变 {report.unchanged} 个，从 {day} 起启用；"
            "此前仍用原来的区域，记录到那一天再重新归属"
        )
    else:
        yield (
            f"已载入 {report.loaded} 个，未变 {report.unchanged} 个，重新归属记录 {report.moved} 条"
        )


def _complaint(report: LoadReport, files: str) -> str:
    first = report.errors[0]
    return f"{files}有 {len(report.errors)} 处错误，没有载入。{_place(first)}：{in_words(first)}"
