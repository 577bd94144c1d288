"""A boundary file checked or loaded, and what was found in it, row by row."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.operations import apart
from ledger.records.area_loading import AreaFile, LoadReport, load_areas
from ledger.storage import Store
from pages._text import plain
from pages._ui.import_work import while_here
from pages._ui.upload_file import SHOWN, frame_of, on_disk


def run(store: Store, actor: Actor, upload, choices: dict, *, dry_run: bool) -> LoadReport | None:
    """Call the service; what it refuses is shown in place."""
    try:
        with on_disk(upload) as path, st.spinner("正在检查边界……"):
            file = AreaFile(path=path, **choices)
            if not dry_run:
                return apart.call(load_areas, store, actor, file, writes=True)
            with while_here() as progress:
                return apart.call(load_areas, store, actor, file, dry_run=True, progress=progress)
    except LedgerError as error:
        st.error(plain(error, None), icon=":material/error:")
        return None


def show_report(report: LoadReport, filename: str) -> None:
    """Findings row by row: errors stop the load, warnings do not."""
    if report.errors:
        st.error(
            f"{plain(filename)}有 {len(report.errors)} 处错误，不能载入。请改正文件后重新上传。",
            icon=":material/error:",
        )
    elif report.warnings:
        st.warning(
            f"有 {len(report.warnings)} 处提醒，不影响载入，请看过后再确认。",
            icon=":material/warning:",
        )
    else:
        st.success("没有发现问题。", icon=":material/check:")
    rows = [
        {
            "结果": "错误" if finding.severity == "error" else "提醒",
            "行": finding.row,
            "代码": finding.code,
            "列": "几何" if finding.column == "geometry" else finding.column,
            "问题": finding.message,
        }
        for finding in (*report.errors, *report.warnings)
    ]
    if rows:
        st.dataframe(frame_of(rows), hide_index=True, key="findings")
    if len(rows) > SHOWN:
        st.caption(f"这里列出前 {SHOWN} 处，共 {len(rows)} 处。")
