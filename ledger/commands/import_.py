"""``import``: a table into a ledger."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import DONE, REFUSED, Outcome, acting, require_schema
from ledger.domain.errors import Invalid, InvalidFile, Problem
from ledger.domain.ledgers import ledger_named
from ledger.exchange.importing.imports import ImportReport, import_file
from ledger.exchange.reading.mapping import read_mapping
from ledger.exchange.reading.understanding import Note
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.exchange.writing.table_workbook import problem_table, table_workbook
from ledger.storage import open_store

_COUNTS = ("read", "created", "updated", "unchanged", "rejected", "outside")
_SHOWN = 20


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("import", help="把表格导入台账")
    parser.add_argument("ledger", metavar="LEDGER", help="台账，例如 institutions")
    parser.add_argument("file", metavar="FILE", type=Path, help="xlsx、xls、csv 或 tsv 文件")
    parser.add_argument("--sheet", metavar="S", help="工作表名称，默认选最像该台账的一张")
    parser.add_argument(
        "--mapping", metavar="M.toml", type=Path, help="映射文件：列名、取值、坐标系"
    )
    add_actor(parser)
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    parser.add_argument(
        "--accept-valid", action="store_true", help="有问题的行不导入，其余照常导入"
    )
    parser.add_argument(
        "--accept-duplicates", action="store_true", help="疑似重复的行都按新记录导入"
    )
    parser.add_argument(
        "--as-new",
        metavar="ROWS",
        type=_rows,
        default=(),
        help="这些行虽疑似重复，按新记录导入，如 5,8-10",
    )
    parser.add_argument(
        "--leave-out", metavar="ROWS", type=_rows, default=(), help="这些行不导入，如 5,8-10"
    )
    parser.add_argument("--report", metavar="OUT.xlsx", type=Path, help="把问题清单写成工作簿")
    add_json(parser)
    parser.set_defaults(run=run, failed=failed)


def _rows(text: str) -> tuple[int, ...]:
    """Row numbers as Excel counts: "5,8-10"."""
    rows: list[int] = []
    for part in text.replace("，", ",").split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or not (last or first).isdecimal() or len(last or first) > 7:
            raise argparse.ArgumentTypeError(f"“{text}”不是行号，请写成 5,8-10 这样")
        rows += range(int(first), int(last or first) + 1)
    return tuple(rows)


def run(arguments: argparse.Namespace) -> Outcome:
    """Import with the rights of ``--as``, or of the system."""
    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    ledger = ledger_named(arguments.ledger)
    if arguments.report is not None:
        _check_report_path(arguments.report)
    mapping = None if arguments.mapping is None else read_mapping(arguments.mapping, ledger)
    report = import_file(
        store,
        actor,
        ledger.key,
        arguments.file,
        sheet=arguments.sheet,
        mapping=mapping,
        dry_run=arguments.dry_run,
        accept_valid=arguments.accept_valid,
        as_new="all" if arguments.accept_duplicates else arguments.as_new,
        left_out=arguments.leave_out,
    )
    if arguments.report is not None:
        write_file(arguments.report, table_workbook(problem_table(report.problems)))
    refused = bool(report.rejected) and not report.written
    return Outcome(
        as_json(report),
        lines=tuple(_lines(report, arguments)),
        complaints=(_complaint(report),) if refused else (),
        code=REFUSED if refused else DONE,
    )


def as_json(report: ImportReport) -> dict[str, Any]:
    """The report with the keys of the contract."""
    problems = [
        {"row": item.row, "column": item.column, "message": item.message}
        for item in report.problems
    ]
    counts = {key: getattr(report, key) for key in _COUNTS}
    return {
        **counts,
        "file": report.file,
        "sheet": report.sheet or None,
        "problems": problems,
        "notes": [_as_json(note) for note in report.notes],
    }


def _as_json(note: Note) -> dict[str, Any]:
    """What was understood rather than read: ``sure`` false is a warning."""
    return {
        "row": note.row,
        "column": note.column,
        "was": note.was,
        "understood": note.understood,
        "message": note.message,
        "sure": note.sure,
        "times": note.times,
    }


def failed(message: str, error: Exception | None = None) -> Mapping[str, Any]:
    """The result when the file could not be read at all: what was wrong in it, and where."""
    first = error.problems[0] if isinstance(error, Invalid) else Problem(None, None, message)
    problem = {"row": first.row, "column": first.column, "message": message}
    file, sheet = (error.file, error.sheet) if isinstance(error, InvalidFile) else ("", "")
    return {
        **dict.fromkeys(_COUNTS, 0),
        "file": file or None,
        "sheet": sheet or None,
        "problems": [problem],
        "notes": [],
    }


def _check_report_path(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise Invalid(f"问题清单只能写成 xlsx，请把“{path.name}”的后缀改为 .xlsx")
    require_writable(path)


def _lines(report: ImportReport, arguments: argparse.Namespace) -> Iterable[str]:
    if report.ignored:
        yield f"没有用到的列：{'、'.join(report.ignored)}"
    doubtful = [note for note in report.notes if not note.sure]
    for note in [*(note for note in report.notes if note.sure), *doubtful[:_SHOWN]]:
        yield f"{'提示' if note.sure else '存疑'}：{note}"
    if len(doubtful) > _SHOWN:
        yield f"……另有 {len(doubtful) - _SHOWN} 处存疑，加 --json 查看全部"
    for problem in report.problems[:_SHOWN]:
        yield str(problem)
    if len(report.problems) > _SHOWN:
        yield f"……另有 {len(report.problems) - _SHOWN} 处，用 --report 写成清单查看"
    wording = "将" if arguments.dry_run else "已"
    yield (
        f"读入 {report.read} 行：{wording}新增 {report.created}，{wording}更新 {report.updated}，"
        f"未变 {report.unchanged}，不能导入 {report.rejected}，坐标在区域外 {report.outside}"
    )
    if arguments.dry_run:
        yield "试运行：没有写入"


def _complaint(report: ImportReport) -> str:
    first = next(problem for problem in report.problems if problem.severity == "error")
    where = f"“{report.file}”" + (f"的工作表“{report.sheet}”" if report.sheet else "")
    return f"{where}有 {report.rejected} 行不能导入，没有写入任何内容。{first}"
