"""What a visit will change in its institution, before it is saved and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.casework.visit_facts import taken_over
from ledger.domain.access import Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.records import assessments
from ledger.storage import Store
from pages._text import markup, safe
from pages._ui.badges import tier_badge
from pages._ui.html_table import Cell, html_table


@dataclass(frozen=True)
class Moved:
    """One fact in words, as it stood and as the visit states it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Effect:
    """What a visit does: facts that move, facts it confirms, and the tier before and after."""

    moved: tuple[Moved, ...]
    confirmed: int
    tier_before: str | None
    tier_after: str | None
    overridden: bool


def foresee(
    store: Store, actor: Actor, place: Mapping[str, Any], stated: Mapping[str, Any], day: date
) -> Effect:
    """The effect of a visit on ``day``; ``stated`` are its parsed values."""
    taken = taken_over(place, stated, day)
    after = {**place, **taken}
    override = place.get("tier_override")
    judged = assessments.why(store, actor, after).judgement.tier
    tier_after = override or (None if judged is None else str(judged))
    return _effect(place, after, len(taken), tier_after)


def look_back(before: Mapping[str, Any], after: Mapping[str, Any], stated: int) -> Effect:
    """The effect that a saved visit had, from the institution's record before and after."""
    return _effect(before, after, stated, after.get("tier"))


def _effect(
    before: Mapping[str, Any], after: Mapping[str, Any], stated: int, tier_after: str | None
) -> Effect:
    moved = tuple(
        Moved(
            INSTITUTIONS.label_of(key),
            fact_words(key, before.get(key)),
            fact_words(key, after[key]),
        )
        for key in CHECKLIST_KEYS
        if before.get(key) != after.get(key)
    )
    return Effect(
        moved,
        max(0, stated - len(moved)),
        before.get("tier"),
        tier_after,
        before.get("tier_override") is not None,
    )


def fact_words(key: str, value: Any) -> str:
    """A fact of an institution as people read it; 不详 for blank."""
    column = INSTITUTIONS.by_key[key]
    text = column.format(value)
    return f"{text}{column.unit}" if text and column.unit else text or "不详"


def effect_html(effect: Effect) -> str:
    """Tier before and after, then every fact that moves, as HTML."""
    before, after = effect.tier_before, effect.tier_after
    tiers = f"风险等级：{tier_badge(before)}"
    tiers += " 不变" if before == after else f" → {tier_badge(after)}"
    if effect.overridden:
        tiers += ' <span class="field-quiet">（领导人工调整的等级，走访不改变）</span>'
    rows = [
        (Cell(one.label, head=True), one.before, markup("<b>{}</b>", safe(one.after)))
        for one in effect.moved
    ]
    table = (
        html_table(("事项", "台账现值", "走访结果"), rows, look="field-changes")
        if rows
        else '<p class="field-quiet">机构台账的各项事实都不变。</p>'
    )
    confirmed = (
        f'<p class="field-quiet">另有 {effect.confirmed} 项与台账一致，更新为本次核实。</p>'
        if effect.confirmed
        else ""
    )
    return f'<p class="field-tiers">{tiers}</p>{table}{confirmed}'
