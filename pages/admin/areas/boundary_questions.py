"""How a file of areas is to be read: level, coding, coordinate system and columns."""

from __future__ import annotations

import streamlit as st

from geo.levels import LEVEL_LABELS, LEVELS
from geo.validation import Fields
from ledger.exchange.importing.area_lists import CODE_BY_NAME
from ledger.records.area_layers import ALL_LAYERS
from pages.admin.areas.file_answers import Answers

_EACH = "each"
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
_NO_CODES = "文件里没有代码，按名称查"


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


def _ask_level(several: bool) -> str | None:
    return st.selectbox(
        "层级",
        [_EACH, *LEVELS],
        index=None,
        format_func=lambda level: (
            "几个层级都有，按代码位数分" if level == _EACH else LEVEL_LABELS[level]
        ),
        placeholder="文件里有几个图层时，多半是几个层级都有" if several else "请选择",
        key="area-level",
    )


def ask(names: list[str], layer: str | None, *, listed: bool) -> Answers | None:
    """How the file is to be read; None while something needed is open."""
    left, right = st.columns(2)
    with left:
        level = _ask_level(layer == ALL_LAYERS)
        scheme = st.selectbox(
            "编码方式",
            list(_SCHEMES),
            index=None,
            format_func=_SCHEMES.__getitem__,
            placeholder="请选择",
            key="area-scheme",
        )
        system = "" if listed else ask_system()
        merge = not listed and st.checkbox(
            "代码相同的行是同一区域的几部分，合并它们", key="area-merge"
        )
    with right:
        code = pick("代码列", names if listed else [*names, _NO_CODES], "area-code")
        name = pick("名称列", names, "area-name")
        by_name = code == _NO_CODES
        label = "上级名称列" if by_name else "上级代码列"
        parent = pick(label, names, "area-parent", needed=False)
        people = pick("人口数列", names, "area-people", needed=False)
        elderly = pick("60岁以上人口列", names, "area-elderly", needed=False)
    if level is None or scheme is None or system is None or code is None or name is None:
        return None
    if by_name and (level == _EACH or scheme != "cn"):
        st.caption("按名称查代码时，请选一个层级和统计用区划代码。")
        return None
    fields = Fields(
        CODE_BY_NAME if by_name else code, name, None if by_name else parent, people, elderly
    )
    return Answers(
        level=None if level == _EACH else level,
        scheme=scheme,
        crs=system,
        fields=fields,
        layer=layer,
        merge_parts=merge,
        parents=parent if by_name else None,
    )
