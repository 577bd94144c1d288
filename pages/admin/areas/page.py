"""区域: what is loaded, and the way a new boundary file comes in: checked first, then loaded."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo.codes import LEVEL_LABELS, LEVELS
from geo.validation import Fields
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.operations import apart
from ledger.records.area_loading import AreaFile, LoadReport, columns_of, load_areas
from pages._ui import guard, notices
from pages._ui.import_work import while_here
from pages._ui.notices import plain
from pages._ui.upload_file import SHOWN, fingerprint, frame_of, on_disk

who = guard.visitor(Action.LOAD_AREAS)
store, actor = guard.store(), who.actor
PREVIEW, COLUMNS = "areas-preview", "areas-columns"
_OTHER = "其他(填写 EPSG 编号)"
_SYSTEMS = {
    "WGS84": "wgs84",
    "CGCS2000(经纬度)": "cgcs2000",
    "GCJ-02(高德、腾讯等)": "gcj02",
    "BD-09(百度)": "bd09",
    _OTHER: "",
}
_SCHEMES = {
    "cn": "统计用区划代码(县6位、镇9位、村12位、网格15位)",
    "prefix": "自编代码(上级代码是下级代码的开头)",
}
_TYPES = ["geojson", "json", "topojson", "gpkg", "zip", "parquet"]


def show_loaded() -> None:
    """The levels and how many areas each holds."""
    frame = guard.atlas().frame()
    if frame.empty:
        notices.nothing_here("还没有载入区域。", next_step="请从最大的层级开始，逐级载入边界文件。")
        return
    rows = []
    for level in LEVELS:
        part = frame[frame["level"] == level]
        if len(part):
            rows.append(
                {
                    "层级": LEVEL_LABELS[level],
                    "个数": len(part),
                    "有人口数": int(part["population"].notna().sum()),
                    "有60岁以上人口": int(part["elderly"].notna().sum()),
                }
            )
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="levels")


def columns_in(upload) -> list[str]:
    """The columns of a boundary file, read once per upload."""
    mark = fingerprint(upload)
    kept = st.session_state.get(COLUMNS)
    if kept is None or kept[0] != mark:
        reading = st.spinner("正在读取边界文件……")
        with on_disk(upload) as path, reading, while_here() as progress:
            names = apart.call(columns_of, path, progress=progress)
        st.session_state[COLUMNS] = kept = (mark, names)
    return kept[1]


def pick(label: str, names: list[str], key: str, *, needed: bool = True) -> str | None:
    """One column of the file; nothing is chosen beforehand."""
    return st.selectbox(
        label, names, index=None, placeholder="请选择" if needed else "没有", key=key
    )


def ask_system() -> str | None:
    """The source system; never guessed and never chosen beforehand."""
    system = st.selectbox(
        "坐标系",
        list(_SYSTEMS),
        index=None,
        placeholder="请选择，不清楚时请向提供文件的单位确认",
        key="area-crs",
    )
    if system != _OTHER:
        return None if system is None else _SYSTEMS[system]
    number = st.text_input("EPSG 编号", placeholder="例如 4547", max_chars=6, key="area-epsg")
    return f"EPSG:{number.strip()}" if number.strip() else None


def ask(names: list[str]) -> dict | None:
    """How the file is to be read; None while something needed is open."""
    left, right = st.columns(2)
    with left:
        level = st.selectbox(
            "层级",
            LEVELS,
            index=None,
            format_func=LEVEL_LABELS.__getitem__,
            placeholder="请选择",
            key="area-level",
        )
        scheme = st.selectbox(
            "编码方式",
            list(_SCHEMES),
            index=None,
            format_func=_SCHEMES.__getitem__,
            placeholder="请选择",
            key="area-scheme",
        )
        system = ask_system()
        merge = st.checkbox("代码相同的行是同一区域的几部分，合并它们", key="area-merge")
    with right:
        code = pick("代码列", names, "area-code")
        name = pick("名称列", names, "area-name")
        parent = pick("上级代码列", names, "area-parent", needed=False)
        people = pick("人口数列", names, "area-people", needed=False)
        elderly = pick("60岁以上人口列", names, "area-elderly", needed=False)
    if level is None or scheme is None or system is None or code is None or name is None:
        return None
    return {
        "level": level,
        "scheme": scheme,
        "crs": system,
        "merge_parts": merge,
        "fields": Fields(code, name, parent, people, elderly),
    }


def run(upload, choices: dict, *, dry_run: bool) -> LoadReport | None:
    """Call the service; what it refuses is shown in place."""
    try:
        with on_disk(upload) as path, st.spinner("正在检查边界……"):
            file = AreaFile(path=path, **choices)
            if not dry_run:
                return apart.call(load_areas, store, actor, file, writes=True)
            with while_here() as progress:
                return apart.call(load_areas, store, actor, file, dry_run=True, progress=progress)
    except LedgerError as error:
        st.error(plain(str(error)), icon=":material/error:")
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


def load_section() -> None:
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
        st.error(plain(str(error)), icon=":material/error:")
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
        st.session_state[PREVIEW] = (mark, run(upload, choices, dry_run=True))
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
        loaded = run(upload, choices, dry_run=False)
        if loaded is not None and not loaded.refused:
            st.session_state.pop(PREVIEW, None)
            notices.keep(
                f"已载入{level} {loaded.loaded:,} 个，未变 {loaded.unchanged:,} 个，"
                f"重新归属记录 {loaded.moved:,} 条。"
            )
            st.rerun()


st.title("区域", anchor=False)
notices.show_kept()
apart.warm()
show_loaded()
st.header("载入边界文件", anchor=False)
load_section()
