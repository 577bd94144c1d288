"""The list of codes in which the names of a file are looked up, and where all of them lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ledger.exchange.importing.area_lists import NamesOnly
from pages._ui.upload_file import fingerprint, on_disk
from pages.admin.areas.file_answers import Answers


@dataclass(frozen=True)
class CodesAsked:
    """The uploaded list, and the code of the area in which the file lies."""

    upload: Any
    under: str

    @property
    def mark(self) -> str:
        """A digest of both."""
        return fingerprint(self.upload, self.under)

    @contextmanager
    def on_disk(self, answers: Answers) -> Iterator[NamesOnly]:
        """Both as the service takes them, while the list is a file on disk."""
        with on_disk(self.upload) as path:
            yield NamesOnly(path, self.under, answers.parents)


def ask_codes() -> CodesAsked | None:
    """Both are asked for; None while one of them is missing."""
    left, right = st.columns(2)
    with left:
        upload = st.file_uploader(
            "区划代码表",
            type=["xlsx", "xls", "et", "csv", "parquet"],
            help="有代码列和名称列的表，例如国家统计局公布的统计用区划代码",
            key="area-codes",
        )
    with right:
        under = st.text_input(
            "这些区域都在哪个区域里(代码)", placeholder="例如县(区)的 6 位代码", key="area-under"
        )
    under = under.strip()
    return None if upload is None or not under else CodesAsked(upload, under)
