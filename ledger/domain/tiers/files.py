"""Files of rules (tiers, clocks, figures, rating): read as text, and parsed as TOML.

Every problem is a :class:`RuleError` in Chinese that says where it is and what to do.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path

from ledger.domain.tiers.errors import RuleError

LARGEST_FILE = 1_000_000
_PLACE = re.compile(r"at line (\d+), column (\d+)")


def read_text(path: str | Path, called: str) -> str:
    """The text of a UTF-8 file of rules; ``called`` is what people call it (规则文件).

    Raises
    ------
    RuleError
        If the file is not there, cannot be read, is larger than 1 MB or is not UTF-8.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        message = f"{'没有这个文件' if missing else '无法读取'}，请检查路径和权限"
        raise RuleError(message, where=str(path)) from None
    if len(content) > LARGEST_FILE:
        raise RuleError(f"文件超过 1 MB，不像{called}，请检查是否选错", where=file.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleError("不是 UTF-8 编码，请用 UTF-8 另存后再试", where=file.name) from None


def parse_toml(text: str, called: str) -> dict[str, object]:
    """The content of a text of rules; numbers with a point are exact.

    Raises
    ------
    RuleError
        If it is no TOML (with line and column), or numbers or nesting are beyond reading.
    """
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        where = called + place_of(error)
        message = "不是有效的 TOML 写法，请检查引号、等号、方括号，以及同一名称是否写了两次"
        raise RuleError(message, where=where) from None
    except (RecursionError, ArithmeticError, ValueError):
        raise RuleError("数字或嵌套超出可读范围，请检查是否选错文件", where=called) from None


def place_of(error: tomllib.TOMLDecodeError) -> str:
    """Line and column of a slip in Chinese, empty where the parser names none."""
    place = _PLACE.search(str(error))
    return f"第 {place[1]} 行第 {place[2]} 列" if place else ""
