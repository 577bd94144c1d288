"""``python -m ledger``: everything that does not need a person at a page."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from geo.errors import GeoError
from ledger.commands.outcome import REFUSED, Outcome, show
from ledger.commands.parser import Parser
from ledger.domain.errors import LedgerError
from ledger.storage.private import private_process

# The modules of `ledger.commands` in the order of the help, and the commands that each adds, with
# their words in it. Only the module of the command that is asked for is imported.
COMMANDS: Mapping[str, Mapping[str, str]] = {
    "init": {"init": "建立或升级数据库", "leave-demo": "离开演示：演示库改名保留，另建一个正式库"},
    "user": {"user": "管理用户"},
    "areas": {"areas": "管理区域"},
    "import_": {"import": "把表格导入台账"},
    "export": {"export": "导出台账"},
    "template": {"template": "生成空白导入模板，含下拉选项和填表说明"},
    "assess": {"assess": "判定风险等级"},
    "facts": {
        "facts": "线索、处置、信访提出而机构台账尚未采纳的事实，以及采纳后哪些机构等级会变动"
    },
    "hotspots": {"hotspots": "统计各区域的件数、比率和热点"},
    "report": {"report": "制作通报（Word 文件）；已制作的按存档重印"},
    "fill": {"fill": "填上级下发的空表（Excel 或 Word），版式不变，附数据来源"},
    "check": {"check": "核对台账之内、台账之间的矛盾"},
    "upkeep": {
        "verify": "检查数据库、日志链、通报存档、附件和搜索索引是否完整",
        "reindex": "重建搜索索引：verify 指出与台账不一致时用",
        "backup": "备份数据库，不用停止服务",
        "restore": "从备份恢复到空位置",
    },
    "doctor": {"doctor": "检查安装有没有问题、怎么办；写成一份不含个人信息的诊断文件"},
    "moving": {
        "drill": "演练：恢复一份备份并逐表核对，不动正在用的数据库",
        "migrate-to": "把全部数据迁到另一个空数据库，并逐表核对",
    },
    "self_check": {"self-check": "自检：登录、保存、导出、备份、恢复各试一次，不动办公室的数据"},
    "keys": {"keys": "检查或更换加密受保护信息的密钥"},
    "retention": {"retention": "清除超过保存期限的受保护信息，宜每天运行一次"},
    "rules": {"rules": "查看规则文件，启用改动过的规则文件"},
    "settings_file": {
        "settings": "本单位设置(规则、期限、节假日、叫法等)导出成一个文件，或采用这样的文件"
    },
    "migration": {"migration": "开发用：按台账声明的变动写出数据库迁移，供核对"},
}
_log = logging.getLogger("ledger")


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """The command line with every argument, or as much of it as the word ``asked`` needs.

    That is the one command of this name, or for any other word (``--help``, a slip) the list of
    the commands, for which no module of theirs is imported.
    """
    top = Parser(prog="python -m ledger", description="养老服务风险台账")
    commands = top.add_subparsers(
        dest="command", metavar="命令", required=True, parser_class=Parser, title="命令"
    )
    needed = [module for module, adds in COMMANDS.items() if asked is None or asked in adds]
    for module in needed:
        _imported(module).add(commands)
    if not needed:
        for adds in COMMANDS.values():
            for name, words in adds.items():
                commands.add_parser(name, help=words)
    return top


def _imported(module: str) -> Any:
    """A module of `ledger.commands`. What is imported stays: looking through it for garbage
    meanwhile would take an eighth of the time."""
    gc.disable()
    try:
        return import_module(f"ledger.commands.{module}")
    finally:
        gc.enable()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused. Wrong usage exits with 2."""
    private_process()
    _speak_utf8()
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words[0] if words else "").parse_args(words)
    try:
        outcome: Outcome = arguments.run(arguments)
    except (LedgerError, GeoError) as error:
        outcome = _failure(arguments, str(error), error)
    except KeyboardInterrupt:
        outcome = _failure(arguments, "已中断，没有写入")
    except MemoryError:
        outcome = _failure(arguments, "内存不足，没有写入。请把文件拆分后重试")
    except OSError as error:
        named = f"“{error.filename}”" if error.filename else ""
        outcome = _failure(arguments, f"无法读写{named}：{error.strerror or error}")
    except Exception as error:
        # The last resort: people get one line to pass on, never a traceback.
        _log.debug("unexpected", exc_info=True)
        outcome = _failure(
            arguments, f"程序出错({type(error).__name__})，没有写入。请把这一行和所用命令告诉管理员"
        )
    return show(outcome, as_json=arguments.json)


def _failure(
    arguments: argparse.Namespace, message: str, error: Exception | None = None
) -> Outcome:
    line = " ".join(message.split())
    failed = getattr(arguments, "failed", None)
    result = {"error": line} if failed is None else failed(line, error)
    return Outcome(result, (), (line,), REFUSED)


def _speak_utf8() -> None:
    """Chinese must come out whatever code page the console or the pipe has."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
