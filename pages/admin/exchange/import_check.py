"""导入, step 3: findings by kind; they are corrected in place, checked again, or sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.findings import KIND_LABELS, Finding, Kind
from ledger.records import historical
from pages._text import clip, plain
from pages._ui.html_table import html_table
from pages.admin.exchange import import_settle
from pages.admin.exchange.import_cells import EDITABLE, show_editable
from pages.admin.exchange.import_run import Import, start_check
from pages.admin.exchange.import_state import Wizard, leave_mark
from pages.admin.exchange.import_ways import show_ways

_MOST_LINES = 200
_PAST = {False: "正在办理的", True: "历史数据"}
_KINDS: tuple[Kind, ...] = (
    "error",
    "place",
    "conflict",
    "duplicate",
    "doubtful",
    "understood",
    "left_out",
)


def show(page: Import) -> None:
    """What would become of the file, what stands in the way, and the ways on."""
    wizard = page.wizard
    checked = wizard.checked
    if checked is None:
        wizard.step = "file"
        st.rerun()
    leave_mark("open")
    show_summary(wizard, checked)
    _ask_history(page, checked)
    counts = _counts(checked)
    if counts:
        kind = _choose_kind(wizard, counts)
        if kind in EDITABLE:
            show_editable(page, checked, kind)
        elif kind == "conflict":
            import_settle.show_conflicts(page, checked)
        elif kind == "duplicate":
            import_settle.show_duplicates(page, checked)
        else:
            _show_table(checked, [f for f in checked.findings.kept if f.kind == kind], counts[kind])
    else:
        st.success("没有发现问题，可以导入。", icon=":material/check:")
    if checked.ignored:
        st.caption(f"没有用到的列：{plain('、'.join(checked.ignored[:30]), 600)}")
    show_ways(page, checked)


def _ask_history(page: Import, checked: Checked) -> None:
    """Whether the new cases are cases of the past; another answer is another check."""
    wizard = page.wizard
    if historical.KEY not in page.ledger.by_key or not checked.new or wizard.mapping is None:
        return
    answer = st.segmented_control(
        "这些新增的记录是",
        list(_PAST),
        format_func=_PAST.__getitem__,
        default=checked.is_history,
        key=f"import-history-{wizard.generation}",
        required=True,
        help="历史数据不产生期限提醒、待办和考评；办理一步以后，按正在办理的对待",
    )
    if answer is not None and answer is not checked.is_history:
        wizard.mapping = replace(wizard.mapping, history="yes" if answer else "no")
        start_check(page)


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


def _counts(checked: Checked) -> dict[Kind, int]:
    counts = dict(checked.findings.counts)
    counts["duplicate"] = len(checked.likely)
    counts["conflict"] = len(checked.comparison.conflicts) if checked.comparison else 0
    return {kind: counts[kind] for kind in _KINDS if counts.get(kind)}


def _choose_kind(wizard: Wizard, counts: dict[Kind, int]) -> Kind:
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


def _show_table(checked: Checked, found: Sequence[Finding], count: int) -> None:
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
