"""区域: what is loaded, and the way a new boundary file comes in: checked first, then loaded."""

from __future__ import annotations

import streamlit as st

from geo.codes import LEVEL_LABELS
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations import apart
from ledger.storage import Store
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.upload_file import fingerprint
from pages.admin.areas.areas_loaded import show_loaded
from pages.admin.areas.boundary_check import run, show_report
from pages.admin.areas.boundary_questions import ask, columns_in

PREVIEW = "areas-preview"
_TYPES = ["geojson", "json", "topojson", "gpkg", "zip", "parquet"]


def load_section(store: Store, actor: Actor) -> None:
    """Upload, say how to read it, check, load."""
    upload = st.file_uploader(
        "边界文件",
        type=_TYPES,
        help="GeoJSON、TopoJSON、GeoPackage、GeoParquet，或打包成 zip 的 Shapefile",
        key="area-file",
    )
    if upload is None:
        return
    try:
        names = columns_in(upload)
    except LedgerError as error:
        st.error(plain(error, None), icon=":material/error:")
        return
    choices = ask(names)
    if choices is None:
        st.caption("层级、编码方式、坐标系、代码列和名称列都选好后才能检查。")
    pressed = st.button(
        "检查文件", icon=":material/fact_check:", disabled=choices is None, key="check-areas"
    )
    if choices is None:
        return
    mark = fingerprint(upload, sorted(choices.items(), key=lambda item: item[0]))
    if pressed:
        st.session_state[PREVIEW] = (mark, run(store, actor, upload, choices, dry_run=True))
    kept = st.session_state.get(PREVIEW)
    if kept is None or kept[0] != mark or kept[1] is None:
        return
    report = kept[1]
    level = LEVEL_LABELS[choices["level"]]
    st.subheader(f"检查结果：{level} {report.read:,} 行", anchor=False)
    show_report(report, f"“{upload.name}”")
    if report.refused:
        return
    if st.button("载入这些区域", type="primary", icon=":material/check:", key="load-areas"):
        loaded = run(store, actor, upload, choices, dry_run=False)
        if loaded is not None and not loaded.refused:
            st.session_state.pop(PREVIEW, None)
            notices.keep(
                f"已载入{level} {loaded.loaded:,} 个，未变 {loaded.unchanged:,} 个，"
                f"重新归属记录 {loaded.moved:,} 条。"
            )
            st.rerun()


who = guard.visitor(Action.LOAD_AREAS)
st.title("区域", anchor=False)
notices.show_kept()
apart.warm()
show_loaded()
st.header("载入边界文件", anchor=False)
load_section(guard.store(), who.actor)
