"""Tier rules as data: what one rule set holds, and whether the facts it speaks of exist.

A rule set is read from a TOML file (:mod:`ledger.domain.tiers.rulefile` says how), never changes,
and is known by the SHA-256 of its text, so that an assessment can say by which rules it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ledger.domain.tiers import rulefile
from ledger.domain.tiers.errors import RuleError, nearest
from ledger.domain.tiers.evaluation import Program
from ledger.domain.tiers.facts import FactType, Reader, reader
from ledger.domain.tiers.files import read_text
from ledger.domain.tiers.model import Rule, RuleFile
from ledger.domain.tiers.syntax import Use, fact_names, uses


@dataclass(frozen=True)
class RuleSet(RuleFile):
    """One version of the tier rules, checked and ready to judge by."""

    @classmethod
    def from_toml(cls, text: str) -> RuleSet:
        """The rule set written in a TOML text.

        Raises
        ------
        RuleError
            Chinese, naming the table or rule and what to do.
        """
        rule_set = cls(**vars(rulefile.read(text)))
        for where, use in rule_set._uses():
            rule_set._check_against_file(where, use)
        rule_set._check_one_type_each()
        return rule_set

    def __reduce__(self) -> tuple[object, ...]:
        return (RuleSet.from_toml, (self.text,))

    @cached_property
    def program(self) -> Program:
        """Definitions and rules, compiled."""
        return Program(self.trees)

    @cached_property
    def fact_types(self) -> Mapping[str, FactType]:
        """Every fact the rules use, with the type they use it as, rules of high tiers first."""
        found: dict[str, FactType] = {}
        for _, use in self._uses():
            declared = self.facts.get(use.name)
            found.setdefault(use.name, declared.type if declared else use.type)
        return found

    @cached_property
    def readers(self) -> tuple[tuple[str, Reader], ...]:
        """How to read each fact that can matter; those beside an unset limit cannot."""
        names = dict.fromkeys(name for tree in self.trees.values() for name in fact_names(tree))
        return tuple((name, reader(self.fact_types[name], self.facts.get(name))) for name in names)

    @cached_property
    def outcomes(self) -> dict[tuple[object, ...], Any]:
        """What the engine found for each pattern of facts; kept because few patterns are many
        records."""
        return {}

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError when there is none."""
        return {rule.id: rule for rule in self.rules}[rule_id]

    def check(
        self,
        declared: Mapping[str, FactType],
        choices: Mapping[str, Collection[str]] | None = None,
        elsewhere: Mapping[str, str] | None = None,
    ) -> None:
        """Check that every fact exists and is used as what it is.

        Parameters
        ----------
        declared : mapping
            Facts the ledger keeps (its columns and extra facts). Facts declared in the rule
            file's own ``[facts]`` need not be among them, but may not contradict them.
        choices : mapping, optional
            Keys a choice fact can take; texts compared with it must be among them.
        elsewhere : mapping, optional
            Names that only other ledgers have, with the label of the ledger, for the error.

        Raises
        ------
        RuleError
            For the first unknown name (with the nearest known one), wrong type or unknown choice.
        """
        for key, fact in self.facts.items():
            if key in declared and not fact.type.fits(declared[key]):
                kinds = f"台账里是{declared[key].label}，这里写成{fact.type.label}"
                message = f"{kinds}，请改成一致"
                raise RuleError(message, where=f"[facts] {key}")
        for name in self.definitions:
            if name in declared:
                message = f"{name} 已是台账里的列，定义请另取名称"
                raise RuleError(message, where=f"[definitions.{name}]")
        own = {key: fact.type for key, fact in self.facts.items()}
        for where, use in self._uses():
            known = {**own, **declared}
            _check_use(where, use, known, choices or {}, self.definitions, elsewhere or {})

    def _uses(self) -> list[tuple[str, Use]]:
        rules = [(rule.where, rule.tree) for rule in self.rules]
        definitions = [(item.where, item.tree) for item in self.definitions.values()]
        return [
            (where, use)
            for where, tree in rules + definitions
            for use in uses(tree)
            if use.name not in self.definitions
        ]

    def _check_against_file(self, where: str, use: Use) -> None:
        """What the file's own ``[facts]`` already tell about one use."""
        fact = self.facts.get(use.name)
        if fact is not None:
            known = {use.name: tuple(fact.choices)} if fact.choices else {}
            _check_use(where, use, {use.name: fact.type}, known, (), {})

    def _check_one_type_each(self) -> None:
        first: dict[str, Use] = {}
        for where, use in self._uses():
            before = first.setdefault(use.name, use)
            if before.type is not use.type:
                kinds = f"在这里当作{use.type.label}，别处当作{before.type.label}"
                message = f"{use.name} {kinds}，请改成一致"
                raise RuleError(message, where=where, position=use.position)


def _check_use(
    where: str,
    use: Use,
    declared: Mapping[str, FactType],
    choices: Mapping[str, Collection[str]],
    definitions: Collection[str],
    elsewhere: Mapping[str, str],
) -> None:
    if use.name not in declared and use.name in elsewhere:
        message = (
            f"{use.name} 是“{elsewhere[use.name]}”台账的列，规则只能用机构台账的事实和计数事实，"
            "请改用机构台账的事实（如 complained）或计数事实（如 confirmed_leads）"
        )
        raise RuleError(message, where=where, position=use.position)
    if use.name not in declared:
        hint = nearest(use.name, [*declared, *definitions])
        message = f"没有名为 {use.name} 的事实或定义，请改正名称，或在 [facts] 里声明。{hint}"
        raise RuleError(message, where=where, position=use.position)
    kind = declared[use.name]
    if not use.type.fits(kind):
        message = f"{use.name} 是{kind.label}，这里却当作{use.type.label}，请改写这一处"
        raise RuleError(message, where=where, position=use.position)
    for text in use.texts:
        if use.name in choices and text not in choices[use.name]:
            allowed = "、".join(choices[use.name])
            message = f"{use.name} 没有选项“{text}”，可用：{allowed}"
            raise RuleError(message, where=where, position=use.position)


def load_rules(path: str | Path) -> RuleSet:
    """The rule set in a UTF-8 TOML file.

    Raises
    ------
    RuleError
        When the file cannot be read or its content cannot be used; the message names the file.
    """
    return RuleSet.from_toml(read_text(path, "规则文件"))
