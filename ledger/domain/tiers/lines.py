"""The line of a rule file on which the table stands that an error names."""

from __future__ import annotations

import re

from ledger.domain.tiers.errors import RuleError


def with_line(error: RuleError, text: str) -> RuleError:
    """The error with the line of ``text``, counted from 1, on which its rule, definition, fact or
    tier is; the same error where that is not found."""
    pattern = _pattern(error.where)
    found = [] if pattern is None else list(re.finditer(pattern, text, re.MULTILINE))
    if not found:
        return error
    # Of two rules with one id the second is the one to change.
    line = text.count("\n", 0, found[-1].start()) + 1
    told = RuleError(f"{error}（文件第 {line} 行）")
    told.where, told.position = error.where, error.position
    return told


def _pattern(where: str) -> str | None:
    kind, _, name = where.partition(" ")
    if kind == "规则" and name:
        return rf"^\s*id\s*=\s*[\"']{re.escape(name)}[\"']"
    if kind == "定义" and name:
        return rf"^\s*\[definitions\.{re.escape(name)}\]"
    if kind == "[facts]" and name:
        return rf"^\s*{re.escape(name)}\s*="
    return rf"^\s*{re.escape(kind)}" if kind.startswith("[") else None
