"""The small language in which tier rules are written: text in, tree out.

::

    large and not assets_cover_debts
    prepaid_months > limits.prepaid_months
    max_deposit > 12 * monthly_bed_fee
    prepaid_use in ["none", "operation"]
    limits.local_amount is set and (a + b + c) > limits.local_amount

A name standing alone is a yes/no/unknown fact or a definition. Numbers know ``+ - *`` and
``> >= < <= == !=``; texts know ``== != in`` and ``not in``. Nothing else exists: no calls, no
attributes but ``limits.``, no subscripts, no exponents. Grammar, loosest first::

    either     = all { "or" all }
    all        = negated { "and" negated }
    negated    = "not" negated | test
    test       = sum [ compare sum | ["not"] "in" list | "is" ["not"] "set" ]
    sum        = product { ("+" | "-") product }
    product    = signed { "*" signed }
    signed     = "-" signed | number | text | name | "limits" "." name | "(" either ")"
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeAlias

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
from ledger.domain.tiers.tokens import Token, tokenize

LONGEST_EXPRESSION = 2000
DEEPEST_NESTING = 50

_COMPARE = frozenset({">", ">=", "<", "<=", "==", "!="})


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of which the words around it have yet to say what it is."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class _Text:
    value: str
    position: int


_Part: TypeAlias = Node | NumberNode | _Name | _Text


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
    return _Parser(tokenize(text, where), where).whole()


class _Parser:
    """Recursive descent over the tokens; one method per line of the grammar."""

    def __init__(self, tokens: list[Token], where: str) -> None:
        self._tokens = tokens
        self._where = where
        self._next = 0
        self._depth = 0

    # -- words ---------------------------------------------------------------------------------

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self, *words: str) -> Token | None:
        """The next word if it is one of these signs or keywords, and step over it."""
        token = self._token
        if token.kind not in ("sign", "keyword") or token.text not in words:
            return None
        self._next += 1
        return token

    def _expect(self, word: str) -> None:
        if self._take(word) is None:
            self._fail(f"这里应当是 {word}，却是{self._shown()}，请补上 {word}")

    def _shown(self) -> str:
        return f" {self._token.text} " if self._token.kind != "end" else "条件的末尾"

    def _fail(self, message: str, position: int | None = None) -> NoReturn:
        raise RuleError(message, where=self._where, position=position or self._token.position)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            self._fail(f"括号或 not 嵌套超过 {DEEPEST_NESTING} 层，请拆成几条定义")

    # -- grammar -------------------------------------------------------------------------------

    def whole(self) -> Node:
        node = self._truth(self._either(), 1)
        if self._token.kind != "end":
            self._fail(f"多出了{self._shown()}，请删去，或用 and、or 与前面连接")
        return node

    def _either(self) -> _Part:
        return self._joined("or")

    def _all(self) -> _Part:
        return self._joined("and")

    def _joined(self, word: str) -> _Part:
        operand = self._all if word == "or" else self._negated
        start = self._token.position
        part = operand()
        if not self._sees(word):
            return part
        operands = [self._truth(part, start)]
        while self._take(word):
            start = self._token.position
            operands.append(self._truth(operand(), start))
        return Either(tuple(operands)) if word == "or" else All(tuple(operands))

    def _sees(self, word: str) -> bool:
        return self._token.kind == "keyword" and self._token.text == word

    def _negated(self) -> _Part:
        if not self._take("not"):
            return self._test()
        self._deeper()
        start = self._token.position
        node = Not(self._truth(self._negated(), start))
        self._depth -= 1
        return node

    def _test(self) -> _Part:
        start = self._token.position
        part = self._sum()
        token = self._token
        result: _Part = part
        if token.kind == "sign" and token.text in _COMPARE:
            self._next += 1
            result = self._compared(part, start, token.text)
        elif self._sees("not") or self._sees("in"):
            negated = self._take("not") is not None
            self._expect("in")
            among = self._among(part, start)
            result = Not(among) if negated else among
        elif self._take("is"):
            result = self._is_set(part, start)
        if result is not part and self._token.kind == "sign" and self._token.text in _COMPARE:
            self._fail("不能连续比较，请拆开并用 and 连接，例如 a > 0 and a < 5")
        return result

    def _compared(self, left: _Part, start: int, operator: str) -> Node:
        right_start = self._token.position
        right = self._sum()
        if isinstance(left, _Text) or isinstance(right, _Text):
            return self._text_compared(left, right, start, operator)
        return Comparison(operator, self._number(left, start), self._number(right, right_start))

    def _text_compared(self, left: _Part, right: _Part, start: int, operator: str) -> Node:
        name, text = (left, right) if isinstance(right, _Text) else (right, left)
        if not isinstance(name, _Name) or not isinstance(text, _Text):
            self._fail('文字只能与一个名称比较，例如 prepaid_use == "none"', start)
        if operator not in ("==", "!="):
            self._fail(f"文字不能用 {operator} 比较，请用 == 或 !=", start)
        among = TextAmong(name.name, (text.value,), name.position)
        return among if operator == "==" else Not(among)

    def _among(self, part: _Part, start: int) -> Node:
        self._expect("[")
        items = [self._item()]
        while self._take(","):
            items.append(self._item())
        self._expect("]")
        texts = tuple(item for item in items if isinstance(item, str))
        numbers = tuple(item for item in items if isinstance(item, Decimal))
        if texts and numbers:
            self._fail("列表里不能既有文字又有数字，请统一", start)
        if not texts:
            return NumberAmong(self._number(part, start), numbers)
        if not isinstance(part, _Name):
            self._fail("in 文字列表之前应当是一个名称", start)
        return TextAmong(part.name, texts, part.position)

    def _item(self) -> str | Decimal:
        sign = -1 if self._take("-") else 1
        token = self._token
        if token.kind == "number":
            self._next += 1
            return sign * Decimal(token.text)
        if token.kind == "text" and sign == 1:
            self._next += 1
            return token.text[1:-1]
        self._fail(f"列表里应当是带引号的文字或数字，却是{self._shown()}")

    def _is_set(self, part: _Part, start: int) -> Node:
        negated = self._take("not") is not None
        self._expect("set")
        if not isinstance(part, Limit):
            self._fail("is set 只用于限额，例如 limits.local_amount is set；比较请用 ==", start)
        node = LimitIsSet(part.name, part.position)
        return Not(node) if negated else node

    def _sum(self) -> _Part:
        start = self._token.position
        part = self._product()
        terms: list[tuple[int, NumberNode]] = []
        while sign := self._take("+", "-"):
            terms = terms or [(1, self._number(part, start))]
            start = self._token.position
            term = self._number(self._product(), start)
            terms.append((1 if sign.text == "+" else -1, term))
        return Sum(tuple(terms)) if terms else part

    def _product(self) -> _Part:
        start = self._token.position
        part = self._signed()
        factors: list[NumberNode] = []
        while self._take("*"):
            factors = factors or [self._number(part, start)]
            start = self._token.position
            factors.append(self._number(self._signed(), start))
        return Product(tuple(factors)) if factors else part

    def _signed(self) -> _Part:
        if not self._take("-"):
            return self._primary()
        self._deeper()
        start = self._token.position
        operand = self._number(self._signed(), start)
        self._depth -= 1
        return Sum(((-1, operand),))

    def _primary(self) -> _Part:
        token = self._token
        if token.kind == "end":
            self._fail("条件不完整，末尾缺少名称或数字，请补上")
        self._next += 1
        if token.kind == "number":
            return Number(Decimal(token.text), token.position)
        if token.kind == "text":
            return _Text(token.text[1:-1], token.position)
        if token.kind == "name":
            return self._named(token)
        if token.text == "limits":
            return self._limit(token)
        if token.text == "(":
            self._deeper()
            part = self._either()
            self._expect(")")
            self._depth -= 1
            return part
        self._fail(f"这里应当是名称、数字或括号，却是 {token.text}", token.position)

    def _named(self, token: Token) -> _Name:
        follows = self._token
        if follows.kind == "sign" and follows.text in ("(", "[", "."):
            self._fail(
                f"{token.text} 之后不能有 {follows.text}：规则里没有函数、下标和属性，请删去"
            )
        if token.text in ("True", "False", "true", "false", "None", "null"):
            self._fail(f"不需要 {token.text}：是/否事实直接写名称，取反写 not 名称", token.position)
        return _Name(token.text, token.position)

    def _limit(self, token: Token) -> Limit:
        self._expect(".")
        name = self._token
        if name.kind != "name":
            self._fail("limits. 之后应当是限额名称，例如 limits.prepaid_months")
        self._next += 1
        return Limit(name.text, token.position)

    # -- what a part must be ------------------------------------------------------------------

    def _truth(self, part: _Part, start: int) -> Node:
        if isinstance(part, _Name):
            return TriFact(part.name, part.position)
        if isinstance(part, (_Text, Number, Limit, NumberFact, Sum, Product)):
            self._fail("这里应当是能判断是或否的条件，请写成比较，例如 a > 12", start)
        return part

    def _number(self, part: _Part, start: int) -> NumberNode:
        if isinstance(part, _Name):
            return NumberFact(part.name, part.position)
        if not isinstance(part, (Number, Limit, NumberFact, Sum, Product)):
            self._fail("这里应当是数字，请检查括号，或把是/否的部分用 and、or 连接", start)
        return part
