"""导入, step 1: what the file that came is, which of its sheets is read, and the way on."""

from __future__ import annotations

import streamlit as st

from ledger.domain.ledgers import LEDGERS
from ledger.exchange.importing.first_look import Arrival
from pages._text import plain
from pages.admin.exchange.import_look import look
from pages.admin.exchange.import_run import Import, start_check
from pages.admin.exchange.import_system import ask_system

_NAMED = 20


def show_arrival(page: Import, arrival: Arrival) -> None:
    """One of ours that came back, or somebody's own table."""
    wizard, ledger = page.wizard, page.ledger
    if arrival.kind == "other_ledger":
        other = LEDGERS.get(str(arrival.origin))
        name = other.label if other else "另一本台账"
        st.warning(
            f"这是从“{name}”台账导出的表格，不是“{ledger.label}”。"
            f"请在最上面把台账换成“{name}”，再选一次文件；或者换一个文件。",
            icon=":material/warning:",
        )
        return
    if arrival.kind == "returned":
        what = f"这 {len(arrival.files)} 份" if arrival.files else "这"
        st.info(
            f"{what}是从本系统导出、填好后发回的表格。列都认得，不用再对应；"
            "检查时逐格对照导出时、台账现在和文件三种内容。",
            icon=":material/sync_alt:",
        )
        _list_files(arrival)
        if st.button("下一步：检查", type="primary", key="import-next"):
            wizard.mapping = None
            start_check(page)
        return
    _list_files(arrival)
    first, last = arrival.header
    rows = f"第 {first} 行" if first == last else f"第 {first} 至 {last} 行"
    known = sum(key is not None for key in wizard.chosen.values())
    st.info(
        f"表头在{rows}，共 {len(arrival.columns)} 列，认出 {known} 列。"
        + (
            f"用的是记住的对照关系“{plain(arrival.remembered.name)}”。"
            if arrival.remembered
            else ""
        ),
        icon=":material/table:",
    )
    is_read = len(arrival.sheets) < 2 or _choose_sheet(page, arrival)
    known_system = ask_system(wizard)
    ready = is_read and known_system
    if st.button("下一步：对应列", type="primary", key="import-next", disabled=not ready):
        wizard.step = "columns"
        st.rerun()
    if not is_read:
        st.caption("这张工作表不能读，请另选一张。")
    elif not known_system:
        st.caption("文件里有经纬度，请先说明是哪种坐标。")


def _list_files(arrival: Arrival) -> None:
    """The files that are read together."""
    if arrival.files:
        named = plain("、".join(arrival.files[:_NAMED]), 800)
        more = "等" if len(arrival.files) > _NAMED else ""
        st.caption(f"一并读入 {len(arrival.files)} 份：{named}{more}")


def _choose_sheet(page: Import, arrival: Arrival) -> bool:
    """One of several sheets; whether the one chosen is the one that was read."""
    wizard = page.wizard
    if arrival.together:
        return _choose_all_or_one(page, arrival)
    chosen = st.selectbox(
        f"工作表(文件里有 {len(arrival.sheets)} 张，一次导入一张)",
        arrival.sheets,
        index=arrival.sheets.index(arrival.sheet) if arrival.sheet in arrival.sheets else None,
        key=f"import-sheet-{wizard.generation}",
    )
    if chosen not in (arrival.sheet, wizard.tried):
        look(page, chosen)
    return chosen == arrival.sheet


def _choose_all_or_one(page: Import, arrival: Arrival) -> bool:
    """All sheets that look alike as one table, or one of them."""
    every = f"{len(arrival.together)} 张一并导入：{'、'.join(arrival.together[:6])}"
    chosen = st.selectbox(
        f"工作表(文件里有 {len(arrival.sheets)} 张)",
        [every, *arrival.sheets],
        key=f"import-sheet-{page.wizard.generation}",
    )
    if chosen != every:
        look(page, chosen)
    return chosen == every
