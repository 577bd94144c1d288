"""Tier rules in words, and what would move under others."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from ledger.domain.tiers import RuleSet, tier_name
from ledger.records.assessments import Assessed
from pages._text import plain
from pages._ui.upload_file import SHOWN, frame_of


def show_rules(rules: RuleSet) -> None:
    """Version, source, limits and every rule with its reason."""
    st.markdown(
        f"版本 **{plain(rules.version)}**，自 {rules.effective.isoformat()} 起施行。"
        f"{plain(rules.title, None)}"
    )
    st.caption(f"依据：{plain(rules.source, None)}")
    rows = [
        {
            "等级": tier_name(rule.tier, rules),
            "编号": rule.id,
            "情形": rule.label,
            "条件": " ".join(rule.when.split()),
            "依据": rule.source,
            "说明": rule.note,
        }
        for rule in rules.rules
    ]
    st.dataframe(frame_of(rows), hide_index=True, key=f"rules-{rules.fingerprint[:12]}")
    meant = [
        {"名称": name, "含义": item.label, "条件": " ".join(item.when.split()), "依据": item.source}
        for name, item in rules.definitions.items()
    ]
    limits = "、".join(f"{name} = {value}" for name, value in rules.limits.items())
    if meant or limits:
        with st.expander("规则中的定义和限额"):
            if limits:
                st.markdown(f"限额：{plain(limits, None)}")
            if meant:
                st.dataframe(
                    frame_of(meant), hide_index=True, key=f"meant-{rules.fingerprint[:12]}"
                )


def show_moves(rules: RuleSet, assessed: Assessed) -> None:
    """How many would move from where to where, and which numbers."""
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
    st.dataframe(frame_of(counted), hide_index=True, key="moves")
    listed = [
        {
            "编号": move.number,
            "现在": tier_name(move.before, rules),
            "启用后": tier_name(move.after, rules),
        }
        for move in assessed.moves
    ]
    with st.expander("会变动的机构(编号)"):
        st.dataframe(frame_of(listed), hide_index=True, key="moved")
        if len(listed) > SHOWN:
            st.caption(f"这里列出前 {SHOWN} 家，共 {len(listed)} 家。")
