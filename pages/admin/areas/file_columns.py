"""What an uploaded file of areas holds: whether it is a list, its layers, its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import streamlit as st

from ledger.exchange.importing.area_lists import list_columns
from ledger.exchange.reading.tables_in import ENDINGS
from ledger.operations import apart
from ledger.records.area_layers import ALL_LAYERS, columns_of, layers_in
from pages._ui.import_work import while_here
from pages._ui.upload_file import fingerprint, on_disk

COLUMNS = "areas-columns"


def is_list(upload) -> bool:
    """Whether the upload is a table of codes and names, without boundaries."""
    return Path(upload.name).suffix.lower() in ENDINGS


def _read_once(upload, read: Callable[..., Iterable[str]], *arguments: str | None) -> list[str]:
    """Something read from the upload in a process apart, once for the upload on the page."""
    mark = fingerprint(upload)
    if st.session_state.get(COLUMNS, ("",))[0] != mark:
        st.session_state[COLUMNS] = (mark, {})
    kept = st.session_state[COLUMNS][1]
    asked = (read.__name__, *arguments)
    if asked not in kept:
        with on_disk(upload) as path, st.spinner("正在读取文件……"), while_here() as progress:
            kept[asked] = list(apart.call(read, path, *arguments, progress=progress))
    return kept[asked]


def ask_layer(upload) -> tuple[str | None, bool]:
    """Which layer of the file, and whether that is settled."""
    layers = _read_once(upload, layers_in)
    if len(layers) < 2:
        return None, True
    layer = st.selectbox(
        "图层",
        [ALL_LAYERS, *layers],
        index=None,
        format_func=lambda name: f"全部 {len(layers)} 个图层" if name == ALL_LAYERS else name,
        placeholder="文件里有几个图层，请选择",
        key="area-layer",
    )
    return layer, layer is not None


def columns_in(upload, layer: str | None = None) -> list[str]:
    """The columns of the file, or of its layer, read once."""
    if is_list(upload):
        return _read_once(upload, list_columns)
    return _read_once(upload, columns_of, layer)
