"""导入: in which system the positions of a file are."""

from __future__ import annotations

import streamlit as st

from geo.crs import BD09, GCJ02, WGS84, SourceCrs
from ledger.exchange.importing.first_look import has_positions
from ledger.exchange.reading.mapping import FileMapping
from pages.admin.exchange.import_state import Wizard

SYSTEMS: dict[str, SourceCrs] = {
    "WGS84 或 CGCS2000(国家标准、GPS 设备)": WGS84,
    "GCJ-02(高德、腾讯等手机地图)": GCJ02,
    "BD-09(百度地图)": BD09,
}


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


def system_of(mapping: FileMapping) -> str | None:
    """The words for the system that a mapping names."""
    return next((words for words, crs in SYSTEMS.items() if crs == mapping.crs), None)
