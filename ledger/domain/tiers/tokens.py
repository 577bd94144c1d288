"""The words of the rule language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.domain.tiers.errors import RuleError

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "set", "limits"})

_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>[0-9]+(?:\.[0-9]+)?)
  | (?P<text>"[^"\\\n]*"|'[^'\\\n]*')
  | (?P<name>[^\W\d]\w*)
  | (?P<sign>>=|<=|==|!=|[-+*<>()\[\],.])
    """,
    re.VERBOSE,
)
_DIGITS = 15
# Full-width signs (written as escapes: they look alike) and words of other languages.
_INSTEAD = {
    "\uff08": "(", "\uff09": ")", "\u3010": "[", "\u3011": "]", "\uff0c": ",", "\u3001": ",",
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u00d7": "*", "\uff0b": "+",
    "\uff1e": ">", "\uff1c": "<", "\uff1d": "==", "=": "==", "\u2265": ">=", "\u2264": "<=",
    "\u2260": "!=", "&": "and", "|": "or", "!": "not",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``kind`` is number, text, name, sign, keyword or end."""

    kind: str
    text: str
    position: int


def tokenize(text: str, where: str) -> list[Token]:
    """Cut an expression into words; the last one is of kind ``end``.

    Raises
    ------
    RuleError
        At the first character that belongs to no word.
    """
    tokens: list[Token] = []
    index = 0
    while index < len(text):
        match = _PATTERN.match(text, index)
        if match is None:
            raise RuleError(_unreadable(text[index]), where=where, position=index + 1)
        kind, word = str(match.lastgroup), match.group()
        if kind == "name" and word in KEYWORDS:
            kind = "keyword"
        if kind == "number" and sum(map(str.isdigit, word)) > _DIGITS:
            message = f"数字过长，最多 {_DIGITS} 位，请改小"
            raise RuleError(message, where=where, position=index + 1)
        if kind != "space":
            tokens.append(Token(kind, word, index + 1))
        index = match.end()
    return [*tokens, Token("end", "", len(text) + 1)]


def _unreadable(character: str) -> str:
    if character in "\"'":
        return "引号没有成对，请补上同样的引号（引号内不能换行，也不能有反斜杠）"
    if character == "/":
        return "不支持除法，请改写成乘法，例如 a > 2 * b"
    instead = _INSTEAD.get(character)
    if instead is not None:
        return f"不认识“{character}”，请改用半角的 {instead}"
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"不认识“{shown}”，请删去；条件只由名称、数字、引号文字、比较、加减乘和 and or not 组成"
