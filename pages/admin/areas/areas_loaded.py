"""Which areas are loaded: the levels, and how many areas each holds."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo.levels import LEVEL_LABELS, LEVELS
from pages._ui import guard, notices


def show_loaded() -> None:
    """The levels and how many areas each holds."""
    frame = guard.atlas().frame()
    if frame.empty:
        notices.nothing_here(
            "还没有载入区域。",
            next_step="有边界文件的，从最大的层级开始逐级载入；没有边界的，先载入有代码和名称的名单，"
            "几个层级可以在一张表里，边界以后再补。",
        )
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
