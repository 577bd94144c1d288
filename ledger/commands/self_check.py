"""``self-check``: whether this installation can do what an office needs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.parser import add_json
from ledger.operations import self_check
from ledger.operations.scratch_office import Finding
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("self-check")
    parser.add_argument(
        "--url", metavar="URL", help="正在运行的服务的地址，如 https://localhost:8443，一并核对"
    )
    parser.add_argument(
        "--authority", metavar="FILE", type=Path, help="为该地址签发证书的本地机构的证书"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Exit code 1 when anything is wrong. For people each line comes as soon as it is known."""
    findings = []
    for found in self_check.self_check(open_store(), arguments.url, arguments.authority):
        findings.append(found)
        if not arguments.json:
            print(line_of(found), file=sys.stdout, flush=True)
    wrong = [found for found in findings if not found.well]
    result = {"well": not wrong, "findings": [asdict(found) for found in findings]}
    if wrong:
        complaints = tuple(f"没有通过：{found.label}，{found.words}" for found in wrong)
        return Outcome(result, (), complaints, REFUSED)
    return Outcome(result, (f"自检通过，共 {len(findings)} 项；试用的内容已全部删除",), (), DONE)


def line_of(found: Finding) -> str:
    """``通过  保存：保存一家机构，读回一致(0.1 秒)``."""
    return f"{'通过' if found.well else '失败'}  {found.label}：{found.words}({found.seconds} 秒)"
