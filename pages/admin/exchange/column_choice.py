"""导入, step 2: one line a column of the file: what it is called, examples, what it is here."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ledger.domain.columns import Ledger
from ledger.exchange.importing.first_look import BOTH, Arrival, SourceColumn
from ledger.exchange.reading.header_rows import fold
from pages._text import plain, safe
from pages.admin.exchange.import_state import Wizard

_UNSURE = "请核对"
_UNUSED = ""
_SERIALS = frozenset({"序号", "序", "no", "no."})


def needs_a_look(column: SourceColumn) -> bool:
    """Not matched, or only by what stands in it; a serial number is nobody's business."""
    if column.key is None:
        return fold(column.name.rpartition("/")[2]) not in _SERIALS
    return column.why.endswith(_UNSURE)


def choose(wizard: Wizard, ledger: Ledger, columns: Sequence[SourceColumn]) -> None:
    """One line a column: what it is called, examples and why; and what it is in the ledger."""
    labels = {column.key: column.label for column in ledger.incoming}
    if "lon" in labels:
        labels[BOTH] = "经纬度(写在一格)"
    required = {column.key for column in ledger.editable if column.required}

    def words(key: str) -> str:
        if key == _UNUSED:
            return "不使用"
        return labels.get(key, key) + ("(必填)" if key in required else "")

    for column in columns:
        key = f"import-column-{wizard.generation}-{column.position}"
        if key not in st.session_state:
            st.session_state[key] = wizard.chosen.get(column.position) or _UNUSED
        said, choice = st.columns([3, 2], vertical_alignment="center")
        examples = "、".join(column.examples) or "(没有内容)"
        why = f"　{safe(column.why)}" if column.why else ""
        said.html(
            f'<div class="source-column"><b>{safe(column.name)}</b>'
            f"<small>例：{safe(examples)}{why}</small></div>"
        )
        first = [name for name in column.candidates if name in labels]
        options = [_UNUSED, *first, *(name for name in labels if name not in first)]
        chosen = choice.selectbox(
            f"“{plain(column.name, 60)}”列在台账中是",
            options,
            format_func=words,
            key=key,
            label_visibility="collapsed",
        )
        wizard.chosen[column.position] = chosen or None


def say_what_follows(wizard: Wizard, ledger: Ledger, arrival: Arrival) -> None:
    """Required columns that are missing, and columns that are not used."""
    missing = arrival.missing(ledger, wizard.chosen)
    if missing:
        named = "、".join(f"“{label}”" for label in missing)
        st.warning(
            f"还没有对上必填的列：{named}。请在上面为它选一列；"
            "只更新已有记录(表中有编号)时可以没有。",
            icon=":material/warning:",
        )
    unused = [c.name for c in arrival.columns if c.extra is None and not wizard.chosen[c.position]]
    if unused:
        more = f" 等 {len(unused)} 列" if len(unused) > 20 else ""
        st.caption(f"不使用的列：{plain('、'.join(unused[:20]), 600)}{more}。")
