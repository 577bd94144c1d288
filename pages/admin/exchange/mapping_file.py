"""导入, step 2: what was settled about the columns, as a mapping file that comes and goes."""

from __future__ import annotations

import streamlit as st

from geo.crs import WGS84
from ledger.domain.columns import Ledger
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.first_look import Arrival, settled_mapping
from ledger.exchange.reading.mapping import FileMapping, read_mapping
from ledger.exchange.reading.mapping_text import mapping_text
from pages._text import plain
from pages._ui import guard
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_look import look
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_state import Wizard
from pages.admin.exchange.import_system import SYSTEMS


def settled(
    wizard: Wizard, ledger: Ledger, arrival: Arrival, *, everywhere: bool = False
) -> FileMapping:
    """The mapping that was chosen; ``everywhere``: without the area of this file."""
    crs = SYSTEMS[wizard.system] if wizard.system else WGS84
    area = None if everywhere else wizard.area
    return settled_mapping(arrival, ledger, wizard.chosen, crs, area)


def show_mapping_file(page: Import, arrival: Arrival) -> None:
    """For those who keep mappings as files: what was settled goes out, a file comes in."""
    wizard = page.wizard
    with st.expander("映射文件(TOML)：下载或上传"):
        st.caption("映射文件还能写明取值对照、固定值、坐标系和要留作其他事实的列。")
        try:
            text = mapping_text(settled(wizard, page.ledger, arrival))
        except LedgerError as error:
            st.caption(plain(error))
        else:
            st.download_button(
                "下载现在的对应关系",
                text,
                file_name=f"{page.ledger.label}映射.toml",
                mime="application/toml",
                icon=":material/download:",
                key="import-mapping-out",
                on_click="ignore",
            )
        upload = st.file_uploader("映射文件", type=["toml"], key="import-mapping")
        if upload is None or not st.button("按这个映射文件对应", key="import-mapping-use"):
            return
        try:
            with on_disk(upload) as path:
                wizard.given = read_mapping(path, page.ledger)
        except LedgerError as error:
            guard.refused(error)
            return
        look(page)
