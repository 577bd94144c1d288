"""Findings that are corrected in place: what a cell should say, or that its row is left out."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.findings import Finding, Kind
from pages._text import clip, plain
from pages.admin.exchange.finding_groups import frame_of_groups, grouped
from pages.admin.exchange.import_areas import choose_areas
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_state import Wizard

EDITABLE: tuple[Kind, ...] = ("error", "place", "doubtful")
_MOST_LINES = 200
_MOST_NAMES = 15
_ROW_HEIGHT = 44
_BLANK = frozenset({"空", "(空)", "（空）"})


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


def show_editable(page: Import, checked: Checked, kind: Kind) -> None:
    wizard = page.wizard
    of_kind = [item for item in checked.findings.kept if item.kind == kind]
    found = [item for item in of_kind if (item.row or 0) > checked.header]
    _show_general([item for item in of_kind if item not in found])
    if not found:
        return
    if kind == "place":
        choose_areas(page, found)
    if wizard.frame is None:
        identity = ("number", page.ledger.title)
        wizard.groups = grouped(found, identity)[:_MOST_LINES]
        wizard.frame = frame_of_groups(wizard, checked)
    st.data_editor(
        wizard.frame,
        hide_index=True,
        num_rows="fixed",
        disabled=["行", "列", "文件中是", "问题"],
        row_height=_ROW_HEIGHT,
        height=min(len(wizard.frame), 9) * _ROW_HEIGHT + 39,
        column_config={
            "行": st.column_config.TextColumn(width=165 if checked.origins else 60),
            "列": st.column_config.TextColumn(width=100),
            "文件中是": st.column_config.TextColumn(width=120),
            "问题": st.column_config.TextColumn(width=290 if checked.origins else 420),
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
