"""Tier rules and those of contradictions in words, and what would move under other tier rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from ledger.domain.contradiction_words import BLANKS, HEADS, meaning
from ledger.domain.contradictions import Contradiction
from ledger.domain.ledgers import LEDGERS
from ledger.domain.tiers import RuleSet, tier_name
from ledger.records.assessments import Assessed
from ledger.records.rule_words import tier_conditions
from pages._text import plain
from pages._ui.html_table import html_table
from pages._ui.upload_file import SHOWN, frame_of


def show_rules(rules: RuleSet) -> None:
    """Version, source, limits and every rule with its reason."""
    st.markdown(
        f"版本 **{plain(rules.version)}**，自 {rules.effective.isoformat()} 起施行。"
        f"{plain(rules.title, None)}"
    )
    st.caption(f"依据：{plain(rules.source, None)}")
    words = tier_conditions(rules)
    rows = [
        (
            f"{tier_name(rule.tier, rules)} {rule.id}",
            rule.label,
            words.of_rule(rule),
            rule.source,
            rule.note,
        )
        for rule in rules.rules
    ]
    st.html(_table(("等级、编号", "情形", "条件", "依据", "说明"), rows, "风险分级规则"))
    meant = [
        (item.label, words.said(item.tree), item.source) for item in rules.definitions.values()
    ]
    named = [
        (rules.limit_labels.get(name, name), rules.limits.get(name, "未设定"), name)
        for name in dict.fromkeys((*rules.limits, *rules.limit_labels))
    ]
    if meant or named:
        with st.expander("规则中的定义和限额"):
            if named:
                st.html(_table(("限额", "现为", "规则文件中的名称"), named, "限额"))
            if meant:
                st.html(_table(("名称", "条件", "依据"), meant, "定义"))


def show_contradictions(rules: Sequence[Contradiction]) -> None:
    """When each rule of 一致性核对 finds something, what to do then, and what it rests on."""
    rows = [(LEDGERS[rule.ledger].label, *meaning(rule)) for rule in rules]
    st.html(_table(("台账", *HEADS), rows, "一致性核对的规则"))
    st.caption(BLANKS)


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]], label: str) -> str:
    """A table whose texts are read whole, however long."""
    return html_table(heads, rows, look="log words", frame="log-frame", label=label)


def show_moves(rules: RuleSet, assessed: Assessed, key: str = "moves") -> None:
    """How many would move from where to where, and which numbers by which rules; ``key`` tells two
    previews on one page apart."""
    total = len(assessed.results)
    if not assessed.moves:
        st.success(f"共 {total:,} 家机构，等级都不会变动。", icon=":material/check:")
        return
    st.warning(
        f"共 {total:,} 家机构，其中 {len(assessed.moves):,} 家的判定等级会变动。",
        icon=":material/warning:",
    )
    pairs = Counter((move.before, move.after) for move in assessed.moves)
    counted = [
        {
            "现在": tier_name(before, rules),
            "启用后": tier_name(after, rules),
            "家数": count,
        }
        for (before, after), count in sorted(
            pairs.items(), key=lambda item: (-(item[0][1] or 0), -(item[0][0] or 0))
        )
    ]
    st.dataframe(frame_of(counted), hide_index=True, key=key)
    matched = {one.number: one.matched for one in assessed.results}
    listed = [
        {
            "编号": move.number,
            "现在": tier_name(move.before, rules),
            "启用后": tier_name(move.after, rules),
            "命中的规则": _reason(rules, move.after, matched.get(move.number, ())),
        }
        for move in assessed.moves
    ]
    with st.expander("会变动的机构(编号)"):
        st.dataframe(frame_of(listed), hide_index=True, key=f"{key}-listed")
        if len(listed) > SHOWN:
            st.caption(f"这里列出前 {SHOWN} 家，共 {len(listed)} 家。")


def _reason(rules: RuleSet, tier: int | None, matched: Sequence[str]) -> str:
    """The rules that give the new tier, as their number and what they say."""
    own = [rules.rule(one) for one in matched if rules.rule(one).tier == tier]
    return "；".join(f"{one.id} {one.label}" for one in own) or "已知事实不足以定级，或资料矛盾"
