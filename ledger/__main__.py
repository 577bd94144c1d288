"""``python -m ledger``: everything that does not need a person at a page."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from geo.errors import GeoError
from ledger.commands.parser import Parser
from ledger.commands.run import REFUSED, Outcome, show
from ledger.domain.errors import LedgerError
from ledger.storage.private import private_process

# The modules of `ledger.commands` in the order of the help, and the commands that each adds. Only
# the one that is asked for is imported: all of them take a second and a half.
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "init": ("init", "leave-demo"),
    "user": ("user",),
    "areas": ("areas",),
    "import_": ("import",),
    "export": ("export",),
    "template": ("template",),
    "assess": ("assess",),
    "facts": ("facts",),
    "hotspots": ("hotspots",),
    "report": ("report",),
    "check": ("check",),
    "upkeep": ("verify", "backup", "restore"),
    "moving": ("drill", "migrate-to"),
    "keys": ("keys",),
    "retention": ("retention",),
    "rules": ("rules",),
    "migration": ("migration",),
}
_log = logging.getLogger("ledger")


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """The whole command line, or as much of it as the command ``asked`` needs."""
    top = Parser(prog="python -m ledger", description="养老服务风险台账")
    commands = top.add_subparsers(
        dest="command", metavar="命令", required=True, parser_class=Parser, title="命令"
    )
    needed = [module for module, names in _COMMANDS.items() if asked in names]
    for module in needed or _COMMANDS:
        import_module(f"ledger.commands.{module}").add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused. Wrong usage exits with 2."""
    private_process()
    _speak_utf8()
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words[0] if words else None).parse_args(words)
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
