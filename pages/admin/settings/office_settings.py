"""The office's name, and the basemap under every map."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.people import office
from pages._ui import guard
from pages.admin.settings.attempting import attempt


def ask_office(actor: Actor) -> None:
    """The name above every page and on the sign-in page."""
    with st.form("office", border=False):
        name = st.text_input("单位名称", office.read_office(guard.store()), max_chars=40)
        if st.form_submit_button("保存单位名称", type="primary"):
            attempt(actor, "已保存单位名称。", office.save_office, name)


def ask_tiles(setting: dict) -> dict:
    """The fields of a tile server."""
    st.caption(
        "地址中用 {z}、{x}、{y} 表示层级和行列号；需要密钥的，用 {key} 表示其位置。"
        "使用者的浏览器会直接向该地址取图，请确认内网可以访问，并且允许使用。"
    )
    return {
        "url": st.text_input("地址", setting.get("url", "")),
        "key": st.text_input("密钥(没有则留空)", setting.get("key", ""), type="password"),
    }


def ask_file(setting: dict) -> dict:
    """The path of a local file."""
    st.caption("MBTiles 文件须放在服务器上，填写完整路径。图由本系统提供，不经过其他网站。")
    return {"path": st.text_input("文件路径", setting.get("path", ""))}


def ask_basemap(actor: Actor) -> None:
    """Kind, address or file, datum, and whom to credit."""
    setting = office.read_basemap_setting(guard.store(), actor)
    kinds = list(office.KINDS)
    kind = st.radio(
        "底图类型",
        kinds,
        index=kinds.index(setting.get("kind", "none")),
        format_func=lambda one: office.KINDS[one],
        horizontal=True,
    )
    values: dict = {"kind": kind}
    if kind != "none":
        values |= ask_file(setting) if kind == "mbtiles" else ask_tiles(setting)
        datums = list(office.DATUMS)
        datum = setting.get("datum", "wgs84")
        values["datum"] = st.selectbox(
            "底图的坐标系",
            datums,
            index=datums.index(datum) if datum in datums else 0,
            format_func=lambda one: office.DATUMS[one],
            help="选错时，区域界线会与底图错开数百米",
        )
        if kind != "mbtiles":  # the file says it itself
            values["deepest"] = st.number_input("最大层级", 0, 22, int(setting.get("deepest", 18)))
        values["credit"] = st.text_input("图源说明(显示在地图右下角)", setting.get("credit", ""))
    if st.button("保存底图", type="primary"):
        attempt(actor, "已保存底图设置。", office.save_basemap, values)
