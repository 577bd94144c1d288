"""A file of areas checked or loaded, and what was found in it, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.area_lists import NamesOnly, load_by_name, load_list
from ledger.operations import apart
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import LoadReport, load_areas
from ledger.storage import Store
from pages._text import plain
from pages._ui.import_work import while_here
from pages._ui.upload_file import SHOWN, frame_of, on_disk
from pages.admin.areas.codes_asked import CodesAsked
from pages.admin.areas.file_answers import Answers


def run(
    store: Store,
    actor: Actor,
    upload,
    answers: Answers,
    codes: CodesAsked | None,
    chosen: Mapping[int, str] | None,
    *,
    dry_run: bool,
) -> LoadReport | None:
    """Call the service; what it refuses is shown in place."""

    def load(path, names: NamesOnly | None, **how) -> LoadReport:
        if answers.is_list:
            how |= {"level": answers.level, "scheme": answers.scheme}
            return apart.call(load_list, store, actor, path, answers.fields, **how)
        if names is None:
            return apart.call(load_areas, store, actor, [area_file(path, answers)], **how)
        file = area_file(path, answers)
        return apart.call(load_by_name, store, actor, file, names, chosen=chosen, **how)

    try:
        with ExitStack() as stack:
            path = stack.enter_context(on_disk(upload))
            names = stack.enter_context(codes.on_disk(answers)) if codes else None
            stack.enter_context(st.spinner("正在检查……" if dry_run else "正在载入……"))
            if not dry_run:
                return load(path, names, writes=True)
            return load(path, names, dry_run=True, progress=stack.enter_context(while_here()))
    except LedgerError as error:
        st.error(plain(error, None), icon=":material/error:")
        return None


def area_file(path, answers: Answers) -> AreaFile:
    """The file of boundaries as it is to be read."""
    return AreaFile(
        path=path,
        level=answers.level,
        fields=answers.fields,
        crs=answers.crs,
        scheme=answers.scheme,
        merge_parts=answers.merge_parts,
        layer=answers.layer,
    )


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
