"""``areas load``: one level of areas from a boundary file."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from geo.codes import LEVEL_LABELS, LEVELS, SCHEMES
from geo.findings import Finding
from geo.validation import Fields
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import DONE, REFUSED, Outcome, require_schema
from ledger.domain.access import SYSTEM
from ledger.records.area_loading import AreaFile, LoadReport, load_areas
from ledger.storage import open_store

_SHOWN = 20


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("areas", help="管理区域")
    actions = parser.add_subparsers(
        dest="action", metavar="动作", required=True, parser_class=Parser, title="动作"
    )
    load = actions.add_parser("load", help="从边界文件载入一个层级的区域")
    load.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="GeoJSON、GeoPackage、Shapefile(zip)、GeoParquet 或 TopoJSON",
    )
    load.add_argument("--level", required=True, choices=LEVELS, help="区域的层级")
    load.add_argument("--code-field", metavar="F", required=True, help="区域代码所在的列")
    load.add_argument("--name-field", metavar="F", required=True, help="区域名称所在的列")
    load.add_argument(
        "--crs",
        metavar="CRS",
        required=True,
        help="坐标系:wgs84、cgcs2000、gcj02、bd09 或 EPSG:编号",
    )
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
    load.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    add_json(load)
    load.set_defaults(run=run, failed=failed)


def run(arguments: argparse.Namespace) -> Outcome:
    """Load with the rights of the system; errors stop the load and change nothing."""
    store = open_store()
    require_schema(store)
    fields = Fields(
        code=arguments.code_field,
        name=arguments.name_field,
        parent=arguments.parent_field,
        population=arguments.population_field,
        elderly=arguments.elderly_field,
    )
    file = AreaFile(
        path=arguments.file,
        level=arguments.level,
        fields=fields,
        crs=arguments.crs,
        scheme=arguments.scheme,
        merge_parts=arguments.merge_parts,
    )
    report = load_areas(store, SYSTEM, file, dry_run=arguments.dry_run)
    return Outcome(
        {
            "read": report.read,
            "loaded": report.loaded,
            "repaired": report.repaired,
            "errors": [_as_json(finding) for finding in report.errors],
            "warnings": [_as_json(finding) for finding in report.warnings],
        },
        lines=tuple(_lines(report, arguments)),
        complaints=(_complaint(report, file.path),) if report.refused else (),
        code=REFUSED if report.refused else DONE,
    )


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
    level = LEVEL_LABELS[arguments.level]
    yield f"{level}：读入 {report.read} 行，修复 {report.repaired} 个几何"
    for kind, findings in (("错误", report.errors), ("提醒", report.warnings)):
        for finding in findings[:_SHOWN]:
            yield f"{kind} {_place(finding)}：{in_words(finding)}"
        if len(findings) > _SHOWN:
            yield f"……另有 {len(findings) - _SHOWN} 处{kind}，用 --json 查看全部"
    if report.refused:
        return
    if arguments.dry_run:
        yield "试运行：没有写入"
    else:
        yield (
            f"已载入 {report.loaded} 个，未变 {report.unchanged} 个，重新归属记录 {report.moved} 条"
        )


def _complaint(report: LoadReport, file: Path) -> str:
    first = report.errors[0]
    return (
        f"“{file.name}”有 {len(report.errors)} 处错误，没有载入。{_place(first)}：{in_words(first)}"
    )
