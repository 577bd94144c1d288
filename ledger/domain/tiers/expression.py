"""The small language in which tier rules are written: text in, tree out.

::

    large and not assets_cover_debts
    prepaid_months > limits.prepaid_months
    max_deposit > 12 * monthly_bed_fee
    prepaid_use in ["none", "operation"]
    limits.local_amount is set and (a + b + c) > limits.local_amount

A name standing alone is a yes/no/unknown fact or a definition. Numbers know ``+ - *`` and
``> >= < <= == !=``; texts know ``== != in`` and ``not in``. Nothing else exists: no calls, no
attributes but ``limits.``, no subscripts, no exponents.

Precedence is Python's, and Python's own parser (``ast``) builds the tree; here its nodes are let
through one by one, each with what it must hold, and anything else is refused. Nothing is ever
compiled or run by Python. The parser sees stand-ins for names, numbers and texts
(:mod:`ledger.domain.tiers.tokens`); what is written is read at the node's place.
"""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import NoReturn

from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.syntax import (
    All,
    Comparison,
    Either,
    Limit,
    LimitIsSet,
    Node,
    Not,
    Number,
    NumberAmong,
    NumberFact,
    NumberNode,
    Product,
    Sum,
    TextAmong,
    TriFact,
)
from ledger.domain.tiers.tokens import WIDTH, Token, as_python, tokenize

LONGEST_EXPRESSION = 2000

_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def parse(text: str, where: str = "") -> Node:
    """The tree of an expression that answers yes, no or unknown.

    Parameters
    ----------
    text : str
        The expression, at most 2,000 characters, nested at most 50 deep.
    where : str
        Rule or definition it belongs to, named in errors.

    Raises
    ------
    RuleError
        Chinese, with the position of the first word that does not belong there.
    """
    if len(text) > LONGEST_EXPRESSION:
        message = f"条件有 {len(text)} 个字符，最多 {LONGEST_EXPRESSION} 个，请拆成几条定义"
        raise RuleError(message, where=where)
    if not text.strip():
        raise RuleError("条件是空的，请写出何时成立", where=where)
    tokens = tokenize(text, where)
    try:
        tree = ast.parse(as_python(tokens), mode="eval")
    except (SyntaxError, RecursionError, MemoryError):
        raise RuleError("条件太复杂，请拆成几条定义", where=where) from None
    return _Reader(tokens, where).truth(tree.body)


class _Reader:
    """Python's nodes to ours; that each word may follow the one before is known already."""

    def __init__(self, tokens: list[Token], where: str) -> None:
        self._tokens = tokens
        self._where = where

    def truth(self, node: ast.expr) -> Node:
        """A part that must answer yes, no or unknown."""
        match node:
            case ast.Name():
                return TriFact(self._token(node).text, self._position(node))
            case ast.BoolOp(ast.And(), values):
                return All(tuple(map(self.truth, values)))
            case ast.BoolOp(ast.Or(), values):
                return Either(tuple(map(self.truth, values)))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.truth(operand))
            case ast.Compare(left, [operator], [right]):
                return self._compared(left, operator, right)
            case ast.Compare(_, _, [second, *_]):
                message = "不能连续比较，请拆开并用 and 连接，例如 a > 0 and a < 5"
                self._fail(message, self._after(second))
            case _:
                message = "这里应当是能判断是或否的条件，请写成比较，例如 a > 12"
                self._fail(message, self._start(node))

    def number(self, node: ast.expr) -> NumberNode:
        """A part that must be a number."""
        match node:
            case ast.Name():
                return NumberFact(self._token(node).text, self._position(node))
            case ast.Constant() if not self._is_text(node):
                return Number(Decimal(self._token(node).text), self._position(node))
            case ast.Attribute(ast.Name()):
                return self._limit(node)
            case ast.Attribute():
                message = "限额之后不能再有 . ，这里应当是能判断是或否的条件，例如 limits.a > 12"
                self._fail(message, self._start(node))
            case ast.UnaryOp(ast.USub(), operand):
                return Sum(((-1, self.number(operand)),))
            case ast.BinOp(_, ast.Add() | ast.Sub()):
                first, rest = _side_by_side(node, (ast.Add, ast.Sub))
                signs = [-1 if isinstance(operator, ast.Sub) else 1 for operator, _ in rest]
                terms = [self.number(first), *(self.number(term) for _, term in rest)]
                return Sum(tuple(zip((1, *signs), terms, strict=True)))
            case ast.BinOp(_, ast.Mult()):
                first, rest = _side_by_side(node, (ast.Mult,))
                return Product((self.number(first), *(self.number(part) for _, part in rest)))
            case _:
                message = "这里应当是数字，请检查括号，或把是/否的部分用 and、or 连接"
                self._fail(message, self._start(node))

    # -- comparisons ---------------------------------------------------------------------------

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        match operator, right:
            case ((ast.Is() | ast.IsNot()), _):
                node: Node = self._is_set(left)
                return Not(node) if isinstance(operator, ast.IsNot) else node
            case ((ast.In() | ast.NotIn()), ast.List(items)):
                node = self._among(left, items)
                return Not(node) if isinstance(operator, ast.NotIn) else node
        sign = _COMPARE[type(operator)]
        if self._is_text(left) or self._is_text(right):
            return self._text_compared(left, right, sign)
        return Comparison(sign, self.number(left), self.number(right))

    def _text_compared(self, left: ast.expr, right: ast.expr, sign: str) -> Node:
        name, text = (left, right) if self._is_text(right) else (right, left)
        if not isinstance(name, ast.Name):
            self._fail('文字只能与一个名称比较，例如 prepaid_use == "none"', self._start(left))
        if sign not in ("==", "!="):
            self._fail(f"文字不能用 {sign} 比较，请用 == 或 !=", self._start(left))
        value = self._token(text).text[1:-1]
        among = TextAmong(self._token(name).text, (value,), self._position(name))
        return among if sign == "==" else Not(among)

    def _among(self, part: ast.expr, items: list[ast.expr]) -> Node:
        values = [self._item(item) for item in items]
        texts = tuple(value for value in values if isinstance(value, str))
        numbers = tuple(value for value in values if isinstance(value, Decimal))
        if texts and numbers:
            self._fail("列表里不能既有文字又有数字，请统一", self._start(part))
        if not texts:
            return NumberAmong(self.number(part), numbers)
        if not isinstance(part, ast.Name):
            self._fail("in 文字列表之前应当是一个名称", self._start(part))
        return TextAmong(self._token(part).text, texts, self._position(part))

    def _item(self, node: ast.expr) -> str | Decimal:
        match node:
            case ast.Constant():
                text = self._token(node).text
                return text[1:-1] if self._is_text(node) else Decimal(text)
            case ast.UnaryOp(ast.USub(), ast.Constant() as inner) if not self._is_text(inner):
                return -Decimal(self._token(inner).text)
        message = f"列表里应当是带引号的文字或数字，却是{self._token(node).shown}"
        self._fail(message, self._position(node))

    def _is_set(self, part: ast.expr) -> Node:
        if not isinstance(part, ast.Attribute) or not isinstance(part.value, ast.Name):
            message = "is set 只用于限额，例如 limits.local_amount is set；比较请用 =="
            self._fail(message, self._start(part))
        limit = self._limit(part)
        return LimitIsSet(limit.name, limit.position)

    # -- what is written at a place ------------------------------------------------------------

    def _span(self, node: ast.expr) -> tuple[int, int]:
        """Index of a part's first word and of its last."""
        return node.col_offset // WIDTH, ((node.end_col_offset or 1) - 1) // WIDTH

    def _token(self, node: ast.expr) -> Token:
        return self._tokens[self._span(node)[0]]

    def _position(self, node: ast.expr) -> int:
        return self._token(node).position

    def _start(self, node: ast.expr) -> int:
        """The position where a part begins, with the brackets around it alone."""
        first, last = self._span(node)
        while first and self._tokens[first - 1].text == "(" and self._tokens[last + 1].text == ")":
            first, last = first - 1, last + 1
        return self._tokens[first].position

    def _after(self, node: ast.expr) -> int:
        """The position of the first word after a part and the brackets around it."""
        _, last = self._span(node)
        return next(token.position for token in self._tokens[last + 1 :] if token.text != ")")

    def _is_text(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and self._token(node).kind == "text"

    def _limit(self, node: ast.Attribute) -> Limit:
        _, last = self._span(node)
        return Limit(self._tokens[last].text, self._position(node))

    def _fail(self, message: str, position: int) -> NoReturn:
        raise RuleError(message, where=self._where, position=position)


def _side_by_side(
    node: ast.expr, operators: tuple[type[ast.operator], ...]
) -> tuple[ast.expr, list[tuple[ast.operator, ast.expr]]]:
    """The first operand of a chain, and the others each with the operator before it.

    Python nests ``a + b + c`` as ``(a + b) + c``, as deep as the chain is long.
    """
    rest: list[tuple[ast.operator, ast.expr]] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, operators):
        rest.append((node.op, node.right))
        node = node.left
    return node, rest[::-1]
