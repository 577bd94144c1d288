"""What contradicts itself within a ledger or between ledgers: rules in a file, and their reading.

A rule names a ledger and what must not hold together in a record of it; every part that it states
has to hold. ``data/rules/contradictions.toml`` explains every field. Nothing is changed by a rule:
contradictions are listed, never silently mended (DESIGN).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import Field

from ledger.domain.columns import NUMERIC, TEXTUAL, Column, ColumnType, Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.proposals import Proposal
from ledger.domain.tiers.errors import RuleError, nearest
from ledger.domain.tiers.expression import parse
from ledger.domain.tiers.facts import FactType
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.strict_tables import Head, Key, StrictTable, Text, needed, read_table
from ledger.domain.tiers.syntax import Limit, LimitIsSet, Node, fact_names, uses, walk

_FILE = "一致性核对文件"
_DAYS = frozenset({ColumnType.DATE, ColumnType.MOMENT})
# Areas are loaded from files, not kept by hand.
CHECKED = tuple(key for key in LEDGERS if key != "areas")

Keys = Annotated[tuple[Text, ...], Field(strict=False)]
Chains = Annotated[tuple[Keys, ...], Field(strict=False)]


class Linked(StrictTable):
    """Records of another ledger that name the record: at least one of them meets ``when``, or
    speaks for the fact ``proposes`` (`ledger.domain.proposals`).

    ``by`` is the column that names it; with ``newest`` only the last one by its day counts.
    """

    places = ("{outer} 的第 {number} 个 [[rules.linked]]",)

    ledger: Text = needed("哪本台账", '"leads"')
    by: Text = needed("其中指向本台账的列", '"institution"')
    when: Text | None = None
    proposes: Text | None = None
    newest: bool = False

    @cached_property
    def node(self) -> Node | None:
        """The condition as a tree; None without one."""
        return None if self.when is None else parse(self.when)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """By what its records speak for the fact."""
        return tuple(one for one in LEDGERS[self.ledger].proposes if one.fact == self.proposes)

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns whose values are told: those that the condition speaks of."""
        own = () if self.node is None else fact_names(self.node)
        signs = [sign for one in self.proposals for sign in one.signs if sign.values]
        return tuple(dict.fromkeys((*own, *(sign.column for sign in signs))))


class Contradiction(StrictTable):
    """One rule: what must not hold together in a record of ``ledger``."""

    places = ("规则 {id}", "第 {number} 个 [[rules]]")

    id: Key = needed("英文键")
    label: Text = needed("名称")
    ledger: Text = needed("查哪本台账", '"institutions"')
    advice: Text = needed("查出以后怎样处理")
    source: Text = needed("依据哪份文件、哪一条")
    local: bool = False
    when: Text | None = None
    blank: Keys = ()
    differ: Keys = ()
    same: Keys = ()
    ordered: Chains = ()
    linked: Annotated[tuple[Linked, ...], Field(strict=False)] = ()

    @cached_property
    def node(self) -> Node | None:
        """The condition as a tree; None without one."""
        return None if self.when is None else parse(self.when)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The record's own columns that the rule speaks of, each once."""
        own = () if self.node is None else fact_names(self.node)
        chained = (key for chain in self.ordered for key in chain)
        return tuple(dict.fromkeys((*own, *self.blank, *self.differ, *self.same, *chained)))

    @property
    def ledgers(self) -> frozenset[str]:
        """Every ledger whose records decide."""
        return frozenset({self.ledger, *(one.ledger for one in self.linked)})


class ContradictionFile(Head):
    """The whole file."""

    rules: Annotated[tuple[Contradiction, ...], Field(strict=False)] = ()


@lru_cache(maxsize=8)
def read_contradictions(text: str) -> tuple[Contradiction, ...]:
    """The rules of a file's text, in its order, checked.

    Raises
    ------
    RuleError
        At the first thing that cannot be used; Chinese, says where and what to do.
    """
    rules = read_table(ContradictionFile, parse_toml(text, _FILE), _FILE).rules
    if not rules:
        raise RuleError("一条规则也没有，请至少写一个 [[rules]]", where=_FILE)
    known: set[str] = set()
    for rule in rules:
        where = f"规则 {rule.id}"
        if rule.id in known:
            raise RuleError("这个 id 用了两次，请给其中一条改用别的键", where=where)
        known.add(rule.id)
        _check(rule, where)
    return rules


def _check(rule: Contradiction, where: str) -> None:
    ledger = _ledger(rule.ledger, where)
    if not (rule.columns or rule.linked):
        message = "没有写出什么是矛盾，请写 when、blank、differ、same、ordered 或 [[rules.linked]]"
        raise RuleError(message, where=where)
    if rule.when is not None:
        _check_condition(ledger, rule.when, where)
    for key in (*rule.blank, *rule.differ, *rule.same):
        _column(ledger, key, where)
    if rule.differ and len(rule.differ) != 2:
        raise RuleError(f"differ 要写两列，现在是 {len(rule.differ)} 列", where=where)
    if rule.differ and len({_column(ledger, key, where).type for key in rule.differ}) > 1:
        raise RuleError("differ 的两列类型不同，不能比较，请改正", where=where)
    for chain in rule.ordered:
        _check_chain(ledger, chain, where)
    for place, linked in enumerate(rule.linked, 1):
        _check_linked(rule, linked, f"{where} 的第 {place} 个 [[rules.linked]]")


def _check_chain(ledger: Ledger, chain: tuple[str, ...], where: str) -> None:
    if len(set(chain)) < 2 or len(set(chain)) != len(chain):
        raise RuleError("ordered 的每一串至少要写两个不同的日期列，请改正", where=where)
    for key in chain:
        if _column(ledger, key, where).type not in _DAYS:
            raise RuleError(f"ordered 里的 {key} 不是日期列，请改正", where=where)


def _check_linked(rule: Contradiction, linked: Linked, where: str) -> None:
    other = _ledger(linked.ledger, where)
    column = _column(other, linked.by, where)
    if column.type is not ColumnType.REFERENCE or column.refers != rule.ledger:
        allowed = "、".join(one.key for one in other.columns if one.refers == rule.ledger)
        message = (
            f"by 应当是{other.label}里指向{LEDGERS[rule.ledger].label}编号的列"
            f"（{allowed or '没有这样的列'}），现在是 {linked.by}"
        )
        raise RuleError(message, where=where)
    if linked.newest and other.dated is None:
        raise RuleError(f"{other.label}没有日期，不能写 newest，请删去", where=where)
    if (linked.when is None) is (linked.proposes is None):
        message = "when 和 proposes 写一项，例如 when = 'finding == \"true\"'"
        raise RuleError(message, where=where)
    if linked.proposes is not None and (linked.by != "institution" or not linked.proposals):
        facts = "、".join(dict.fromkeys(one.fact for one in other.proposes))
        message = (
            f"proposes 应当是{other.label}提出的机构事实（{facts or '没有这样的事实'}），"
            f"现在是 {linked.proposes[:40]}"
        )
        raise RuleError(message, where=where)
    if linked.when is not None:
        _check_condition(other, linked.when, where)


def _check_condition(ledger: Ledger, text: str, where: str) -> None:
    """The condition can be parsed, and speaks of columns as what they are."""
    node = parse(text, where)
    for part in walk(node):
        if isinstance(part, (Limit, LimitIsSet)):
            message = "一致性核对没有限额，请直接写数字"
            raise RuleError(message, where=where, position=part.position)
    for use in uses(node):
        column = _column(ledger, use.name, where, use.position)
        if not use.type.fits(_fact_type(column)):
            message = f"“{column.label}”不是{use.type.label}，不能这样用，请改正"
            raise RuleError(message, where=where, position=use.position)
        for value in use.texts:
            if column.choices and value not in column.choice_labels:
                allowed = "、".join(column.choice_labels)
                message = f"“{column.label}”没有选项 {value[:40]}，可用的有：{allowed}"
                raise RuleError(message, where=where, position=use.position)


def _fact_type(column: Column) -> FactType:
    if column.type in NUMERIC:
        return FactType.NUMBER
    return FactType.TRI if column.type is ColumnType.TRI else FactType.TEXT


def _ledger(key: str, where: str) -> Ledger:
    if key not in CHECKED:
        known = "、".join(f"{one}（{LEDGERS[one].label}）" for one in CHECKED)
        message = f"没有名为 {key[:40]} 的台账。{nearest(key, CHECKED)}可用的有：{known}"
        raise RuleError(message, where=where)
    return LEDGERS[key]


def _column(ledger: Ledger, key: str, where: str, position: int | None = None) -> Column:
    column = ledger.by_key.get(key)
    if column is None:
        message = f"{ledger.label}没有名为 {key[:40]} 的列，请改正。{nearest(key, ledger.by_key)}"
        raise RuleError(message, where=where, position=position)
    if column.rule.masked:
        message = f"“{column.label}”受保护，不能用来核对，请删去"
        raise RuleError(message, where=where, position=position)
    return column


def pairs(chain: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every two of a chain, the earlier one first: blanks between them must hide nothing."""
    for place, earlier in enumerate(chain):
        for later in chain[place + 1 :]:
            yield earlier, later


def is_text(column: Column) -> bool:
    """Whether a blank of the column may also be an empty text."""
    return column.type in TEXTUAL | {ColumnType.CHOICE}
