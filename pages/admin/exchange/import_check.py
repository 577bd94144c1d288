"""导入, step 3: findings by kind; they are corrected in place, checked again, or sent back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.findings import KIND_LABELS, Finding, Kind
from pages._text import clip, plain
from pages._ui import guard
from pages._ui.area_picker import MOST_AREAS
from pages._ui.html_table import html_table
from pages.admin.exchange import import_settle
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_state import Group, Wizard, leave_mark
from pages.admin.exchange.import_ways import show_ways

EDITABLE: tuple[Kind, ...] = ("error", "place", "doubtful")
_MOST_LINES = 200
_MOST_NAMES = 15
_ROW_HEIGHT = 44
_BLANK = frozenset({"空", "(空)", "（空）"})
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
    counts = _counts(checked)
    if counts:
        kind = _choose_kind(wizard, counts)
        if kind in EDITABLE:
            _show_editable(page, checked, kind)
        elif kind == "conflict":
            import_settle.show_conflicts(page, checked)
        elif kind == "duplicate":
            import_settle.show_duplicates(page, checked)
        else:
            _show_table([f for f in checked.findings.kept if f.kind == kind], counts[kind])
    else:
        st.success("没有发现问题，可以导入。", icon=":material/check:")
    if checked.ignored:
        st.caption(f"没有用到的列：{plain('、'.join(checked.ignored[:30]), 600)}")
    show_ways(page, checked)


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


def _editor_key(wizard: Wizard) -> str:
    return f"import-cells-{wizard.generation}"


def absorb(wizard: Wizard) -> None:
    """Take over what was typed since the last run, before anything else can drop it."""
    state = st.session_state.get(_editor_key(wizard))
    if state is None:
        return
    for position, cells in state.get("edited_rows", {}).items():
        group = wizard.groups[int(position)]
        if "改为" in cells and group.found.key is not None:
            _type(wizard, group.rows, group.found.key, cells["改为"])
        if "不导入" in cells:
            change = wizard.dropped.update if cells["不导入"] else wizard.dropped.difference_update
            change(group.rows)


def _type(wizard: Wizard, rows: Sequence[int], key: str, text: str | None) -> None:
    for row in rows:
        if text is None or not text.strip():
            wizard.typed.pop((row, key), None)
        else:
            wizard.typed[(row, key)] = "" if text.strip() in _BLANK else text.strip()


def grouped(found: Sequence[Finding], identity: Sequence[str]) -> list[Group]:
    """The same text with the same thing wrong is one line, but for what names a single record."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for at, item in enumerate(found):
        alone = not item.was or item.key is None or item.key in identity
        same = (at,) if alone else (item.kind, item.key, item.was, item.message)
        groups.setdefault(same, []).append(item)
    return [
        Group(items[0], tuple(item.row for item in items if item.row is not None))
        for items in groups.values()
    ]


def _show_editable(page: Import, checked: Checked, kind: Kind) -> None:
    wizard = page.wizard
    of_kind = [item for item in checked.findings.kept if item.kind == kind]
    found = [item for item in of_kind if (item.row or 0) > checked.header]
    _show_general([item for item in of_kind if item not in found])
    if not found:
        return
    if kind == "place":
        _choose_areas(page, found)
    if wizard.frame is None:
        identity = ("number", page.ledger.title)
        wizard.groups = grouped(found, identity)[:_MOST_LINES]
        wizard.frame = _frame(wizard)
    st.data_editor(
        wizard.frame,
        hide_index=True,
        num_rows="fixed",
        disabled=["行", "列", "文件中是", "问题"],
        row_height=_ROW_HEIGHT,
        height=min(len(wizard.frame), 9) * _ROW_HEIGHT + 39,
        column_config={
            "行": st.column_config.TextColumn(width=60),
            "列": st.column_config.TextColumn(width=100),
            "文件中是": st.column_config.TextColumn(width=120),
            "问题": st.column_config.TextColumn(width=420),
            "改为": st.column_config.TextColumn(width=120, help="双击填写；要留空请填：空"),
            "不导入": st.column_config.CheckboxColumn(width=90, help="勾选后这一行不导入"),
        },
        column_order=["行", "列", "文件中是", "改为", "不导入", "问题"],
        key=_editor_key(wizard),
        placeholder="",
    )
    more = (
        f"这里列出前 {_MOST_LINES} 项，改完再查会列出其余。"
        if (len(wizard.groups) == _MOST_LINES)
        else ""
    )
    st.caption(
        "在“改为”里双击填写正确的内容(要留空填“空”)，或勾选“不导入”；内容相同的各行一起改。"
        f"改动只用于这次导入，不改您的文件。{more}"
    )


def _show_general(found: Sequence[Finding]) -> None:
    """What holds for the file or a whole column: settled by the columns or the sheet, not here."""
    for item in found[:_MOST_NAMES]:
        column = f"“{clip(item.column, 60)}”列：" if item.column else ""
        st.warning(plain(column + item.message, 400), icon=":material/help:")


def _frame(wizard: Wizard) -> pd.DataFrame:
    lines = []
    for group in wizard.groups:
        found = group.found
        first = (group.rows[0], found.key or "")
        rows = "、".join(map(str, group.rows[:3]))
        typed = wizard.typed.get(first)
        lines.append(
            {
                "行": rows + (f" 等{len(group.rows)}行" if len(group.rows) > 3 else ""),
                "列": clip(found.column, 40),
                "文件中是": clip(found.was, 80),
                "问题": clip(found.message, 300),
                "改为": "空" if typed == "" else typed,
                "不导入": set(group.rows) <= wizard.dropped,
            }
        )
    frame = pd.DataFrame(lines)
    return frame.astype({"改为": "object"}) if len(frame) else frame


def _choose_areas(page: Import, found: Sequence[Finding]) -> None:
    """Names of areas that nobody bears: each once, with what may be meant as choices."""
    wizard = page.wizard
    rows: dict[str, list[Finding]] = {}
    for item in found:
        if item.key == "area_code" and item.blocks and item.was:
            rows.setdefault(item.was, []).append(item)
    if not rows:
        return
    atlas = guard.atlas()
    mine = [area.code for area in atlas.under(page.actor.scope_path)]
    st.markdown("**没有找到的区域名称**：选出指的是哪里，同名的各行一起改。")
    for at, (name, items) in enumerate(list(rows.items())[:_MOST_NAMES]):
        hints = list(items[0].suggestions)
        offered = hints + ([c for c in mine if c not in hints] if len(mine) <= MOST_AREAS else [])
        if not offered:
            continue
        key = f"import-area-{wizard.generation}-{at}"
        cells = [(item.row, "area_code") for item in items if item.row is not None]
        if key not in st.session_state:
            st.session_state[key] = wizard.typed.get(cells[0])
        meant = f"，可能是“{atlas[hints[0]].name}”" if hints else ""
        chosen = st.selectbox(
            f"“{plain(name, 60)}”({len(cells)} 行){plain(meant)}",
            offered,
            format_func=lambda code: f"{atlas[code].name}({code})",
            index=None,
            placeholder="请选择",
            key=key,
        )
        if chosen is not None:
            for cell in cells:
                wizard.typed[cell] = chosen


def _show_table(found: Sequence[Finding], count: int) -> None:
    """What needs no answer, as a plain table."""
    lines = [
        (item.row or "", clip(item.column, 60), clip(item.was, 80), clip(item.message, 300))
        for item in found[:_MOST_LINES]
    ]
    heads = ("行", "列", "文件中是", "说明")
    st.html(html_table(heads, lines, frame="import-table", label="检查结果"))
    if count > _MOST_LINES:
        st.caption(f"这里列出前 {_MOST_LINES} 处，共 {count:,} 处。")
