"""The tables of a tier rule file, as they are written (:mod:`ledger.domain.tiers.rulefile`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ledger.domain.tiers.facts import FactType
from ledger.domain.tiers.model import COLOURS, FORMER_COLOURS
from ledger.domain.tiers.strict_tables import DatedHead, Number, StrictTable, Text, needed
from ledger.domain.tiers.worse import refusal

_NO_SOURCE = "出自哪份文件、哪一条"


def _fact_type(name: object) -> FactType:
    kind = FactType.of(name) if isinstance(name, str) else None
    if kind is None:
        allowed = "、".join(f"{one.key}({one.label})" for one in FactType)
        raise ValueError(f"没有类型 {name!r}，可用：{allowed}")
    return kind


class FactTable(StrictTable):
    """A fact of ``[facts]``; its type alone may stand for the table."""

    places = ("[facts] {step}",)

    type: Annotated[FactType, BeforeValidator(_fact_type)] = needed("类型")
    min: Number | None = None
    max: Number | None = None
    choices: dict[str, str] = Field(default_factory=dict)
    label: Text = ""
    worse: Text = ""
    whole: bool = False

    @model_validator(mode="before")
    @classmethod
    def _type_alone(cls, content: object) -> object:
        return {"type": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _check(self) -> FactTable:
        if self.type is not FactType.NUMBER and (self.min is not None or self.max is not None):
            raise ValueError("只有数字才有 min 和 max，请删去")
        if self.whole and self.type is not FactType.NUMBER:
            raise ValueError("只有数字才有 whole，请删去")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min（{self.min}）应当小于 max（{self.max}），请改正")
        if self.choices and self.type is not FactType.CHOICE:
            raise ValueError("只有选项（choice）才有 choices，请删去")
        refused = refusal(self.worse, self.type, self.choices)
        if refused is not None:
            raise ValueError(refused)
        return self

    @field_validator("choices", mode="before")
    @classmethod
    def _labelled(cls, choices: object) -> object:
        labels = choices.values() if isinstance(choices, dict) else [None]
        if not all(isinstance(label, str) for label in labels):
            raise ValueError('choices 应当写成 { 键 = "中文名称" }，请改正')
        return choices


class DefinitionTable(StrictTable):
    """A condition with a name."""

    places = ("[definitions.{step}]",)

    label: Text = needed("中文名称")
    when: Text = needed("何时成立")
    source: Text = needed(_NO_SOURCE)


class ClashTable(DefinitionTable):
    """A condition under which facts contradict each other."""

    places = ("[clashes.{step}]",)


class RuleTable(StrictTable):
    """One entry of ``[[rules]]``."""

    places = ("规则 {id}", "第 {number} 条规则")

    id: Text = needed("编号")
    tier: int = needed("等级", "1 到 4", ge=1, le=4)
    label: Text = needed("理由")
    when: Text = needed("何时成立")
    source: Text = needed(_NO_SOURCE)
    note: Text = ""
    none_above: bool = False
    unless: Text = ""


class MeasureTable(StrictTable):
    """What a tier demands; its name alone may stand for the table."""

    places = ("{outer} measures",)

    name: Text = needed("措施")
    days: int | None = Field(default=None, ge=1, le=3650)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, content: object) -> object:
        return {"name": content} if isinstance(content, str) else content


class TierTable(StrictTable):
    """One of ``[tiers.N]``."""

    places = ("[tiers.{step}]",)

    name: Text = needed("名称")
    colour: Text = needed("颜色")
    measures: list[MeasureTable] = Field(default_factory=list)
    consequences: list[Text] = Field(default_factory=list)

    @field_validator("colour")
    @classmethod
    def _check_colour(cls, colour: str) -> str:
        colour = FORMER_COLOURS.get(colour, colour)
        if colour not in COLOURS:
            raise ValueError(f"没有颜色 {colour!r}，可用：{'、'.join(COLOURS)}")
        return colour


class FileTable(DatedHead):
    """The whole file."""

    limits: dict[str, Number] = Field(default_factory=dict)
    limit_labels: dict[str, Text] = Field(default_factory=dict)
    facts: dict[str, FactTable] = Field(default_factory=dict)
    definitions: dict[str, DefinitionTable] = Field(default_factory=dict)
    clashes: dict[str, ClashTable] = Field(default_factory=dict)
    rules: list[RuleTable] = Field(default_factory=list)
    tiers: dict[str, TierTable] = Field(default_factory=dict)
