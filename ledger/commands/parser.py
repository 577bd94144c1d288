"""`argparse` in Chinese."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

USAGE = 2
_ARGUMENT = "argument (?P<name>.*?): "
_SAID: Mapping[str, str] = {
    "the following arguments are required: (?P<given>.*)": "缺少参数：{given}",
    "unrecognized arguments: (?P<given>.*)": "不认识的参数：{given}",
    _ARGUMENT + r"invalid choice: '?(?P<given>.*?)'? \(choose from (?P<known>.*)\)": (
        "{name} 不能是“{given}”，可用的有：{known}"
    ),
    _ARGUMENT + "expected one argument": "{name} 后面要写一个值",
    _ARGUMENT + "invalid .*value: '(?P<given>.*)'": "{name} 的值“{given}”无效",
    _ARGUMENT + "ignored explicit argument .*": "{name} 后面不能写值",
    _ARGUMENT + "not allowed with argument (?P<given>.*)": "{name} 不能与 {given} 同时使用",
    "ambiguous option: (?P<name>.*?) could match (?P<given>.*)": "{name} 不明确，可能是：{given}",
}


class Formatter(argparse.HelpFormatter):
    """Help with a Chinese heading."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        # The empty prefix is that of a parser below another, which asks for the words alone.
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose every word is Chinese; wrong usage ends with exit code 2."""

    def __init__(self, **options: Any) -> None:
        options |= {"formatter_class": Formatter, "add_help": False, "allow_abbrev": False}
        super().__init__(**options)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        """Say in Chinese what is wrong, and end."""
        sys.stderr.write(self.format_usage())
        self.exit(USAGE, f"参数有误：{_translated(message)}\n")


def _translated(message: str) -> str:
    for pattern, text in _SAID.items():
        found = re.search(pattern, message)
        if found:
            return text.format(**found.groupdict())
    return message


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option that every command has."""
    parser.add_argument("--json", action="store_true", help="只在标准输出打印一个 JSON 对象")


def add_actor(parser: argparse.ArgumentParser) -> None:
    """Whose rights count; without it those of the system."""
    parser.add_argument("--as", dest="user", metavar="USER", help="以该用户的权限和辖区执行")
