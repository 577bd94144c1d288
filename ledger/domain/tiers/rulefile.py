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

from ledger.domain.tiers.binding import Scope, bind, in_order
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.expression import parse
from ledger.domain.tiers.facts import Fact, FactType
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.model import COLOURS, TIER_NAMES, Definition, Measure, Rule, RuleFile, Tier
from ledger.domain.tiers.syntax import All, Either, Limit, LimitIsSet, Node, Not, Reference, walk
from ledger.domain.tiers.tables import Table
from ledger.domain.tiers.tokens import KEYWORDS

_NAME = re.compile(r"[^\W\d]\w*")
_NO_SOURCE = "出自哪份文件、哪一条"


def read(text: str) -> RuleFile:
    """Read and validate a rule file; raises :class:`RuleError` at the first thing wrong."""
    file = Table(parse_toml(text, "规则文件"), "规则文件")
    version = file.text("version", "版本号")
    effective = file.day("effective", "生效日期")
    title = file.text("title", "名称")
    source = file.text("source", "依据")
    limits = _limits(file.tables("limits"))
    facts = {key: _fact(key, value) for key, value in file.tables("facts").items()}
    definitions = {
        name: _definition(name, value) for name, value in file.tables("definitions").items()
    }
    rules = _rules(file.items("rules"))
    tiers = _tiers(file.tables("tiers"), rules)
    file.end()
    _refuse_shared_names(facts, definitions)
    _refuse_unused(limits, definitions, rules)
    return RuleFile(
        fingerprint=hashlib.sha256(
            text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
        ).hexdigest(),
        version=version,
        effective=effective,
        title=title,
        source=source,
        limits=MappingProxyType(limits),
        facts=MappingProxyType(facts),
        definitions=MappingProxyType(definitions),
        rules=rules,
        tiers=MappingProxyType(tiers),
        text=text,
        trees=MappingProxyType(_bind_all(limits, definitions, rules)),
    )


def _check_name(name: str, where: str) -> None:
    if not _NAME.fullmatch(name) or name in KEYWORDS:
        message = f"名称 {name!r} 不可用：应以字母或汉字开头，只含字母、数字、下划线，且不是保留字"
        raise RuleError(message, where=where)


def _limits(content: Mapping[str, object]) -> dict[str, Decimal]:
    table = Table(content, "[limits]")
    limits: dict[str, Decimal] = {}
    for name in table.keys():  # noqa: SIM118 -- a Table is no mapping
        _check_name(name, "[limits]")
        number = table.number(name)
        assert number is not None  # noqa: S101 -- keys() names only what is there
        limits[name] = number
    return limits


def _fact(key: str, content: object) -> Fact:
    where = f"[facts] {key}"
    _check_name(key, where)
    table = Table({"type": content} if isinstance(content, str) else content, where)
    name = table.text("type", "类型")
    kind = FactType.of(name)
    if kind is None:
        allowed = "、".join(f"{one.key}({one.label})" for one in FactType)
        raise table.fail(f"没有类型 {name!r}，可用：{allowed}")
    minimum, maximum = table.number("min"), table.number("max")
    choices = table.tables("choices")
    fact = Fact(key, kind, table.optional_text("label"), minimum, maximum, choices)
    table.end()
    if kind is not FactType.NUMBER and (minimum is not None or maximum is not None):
        raise table.fail("只有数字才有 min 和 max，请删去")
    if minimum is not None and maximum is not None and minimum >= maximum:
        raise table.fail(f"min（{minimum}）应当小于 max（{maximum}），请改正")
    if choices and kind is not FactType.CHOICE:
        raise table.fail("只有选项（choice）才有 choices，请删去")
    if not all(isinstance(label, str) for label in choices.values()):
        raise table.fail('choices 应当写成 { 键 = "中文名称" }，请改正')
    return fact


def _definition(name: str, content: object) -> Definition:
    table = Table(content, f"[definitions.{name}]")
    _check_name(name, table.where)
    label = table.text("label", "中文名称")
    when = table.text("when", "何时成立")
    source = table.text("source", _NO_SOURCE)
    table.end()
    return Definition(name, label, when, source, parse(when, f"定义 {name}"))


def _rules(content: list[object]) -> tuple[Rule, ...]:
    if not content:
        raise RuleError("一条规则也没有，请至少写一个 [[rules]]", where="规则文件")
    rules = [_rule(item, number) for number, item in enumerate(content, 1)]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"编号 {rule.id} 用了两次，请给其中一条改用别的编号", where=rule.where)
        seen.add(rule.id)
    return tuple(sorted(rules, key=lambda rule: -rule.tier))


def _rule(content: object, number: int) -> Rule:
    table = Table(content, f"第 {number} 条规则")
    rule_id = table.text("id", "编号")
    table.where = f"规则 {rule_id}"
    tier = table.whole("tier", 1, 4)
    if tier is None:
        raise table.fail("缺少 tier（等级），请补上一行 tier = 1 到 4")
    label = table.text("label", "理由")
    when = table.text("when", "何时成立")
    rule = Rule(
        id=rule_id,
        tier=tier,
        label=label,
        when=when,
        source=table.text("source", _NO_SOURCE),
        note=table.optional_text("note"),
        none_above=table.flag("none_above"),
        tree=parse(when, table.where),
    )
    table.end()
    return rule


def _tiers(content: Mapping[str, object], rules: tuple[Rule, ...]) -> dict[int, Tier]:
    numbers = {str(number): number for number in TIER_NAMES}
    for key in content:
        if key not in numbers:
            raise RuleError("等级只有 1 到 4，请改正", where=f"[tiers.{key}]")
    for tier in sorted({rule.tier for rule in rules}):
        if str(tier) not in content:
            raise RuleError(f"有 {tier} 级的规则却没有这张表，请补上", where=f"[tiers.{tier}]")
    return {numbers[key]: _tier(numbers[key], value) for key, value in sorted(content.items())}


def _tier(number: int, content: object) -> Tier:
    table = Table(content, f"[tiers.{number}]")
    name = table.text("name", "名称")
    colour = table.text("colour", "颜色")
    if colour not in COLOURS:
        raise table.fail(f"没有颜色 {colour!r}，可用：{'、'.join(COLOURS)}")
    measures = tuple(_measure(item, table.where) for item in table.items("measures"))
    tier = Tier(number, name, colour, measures, table.texts("consequences"))
    table.end()
    return tier


def _measure(content: object, where: str) -> Measure:
    table = Table({"name": content} if isinstance(content, str) else content, f"{where} measures")
    measure = Measure(table.text("name", "措施"), table.whole("days", 1, 3650))
    table.end()
    return measure


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
