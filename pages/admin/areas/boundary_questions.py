"""How a boundary file is to be read: its level, coding, coordinate system and columns."""

from __future__ import annotations

import streamlit as st

from geo.codes import LEVEL_LABELS, LEVELS
from geo.validation import Fields
from ledger.operations import apart
from ledger.records.area_loading import columns_of
from pages._ui.import_work import while_here
from pages._ui.upload_file import fingerprint, on_disk

COLUMNS = "areas-columns"
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
