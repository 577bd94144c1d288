"""The words of the rule language, and the text that Python is given to parse in their stead.

Python's own parser does the grammar (:mod:`ledger.domain.tiers.expression`). Cutting into words
stays here for two reasons: names, numbers and blanks of the language are wider than Python's (a
fact may be called ``class``, a number ``012``), and Python's messages are English and point to
another character in each version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.domain.tiers.errors import RuleError

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "set", "limits"})
DEEPEST_NESTING = 50
WIDTH = 1 + max(map(len, KEYWORDS))

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
_STAND_INS = {"number": "1", "text": "''", "name": "n"}
_OPERANDS = frozenset(_STAND_INS)
# After these no operand may stand.
_COMPLETE = frozenset({*_OPERANDS, "limit", "set", ")", "]"})
# What alone may stand after these.
_FOLLOWED_BY = {"limits": ".", "is": "set", "is not": "set", "in": "[", "not in": "in"}
_CLOSING = {"(": ")", "[": "]"}
_NEEDLESS = frozenset({"True", "False", "true", "false", "None", "null"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``kind`` is number, text, name, sign, keyword or end."""

    kind: str
    text: str
    position: int

    @property
    def shown(self) -> str:
        """How messages call it."""
        return "条件的末尾" if self.kind == "end" else f" {self.text} "


def tokenize(text: str, where: str) -> list[Token]:
    """Cut an expression into words; the last one is of kind ``end``.

    Raises
    ------
    RuleError
        At the first character that belongs to no word, and at the first word that cannot follow
        the one before it, closes no bracket or is nested too deep.
    """
    tokens = _cut(text, where)
    _check_order(tokens, where)
    return tokens


def as_python(tokens: list[Token]) -> str:
    """The text for Python's parser: word number i begins in column i times ``WIDTH``."""
    return "".join(f"{_STAND_INS.get(token.kind, token.text):<{WIDTH}}" for token in tokens)


def _cut(text: str, where: str) -> list[Token]:
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


def _check_order(tokens: list[Token], where: str) -> None:
    before, shown = "(", ""
    brackets: list[tuple[str, int]] = []  # what closes those that are open, and how deep each is
    depth = 0
    for token in tokens:
        closing, outside = brackets[-1] if brackets else ("", -1)
        problem = _problem(before, shown, token) or _unbalanced(closing, token)
        if depth > DEEPEST_NESTING:
            problem = f"括号或 not 嵌套超过 {DEEPEST_NESTING} 层，请拆成几条定义"
        if problem:
            raise RuleError(problem, where=where, position=token.position)
        if token.text in _CLOSING:
            brackets.append((_CLOSING[token.text], depth))
        if closing and token.text == closing:
            depth = brackets.pop()[1]
        elif before in _COMPLETE:
            depth = outside + 1
        else:
            depth += token.text in ("(", "not", "-")
        before, shown = _state(before, token), token.text


def _state(before: str, token: Token) -> str:
    """What stands before the next word: the kind of an operand, or the word itself."""
    if token.text == "not" and before in (*_COMPLETE, "is"):
        return "is not" if before == "is" else "not in"
    if before == ".":
        return "limit"
    return token.kind if token.kind in _OPERANDS else token.text


def _problem(before: str, shown: str, token: Token) -> str | None:
    """Why a word may not stand after the one before it, or None when it may."""
    expected = _FOLLOWED_BY.get(before)
    if expected:
        fits = token.text == expected or (before == "is" and token.text == "not")
        return None if fits else f"这里应当是 {expected}，却是{token.shown}，请补上 {expected}"
    if before == ".":
        fits = token.kind == "name"
        return None if fits else "limits. 之后应当是限额名称，例如 limits.prepaid_months"
    begins = token.kind in _OPERANDS or token.text in ("limits", "(", "[", "set")
    if before in _COMPLETE:
        if before == "name" and token.text in ("(", "[", "."):
            return f"{shown} 之后不能有 {token.text}：规则里没有函数、下标和属性，请删去"
        extra = begins or (token.text == "." and before != "limit")
        return f"多出了{token.shown}，请删去，或用 and、or 与前面连接" if extra else None
    if token.kind == "end":
        return "条件不完整，末尾缺少名称或数字，请补上"
    if before in ("[", ",") and token.kind not in ("number", "text") and token.text != "-":
        return f"列表里应当是带引号的文字或数字，却是{token.shown}"
    if token.text in _NEEDLESS:
        return f"不需要 {token.text}：是/否事实直接写名称，取反写 not 名称"
    begins = begins and token.text not in ("[", "set")
    negates = token.text == "not" and before in ("(", "and", "or", "not")
    if begins or negates or token.text == "-":
        return None
    return f"这里应当是名称、数字或括号，却是{token.shown}"


def _unbalanced(closing: str, token: Token) -> str | None:
    """Why a bracket, comma or end does not fit the bracket that is open, or None."""
    separates = token.text == "," and closing == "]"
    ends = token.text in (")", "]", ",") or token.kind == "end"
    if separates or not ends or token.text == closing:
        return None
    if closing:
        return f"这里应当是 {closing}，却是{token.shown}，请补上 {closing}"
    return f"多出了{token.shown}，请删去，或用 and、or 与前面连接"
