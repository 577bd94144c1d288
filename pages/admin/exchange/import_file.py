"""导入, step 1: the file, which of its sheets, and in which system its positions are."""

from __future__ import annotations

import streamlit as st

from geo.crs import BD09, GCJ02, WGS84, SourceCrs
from ledger.domain.ledgers import LEDGERS
from ledger.domain.progress import Progress
from ledger.exchange.importing.first_look import Arrival, has_positions, look_at
from ledger.exchange.reading.mapping import FileMapping
from ledger.operations import apart
from pages._text import plain
from pages._ui.upload_file import on_disk
from pages.admin.exchange import templates_out
from pages.admin.exchange.import_run import Import, run, start_check
from pages.admin.exchange.import_state import Wizard, leave_mark
from pages.admin.exchange.import_upload import KINDS, identity, together

_NAMED = 20
SYSTEMS: dict[str, SourceCrs] = {
    "WGS84 或 CGCS2000(国家标准、GPS 设备)": WGS84,
    "GCJ-02(高德、腾讯等手机地图)": GCJ02,
    "BD-09(百度地图)": BD09,
}


def show(page: Import) -> None:
    """Ask for the file; say what it is; go on."""
    wizard = page.wizard
    uploads = st.file_uploader(
        "村里发来的表格，或从这里导出、填好后发回的表格；可以一次选几份，或一个压缩包",
        type=KINDS,
        accept_multiple_files=True,
        key="import-file",
    )
    if uploads and _is_new(wizard, identity(uploads)):
        wizard.forget_file()
        wizard.upload = together(uploads)
        look(page)
    if wizard.upload is None:
        st.caption("选好文件后先看、再查，最后一步确认之前台账不会有任何改动。")
        templates_out.show(page.ledger, page.actor)
        return
    leave_mark("open")
    if not uploads:
        st.caption(f"正在处理：{plain(wizard.upload.name)}")
    if wizard.arrival is not None:
        _show_arrival(page, wizard.arrival)
    else:
        st.caption("这份文件还没有读成。请按上面的说明处理后重新选择，或再读一次。")
        if st.button("再读一次", icon=":material/refresh:", key="import-look"):
            look(page)


def look(page: Import, sheet: str | None = None) -> None:
    """Find out what kind of file it is and how it would be read; the sheet of before, or this."""
    wizard = page.wizard
    upload, given = wizard.upload, wizard.given
    sheet = wizard.tried = sheet or wizard.sheet

    def call(progress: Progress) -> Arrival:
        with on_disk(upload) as path:
            return apart.call(
                look_at,
                page.store,
                page.actor,
                page.ledger,
                path,
                sheet=sheet,
                mapping=given,
                progress=progress,
            )

    def after(arrival: Arrival) -> None:
        wizard.arrival, wizard.sheet = arrival, arrival.to_read
        wizard.chosen = arrival.proposed
        wizard.system = _system_of(arrival.mapping) if _is_told(wizard, arrival) else None
        wizard.next_editor()

    run(wizard, "读取文件", call, after)


def ask_system(wizard: Wizard) -> bool:
    """The system of the positions, asked only if there are any; whether it is known."""
    if not has_positions(wizard.chosen):
        return True
    key = f"import-crs-{wizard.generation}"
    if key not in st.session_state and wizard.system is not None:
        st.session_state[key] = wizard.system
    wizard.system = st.selectbox(
        "坐标系(文件里有经纬度)",
        list(SYSTEMS),
        index=None,
        placeholder="请选择经纬度是哪种坐标",
        help="选错会使位置偏移数百米。从手机地图抄来的坐标多为 GCJ-02 或 BD-09。",
        key=key,
    )
    return wizard.system is not None


def _is_new(wizard: Wizard, which: str) -> bool:
    return wizard.upload is None or str(wizard.upload.file_id) != which


def _is_told(wizard: Wizard, arrival: Arrival) -> bool:
    """A remembered or uploaded mapping says in which system positions are."""
    return arrival.remembered is not None or wizard.given is not None


def _system_of(mapping: FileMapping) -> str | None:
    return next((words for words, crs in SYSTEMS.items() if crs == mapping.crs), None)


def _show_arrival(page: Import, arrival: Arrival) -> None:
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
