"""``doctor``: one file that tells somebody far away what is wrong, without a record's text."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.operations.diagnosis import diagnose, doctor_file
from ledger.operations.findings import LEVELS, Finding
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("doctor")
    parser.add_argument(
        "file", metavar="OUT.zip", type=Path, nargs="?", help="诊断文件；不写则只列出发现的问题"
    )
    parser.add_argument(
        "--log", metavar="LOG", type=Path, help="服务的运行日志，只取位置、状态和耗时"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Works on a damaged or missing database too: that is what it is asked for."""
    store = open_store()
    if arguments.file is not None:
        if arguments.file.suffix.lower() != ".zip":
            raise Invalid(f"诊断文件是压缩包，请把“{arguments.file.name}”的后缀改为 .zip")
        require_writable(arguments.file)
    told = diagnose(store, SYSTEM)
    lines = [_said(one) for one in told.findings] or ["没有发现问题"]
    if arguments.file is not None:
        write_file(arguments.file, doctor_file(told, arguments.log).content)
        lines.append(f"诊断文件：{arguments.file}，不含任何记录的内容和姓名，可以发给维护人员")
    result = {
        "findings": [asdict(one) for one in told.findings],
        "file": None if arguments.file is None else str(arguments.file),
    }
    return Outcome(result, tuple(lines))


def _said(one: Finding) -> str:
    command = f"：{one.command}" if one.command else ""
    return f"{LEVELS[one.level]}：{one.what}\n　　{one.remedy}{command}"
