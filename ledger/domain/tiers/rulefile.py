"""Reading and validating a rule file.

::

    version = "2024.1"                  # required, as are effective, title and source
    effective = 2024-10-01
    title = "…"
    source = "…"

    [limits]                            # numbers called limits.NAME; leave out what is not set
    prepaid_months = 12

    [facts]                             # further facts, or bounds of known ones; optional
    total_fines = { type = "number", min = 0, label = "罚款总额" }     # or just "number"
    abuse = "tri"                       # number | tri | text | choice

    [definitions.large]                 # a condition with a name
    label = "…"
    when = "prepaid_months > limits.prepaid_months"
    source = "…"

    [[rules]]
    id = "T4b"
    tier = 4
    label = "…"
    when = "large and not assets_cover_debts"
    source = "…"
    note = "…"                          # optional
    none_above = true                   # optional: only if all rules of higher tiers are a clear no

    [tiers.4]
    name = "四类"
    colour = "red"
    measures = ["…", { name = "…", days = 15 }]
    consequences = ["…"]                # optional
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ledger.domain.tiers.binding import Scope, bind, in_order
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.expression import parse
from ledger.domain.tiers.facts import Fact, FactType
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.model import COLOURS, TIER_NAMES, Definition, Measure, Rule, RuleFile, Tier
from ledger.domain.tiers.strict_tables import (
    DatedHead,
    Number,
    StrictTable,
    Text,
    needed,
    read_table,
)
from ledger.domain.tiers.syntax import All, Either, Limit, LimitIsSet, Node, Not, Reference, walk
from ledger.domain.tiers.tokens import KEYWORDS

_NAME = re.compile(r"[^\W\d]\w*")
_NO_SOURCE = "出自哪份文件、哪一条"


def _fact_type(name: object) -> FactType:
    kind = FactType.of(name) if isinstance(name, str) else None
    if kind is None:
        allowed = "、".join(f"{one.key}({one.label})" for one in FactType)
        raise ValueError(f"没有类型 {name!r}，可用：{allowed}")
    return kind


class _Fact(StrictTable):
    places = ("[facts] {step}",)

    type: Annotated[FactType, BeforeValidator(_fact_type)] = needed("类型")
    min: Number | None = None
    max: Number | None = None
    choices: dict[str, str] = Field(default_factory=dict)
    label: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _type_alone(cls, content: object) -> object:
        return {"type": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _check(self) -> _Fact:
        if self.type is not FactType.NUMBER and (self.min is not None or self.max is not None):
            raise ValueError("只有数字才有 min 和 max，请删去")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min（{self.min}）应当小于 max（{self.max}），请改正")
        if self.choices and self.type is not FactType.CHOICE:
            raise ValueError("只有选项（choice）才有 choices，请删去")
        return self

    @field_validator("choices", mode="before")
    @classmethod
    def _labelled(cls, choices: object) -> object:
        labels = choices.values() if isinstance(choices, dict) else [None]
        if not all(isinstance(label, str) for label in labels):
            raise ValueError('choices 应当写成 { 键 = "中文名称" }，请改正')
        return choices


class _Definition(StrictTable):
    places = ("[definitions.{step}]",)

    label: Text = needed("中文名称")
    when: Text = needed("何时成立")
    source: Text = needed(_NO_SOURCE)


class _Rule(StrictTable):
    places = ("规则 {id}", "第 {number} 条规则")

    id: Text = needed("编号")
    tier: int = needed("等级", "1 到 4", ge=1, le=4)
    label: Text = needed("理由")
    when: Text = needed("何时成立")
    source: Text = needed(_NO_SOURCE)
    note: Text = ""
    none_above: bool = False


class _Measure(StrictTable):
    places = ("{outer} measures",)

    name: Text = needed("措施")
    days: int | None = Field(default=None, ge=1, le=3650)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, content: object) -> object:
        return {"name": content} if isinstance(content, str) else content


class _Tier(StrictTable):
    places = ("[tiers.{step}]",)

    name: Text = needed("名称")
    colour: Text = needed("颜色")
    measures: list[_Measure] = Field(default_factory=list)
    consequences: list[Text] = Field(default_factory=list)

    @field_validator("colour")
    @classmethod
    def _check_colour(cls, colour: str) -> str:
        if colour not in COLOURS:
            raise ValueError(f"没有颜色 {colour!r}，可用：{'、'.join(COLOURS)}")
        return colour


class _File(DatedHead):
    limits: dict[str, Number] = Field(default_factory=dict)
    facts: dict[str, _Fact] = Field(default_factory=dict)
    definitions: dict[str, _Definition] = Field(default_factory=dict)
    rules: list[_Rule] = Field(default_factory=list)
    tiers: dict[str, _Tier] = Field(default_factory=dict)


def read(text: str) -> RuleFile:
    """Read and validate a rule file; raises :class:`RuleError` at the first thing wrong."""
    file = read_table(_File, parse_toml(text, "规则文件"), "规则文件")
    _check_names(file)
    facts = {
        key: Fact(key, fact.type, fact.label, fact.min, fact.max, fact.choices)
        for key, fact in file.facts.items()
    }
    definitions = {
        name: Definition(name=name, **dict(item), tree=parse(item.when, f"定义 {name}"))
        for name, item in file.definitions.items()
    }
    rules = _rules(file.rules)
    tiers = _tiers(file.tiers, rules)
    _refuse_shared_names(facts, definitions)
    _refuse_unused(file.limits, definitions, rules)
    return RuleFile(
        fingerprint=hashlib.sha256(
            text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
        ).hexdigest(),
        version=file.version,
        effective=file.effective,
        title=file.title,
        source=file.source,
        limits=MappingProxyType(file.limits),
        facts=MappingProxyType(facts),
        definitions=MappingProxyType(definitions),
        rules=rules,
        tiers=MappingProxyType(tiers),
        text=text,
        trees=MappingProxyType(_bind_all(file.limits, definitions, rules)),
    )


def _check_names(file: _File) -> None:
    for name, where in (
        *((name, "[limits]") for name in file.limits),
        *((name, f"[facts] {name}") for name in file.facts),
        *((name, f"[definitions.{name}]") for name in file.definitions),
    ):
        if not _NAME.fullmatch(name) or name in KEYWORDS:
            message = (
                f"名称 {name!r} 不可用：应以字母或汉字开头，只含字母、数字、下划线，且不是保留字"
            )
            raise RuleError(message, where=where)


def _rules(content: list[_Rule]) -> tuple[Rule, ...]:
    if not content:
        raise RuleError("一条规则也没有，请至少写一个 [[rules]]", where="规则文件")
    rules = [Rule(**dict(item), tree=parse(item.when, f"规则 {item.id}")) for item in content]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"编号 {rule.id} 用了两次，请给其中一条改用别的编号", where=rule.where)
        seen.add(rule.id)
    return tuple(sorted(rules, key=lambda rule: -rule.tier))


def _tiers(content: Mapping[str, _Tier], rules: tuple[Rule, ...]) -> dict[int, Tier]:
    numbers = {str(number): number for number in TIER_NAMES}
    for key in content:
        if key not in numbers:
            raise RuleError("等级只有 1 到 4，请改正", where=f"[tiers.{key}]")
    for tier in sorted({rule.tier for rule in rules}):
        if str(tier) not in content:
            raise RuleError(f"有 {tier} 级的规则却没有这张表，请补上", where=f"[tiers.{tier}]")
    return {numbers[key]: _tier(numbers[key], item) for key, item in sorted(content.items())}


def _tier(number: int, item: _Tier) -> Tier:
    measures = tuple(Measure(measure.name, measure.days) for measure in item.measures)
    return Tier(number, item.name, item.colour, measures, tuple(item.consequences))


def _refuse_shared_names(facts: Mapping[str, Fact], definitions: Mapping[str, Definition]) -> None:
    for name in definitions:
        if name in facts:
            message = f"{name} 已在 [facts] 中声明，定义请另取名称"
            raise RuleError(message, where=f"[definitions.{name}]")


def _refuse_unused(
    limits: Mapping[str, Decimal],
    definitions: Mapping[str, Definition],
    rules: tuple[Rule, ...],
) -> None:
    """A limit nobody reads is most likely misspelt, and would silently have no effect."""
    trees = [item.tree for item in definitions.values()] + [rule.tree for rule in rules]
    parts = [part for tree in trees for part in walk(tree)]
    used = {part.name for part in parts if isinstance(part, (Limit, LimitIsSet))}
    for name in limits:
        if name not in used:
            message = f"没有条件用到限额 {name}，请检查拼写，或删去这一行"
            raise RuleError(message, where="[limits]")


def _bind_all(
    limits: Mapping[str, Decimal],
    definitions: Mapping[str, Definition],
    rules: tuple[Rule, ...],
) -> dict[str, Node]:
    """Trees of definitions, then of rules from the highest tier down, ready to compile."""
    names = frozenset(definitions)
    bound: dict[str, Node] = {
        item.name: bind(item.tree, Scope(limits, names, item.where))
        for item in definitions.values()
    }
    for rule in rules:
        tree = bind(rule.tree, Scope(limits, names, rule.where))
        above = tuple(Reference(other.where) for other in rules if other.tier > rule.tier)
        if rule.none_above and above:
            tree = All((tree, Not(Either(above))))
        bound[rule.where] = tree
    return in_order(bound)
