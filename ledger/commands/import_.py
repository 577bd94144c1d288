"""``import``: a table into a ledger; the imports of the past, and how one is withdrawn."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import acting, require_schema
from ledger.commands.spoken_progress import spoken
from ledger.domain.access import Actor
from ledger.domain.errors import Invalid, InvalidFile, Problem
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.clock import local_text
from ledger.exchange.importing.imports import ImportReport, import_file
from ledger.exchange.importing.past_imports import PastImport, past_imports, undo_import
from ledger.exchange.reading.area_names import AreaNames
from ledger.exchange.reading.mapping import FileMapping, read_mapping
from ledger.exchange.reading.understanding import Note
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.exchange.writing.table_workbook import problem_table, table_workbook
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, open_store

_COUNTS = ("read", "created", "updated", "unchanged", "rejected", "outside")
_SHOWN = 20
_LIST, _UNDO = "list", "undo"


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("import")
    parser.add_argument(
        "ledger",
        metavar="LEDGER",
        help="台账，例如 institutions；list 列出以前的导入；undo 撤回一次导入",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="表格：xlsx、xls、et、ods、csv、txt、html、xml、docx，或装着几份的 zip；"
        "undo 后面写导入的编号",
    )
    parser.add_argument("--sheet", metavar="S", help="工作表名称，默认选最像该台账的一张")
    parser.add_argument(
        "--mapping", metavar="M.toml", type=Path, help="映射文件：列名、取值、坐标系"
    )
    parser.add_argument("--reason", default="命令行撤回", help="撤回的原因")
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
        "--update",
        metavar="ROWS",
        type=_rows,
        default=(),
        help="这些行疑似重复，更新像的那一条，如 5,8-10",
    )
    parser.add_argument(
        "--leave-out", metavar="ROWS", type=_rows, default=(), help="这些行不导入，如 5,8-10"
    )
    parser.add_argument(
        "--area", metavar="AREA", help="表中没有区域的，各行全部归入这里：代码或名称"
    )
    parser.add_argument(
        "--history",
        choices=("auto", "yes", "no"),
        default="auto",
        help="是否历史数据(不产生期限提醒、待办和考评)：默认自动判断",
    )
    parser.add_argument("--report", metavar="OUT.xlsx", type=Path, help="把问题清单写成工作簿")
    add_json(parser)
    parser.set_defaults(run=run, failed=failed, usage=parser.error)


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
    if arguments.file is None and arguments.ledger != _LIST:
        arguments.usage(
            "缺少参数 FILE：请写明要导入的文件，或 undo 后面要撤回的编号（import list 列出编号）"
        )
    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    if arguments.ledger == _LIST:
        return _listed(past_imports(store, actor))
    if arguments.ledger == _UNDO:
        return _undone(store, actor, arguments)
    path = Path(arguments.file)
    ledger = ledger_named(arguments.ledger)
    if arguments.report is not None:
        _check_report_path(arguments.report)
    mapping = None if arguments.mapping is None else read_mapping(arguments.mapping, ledger)
    if arguments.history != "auto":
        mapping = replace(mapping or FileMapping(), history=arguments.history)
    if arguments.area is not None:
        code = AreaNames(current_atlas(store), actor).code_of(arguments.area)
        if code is None:
            raise Invalid(
                f"--area：没有代码或名称为“{arguments.area[:40]}”的区域，或不在您的辖区内"
            )
        known = mapping or FileMapping()
        mapping = replace(known, constants={**known.constants, "area_code": code})
    report = import_file(
        store,
        actor,
        ledger.key,
        path,
        sheet=arguments.sheet,
        mapping=mapping,
        dry_run=arguments.dry_run,
        accept_valid=arguments.accept_valid,
        as_new="all" if arguments.accept_duplicates else arguments.as_new,
        as_update=arguments.update,
        left_out=arguments.leave_out,
        progress=spoken(),
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


def _listed(found: Sequence[PastImport]) -> Outcome:
    """The imports of the past, newest first."""
    rows = [
        {
            "number": one.number,
            "at": one.at.isoformat(),
            "by": one.by,
            "ledger": one.ledger,
            "file": one.file,
            "read": one.read,
            "created": one.created,
            "updated": one.updated,
            "withdrawn": one.withdrawn,
        }
        for one in found
    ]
    lines = [
        f"{one.number}　{local_text(one.at)}　{one.by}　{ledger_named(one.ledger).label}　"
        f"{one.file}　读入 {one.read}，新增 {one.created}，更新 {one.updated}"
        f"{'（已撤回）' if one.withdrawn else ''}"
        for one in found
    ]
    return Outcome({"imports": rows}, tuple(lines or ["还没有导入过"]))


def _undone(store: Store, actor: Actor, arguments: argparse.Namespace) -> Outcome:
    """Withdraw the import of a number."""
    if not str(arguments.file).isdecimal() or len(arguments.file) > 15:
        raise Invalid(f"“{arguments.file[:20]}”不是导入的编号，请先用 import list 查看")
    back = undo_import(store, actor, int(arguments.file), reason=arguments.reason)
    lines = [f"已撤回，恢复 {back.records} 条记录"]
    lines += [f"后来又改过，没有恢复：{one}" for one in back.left]
    return Outcome({"records": back.records, "left": list(back.left)}, tuple(lines))


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
