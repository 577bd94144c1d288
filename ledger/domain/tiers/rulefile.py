"""Reading and validating a rule file.

::

    version = "2024.1"                  # required, as are effective, title and source
    effective = 2024-10-01
    title = "…"
    source = "…"

    [limits]                            # numbers called limits.NAME; leave out what is not set
    prepaid_months = 12

    [limit_labels]                      # what people call limits, set or not; optional
    prepaid_months = "…"

    [facts]                             # further facts, or bounds of known ones; optional
    total_fines = { type = "number", min = 0, label = "罚款总额" }     # or just "number"
    abuse = "tri"                       # number | tri | text | choice
    stars = { type = "number", worse = "lower", whole = true }   # which side is worse; of a choice
                                        # from best to worst: "none < operation < irregular"

    [definitions.large]                 # a condition with a name
    label = "…"
    when = "prepaid_months > limits.prepaid_months"
    source = "…"

    [clashes.denied]                    # a definition under which facts contradict each other:
    label = "…"                         # where no rule holds, the record is undetermined
    when = "not takes and prepaid_months > 1"
    source = "…"

    [[rules]]
    id = "T4b"
    tier = 4
    label = "…"
    when = "large and not assets_cover_debts"
    source = "…"
    note = "…"                          # optional
    none_above = true                   # optional: only if all rules of higher tiers are a clear no
    unless = "T4a"                      # optional: not listed beside this rule of the same tier

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
from ledger.domain.tiers.facts import Fact
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.model import TIER_NAMES, Definition, Measure, Rule, RuleFile, Tier
from ledger.domain.tiers.rule_tables import FileTable, RuleTable, TierTable
from ledger.domain.tiers.strict_tables import read_table
from ledger.domain.tiers.syntax import All, Either, Limit, LimitIsSet, Node, Not, Reference, walk
from ledger.domain.tiers.tokens import KEYWORDS

_NAME = re.compile(r"[^\W\d]\w*")


def read(text: str) -> RuleFile:
    """Read and validate a rule file; raises :class:`RuleError` at the first thing wrong."""
    file = read_table(FileTable, parse_toml(text, "规则文件"), "规则文件")
    _check_names(file)
    facts = {
        key: Fact(
            key,
            fact.type,
            fact.label,
            fact.min,
            fact.max,
            fact.choices,
            fact.worse,
            fact.whole,
        )
        for key, fact in file.facts.items()
    }
    definitions = {
        name: Definition(name=name, **dict(item), tree=parse(item.when, f"定义 {name}"))
        for name, item in {**file.definitions, **file.clashes}.items()
    }
    rules = _rules(file.rules)
    tiers = _tiers(file.tiers, rules)
    _refuse_shared_names(facts, file)
    _refuse_unused(file, definitions, rules)
    return RuleFile(
        fingerprint=hashlib.sha256(
            text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")
        ).hexdigest(),
        version=file.version,
        effective=file.effective,
        title=file.title,
        source=file.source,
        limits=MappingProxyType(file.limits),
        limit_labels=MappingProxyType(file.limit_labels),
        facts=MappingProxyType(facts),
        definitions=MappingProxyType(definitions),
        clashes=tuple(file.clashes),
        rules=rules,
        tiers=MappingProxyType(tiers),
        text=text,
        trees=MappingProxyType(_bind_all(file.limits, definitions, rules)),
    )


def _check_names(file: FileTable) -> None:
    for name, where in (
        *((name, "[limits]") for name in file.limits),
        *((name, f"[facts] {name}") for name in file.facts),
        *((name, f"[definitions.{name}]") for name in file.definitions),
        *((name, f"[clashes.{name}]") for name in file.clashes),
    ):
        if not _NAME.fullmatch(name) or name in KEYWORDS:
            message = (
                f"名称 {name!r} 不可用：应以字母或汉字开头，只含字母、数字、下划线，且不是保留字"
            )
            raise RuleError(message, where=where)
    for name in file.clashes:
        if name in file.definitions:
            message = f"{name} 已在 [definitions] 中定义，请另取名称"
            raise RuleError(message, where=f"[clashes.{name}]")


def _rules(content: list[RuleTable]) -> tuple[Rule, ...]:
    if not content:
        raise RuleError("一条规则也没有，请至少写一个 [[rules]]", where="规则文件")
    rules = [Rule(**dict(item), tree=parse(item.when, f"规则 {item.id}")) for item in content]
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"编号 {rule.id} 用了两次，请给其中一条改用别的编号", where=rule.where)
        seen.add(rule.id)
    _check_unless(rules)
    return tuple(sorted(rules, key=lambda rule: -rule.tier))


def _check_unless(rules: list[Rule]) -> None:
    tiers = {rule.id: rule.tier for rule in rules}
    for rule in rules:
        if rule.unless and (rule.unless == rule.id or tiers.get(rule.unless) != rule.tier):
            same = "、".join(key for key, tier in tiers.items() if tier == rule.tier)
            message = f"unless 应当是同一等级另一条规则的编号，却是“{rule.unless}”，可用：{same}"
            raise RuleError(message, where=rule.where)


def _tiers(content: Mapping[str, TierTable], rules: tuple[Rule, ...]) -> dict[int, Tier]:
    numbers = {str(number): number for number in TIER_NAMES}
    for key in content:
        if key not in numbers:
            raise RuleError("等级只有 1 到 4，请改正", where=f"[tiers.{key}]")
    for tier in sorted({rule.tier for rule in rules}):
        if str(tier) not in content:
            raise RuleError(f"有 {tier} 级的规则却没有这张表，请补上", where=f"[tiers.{tier}]")
    return {numbers[key]: _tier(numbers[key], item) for key, item in sorted(content.items())}


def _tier(number: int, item: TierTable) -> Tier:
    measures = tuple(Measure(measure.name, measure.days) for measure in item.measures)
    return Tier(number, item.name, item.colour, measures, tuple(item.consequences))


def _refuse_shared_names(facts: Mapping[str, Fact], file: FileTable) -> None:
    for table, names in (("definitions", file.definitions), ("clashes", file.clashes)):
        for name in names:
            if name in facts:
                message = f"{name} 已在 [facts] 中声明，定义请另取名称"
                raise RuleError(message, where=f"[{table}.{name}]")


def _refuse_unused(
    file: FileTable, definitions: Mapping[str, Definition], rules: tuple[Rule, ...]
) -> None:
    """A limit nobody reads is most likely misspelt, and would silently have no effect."""
    trees = [item.tree for item in definitions.values()] + [rule.tree for rule in rules]
    parts = [part for tree in trees for part in walk(tree)]
    used = {part.name for part in parts if isinstance(part, (Limit, LimitIsSet))}
    for where, names in (("[limits]", file.limits), ("[limit_labels]", file.limit_labels)):
        for name in names:
            if name not in used:
                message = f"没有条件用到限额 {name}，请检查拼写，或删去这一行"
                raise RuleError(message, where=where)


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
