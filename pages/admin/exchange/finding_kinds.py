"""导入, step 3: what was found in numbers, which kind is looked at, and what needs no answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.findings import KIND_LABELS, Finding, Kind
from pages._text import clip
from pages._ui.html_table import html_table
from pages.admin.exchange.import_state import Wizard

_MOST_LINES = 200
_KINDS: tuple[Kind, ...] = (
    "error",
    "place",
    "conflict",
    "duplicate",
    "doubtful",
    "understood",
    "left_out",
)


def show_summary(wizard: Wizard, checked: Checked) -> None:
    """The answer first: how many rows, and what becomes of them."""
    outcome = checked.outcome(wizard.choices)
    parts = [
        f"新增 **{outcome.created:,}**",
        f"更新 **{outcome.updated:,}**",
        f"不变 **{outcome.unchanged:,}**",
    ]
    if outcome.refused:
        parts.append(f"选定不导入 **{outcome.refused:,}**")
    if outcome.undecided:
        parts.append(f"等您选定 **{outcome.undecided:,}**")
    if outcome.blocked:
        parts.append(f"有问题 **{outcome.blocked:,}**")
    left = len(wizard.corrections.left_out)
    out = f"；您去掉了 {left} 行" if left else ""
    st.markdown(f"读到 **{checked.read:,}** 行：{'，'.join(parts)}{out}。")


def counts_of(checked: Checked) -> dict[Kind, int]:
    """Findings by kind, the most pressing first."""
    counts = dict(checked.findings.counts)
    counts["duplicate"] = len(checked.likely)
    counts["conflict"] = len(checked.comparison.conflicts) if checked.comparison else 0
    return {kind: counts[kind] for kind in _KINDS if counts.get(kind)}


def choose_kind(wizard: Wizard, counts: dict[Kind, int]) -> Kind:
    """Which kind is looked at: the most pressing one first."""
    kinds = list(counts)
    key = f"import-kind-{wizard.batch}"
    if wizard.kind not in counts:
        wizard.kind = kinds[0]
        st.session_state[key] = wizard.kind
    elif key not in st.session_state:
        st.session_state[key] = wizard.kind
    chosen = st.pills(
        "看哪一类",
        kinds,
        format_func=lambda kind: f"{KIND_LABELS[kind]} {counts[kind]:,}",
        key=key,
        required=True,
    )
    kind: Kind = chosen or kinds[0]
    if kind != wizard.kind:
        wizard.kind = kind
        wizard.next_editor()
    return kind


def show_table(checked: Checked, found: Sequence[Finding], count: int) -> None:
    """What needs no answer, as a plain table."""
    lines = [
        (
            checked.place(item.row) if item.row else "",
            clip(item.column, 60),
            clip(item.was, 80),
            clip(item.message, 300),
        )
        for item in found[:_MOST_LINES]
    ]
    heads = ("行", "列", "文件中是", "说明")
    st.html(html_table(heads, lines, frame="import-table", label="检查结果"))
    if count > _MOST_LINES:
        st.caption(f"这里列出前 {_MOST_LINES} 处，共 {count:,} 处。")
