"""区域: what is loaded, and the way a new file comes in: checked first, then loaded."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations import apart
from ledger.storage import Store
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.upload_file import fingerprint
from pages.admin.areas.area_tree import show_tree
from pages.admin.areas.areas_loaded import show_loaded
from pages.admin.areas.boundary_check import run, show_report
from pages.admin.areas.boundary_questions import ask
from pages.admin.areas.codes_asked import CodesAsked
from pages.admin.areas.file_answers import Answers
from pages.admin.areas.file_columns import ask_layer, columns_in, is_list
from pages.admin.areas.names_review import review_codes

PREVIEW = "areas-preview"
_TYPES = ["geojson", "json", "topojson", "gpkg", "zip", "parquet", "kml", "kmz"]
_LISTS = ["xlsx", "xls", "et", "csv"]


def load_section(store: Store, actor: Actor) -> None:
    """Upload, say how to read it, check, load."""
    upload = st.file_uploader(
        "边界文件，或没有边界的名单",
        type=[*_TYPES, *_LISTS],
        help="边界：GeoJSON、Esri JSON、TopoJSON、GeoPackage、GeoParquet、KML、KMZ，或打包成 zip 的"
        " Shapefile、MapInfo；名单：有代码列和名称列的 Excel 或 CSV 表",
        key="area-file",
    )
    if upload is None:
        return
    try:
        layer, settled = (None, True) if is_list(upload) else ask_layer(upload)
        names = columns_in(upload, layer) if settled else []
    except LedgerError as error:
        st.error(plain(error, None), icon=":material/error:")
        return
    if not settled:
        return
    answers = ask(names, layer, listed=is_list(upload))
    if answers is None:
        st.caption("各项都选好后才能检查；人口数等没有的列可以不选。")
    elif answers.by_name:
        _by_name(store, actor, upload, answers)
        return
    _check_and_load(store, actor, upload, answers)


def _by_name(store: Store, actor: Actor, upload, answers: Answers) -> None:
    codes, chosen = review_codes(store, actor, upload, answers)
    if codes is not None and chosen is not None:
        _check_and_load(store, actor, upload, answers, codes, chosen)


def _check_and_load(
    store: Store,
    actor: Actor,
    upload,
    answers: Answers | None,
    codes: CodesAsked | None = None,
    chosen: Mapping[int, str] | None = None,
) -> None:
    pressed = st.button(
        "检查文件", icon=":material/fact_check:", disabled=answers is None, key="check-areas"
    )
    if answers is None:
        return
    mark = fingerprint(upload, answers, codes and codes.mark, sorted((chosen or {}).items()))
    if pressed:
        report = run(store, actor, upload, answers, codes, chosen, dry_run=True)
        st.session_state[PREVIEW] = (mark, report)
    kept = st.session_state.get(PREVIEW)
    if kept is None or kept[0] != mark or kept[1] is None:
        return
    report = kept[1]
    st.subheader(f"检查结果：{answers.level_in_words} {report.read:,} 行", anchor=False)
    show_report(report, f"“{upload.name}”")
    if report.refused:
        return
    if st.button("载入这些区域", type="primary", icon=":material/check:", key="load-areas"):
        loaded = run(store, actor, upload, answers, codes, chosen, dry_run=False)
        if loaded is not None and not loaded.refused:
            st.session_state.pop(PREVIEW, None)
            notices.keep(
                f"已载入{answers.level_in_words} {loaded.loaded:,} 个，"
                f"未变 {loaded.unchanged:,} 个，重新归属记录 {loaded.moved:,} 条。"
            )
            st.rerun()


who = guard.visitor(Action.LOAD_AREAS)
st.title("区域", anchor=False)
notices.show_kept()
apart.warm()
show_loaded()
show_tree(who.actor, guard.atlas())
st.header("载入区域", anchor=False)
load_section(guard.store(), who.actor)
