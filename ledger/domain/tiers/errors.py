"""The one error of the rule language and of rule files."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ledger.domain.errors import LedgerError


class RuleError(LedgerError):
    """A rule file or one of its expressions cannot be used.

    The text is Chinese, names the table or rule and says what to do; it may be shown as it is.

    Attributes
    ----------
    where : str
        Table or rule the error is in, e.g. ``规则 T4b``; empty when the whole file is meant.
    position : int or None
        Character of the expression, counted from 1, when the error lies inside one.
    """

    def __init__(self, message: str, *, where: str = "", position: int | None = None) -> None:
        place = where if position is None else f"{where} 第 {position} 个字符".strip()
        super().__init__(f"{place}：{message}" if place else message)
        self.where = where
        self.position = position


def nearest(name: str, allowed: Iterable[str]) -> str:
    """A Chinese hint naming the closest of ``allowed``, or an empty text when none is close."""
    close = get_close_matches(name, sorted(allowed), n=1, cutoff=0.6)
    return f"是否指 {close[0]}？" if close else ""
