"""Names of areas in a file that nobody bears: which area is meant."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ledger.exchange.importing.findings import Finding
from pages._text import plain
from pages._ui import guard
from pages._ui.area_picker import MOST_AREAS
from pages.admin.exchange.import_run import Import

_MOST_NAMES = 15


def choose_areas(page: Import, found: Sequence[Finding]) -> None:
    """Names of areas that nobody bears: each once, with what may be meant as choices."""
    wizard = page.wizard
    rows: dict[str, list[Finding]] = {}
    for item in found:
        if item.key == "area_code" and item.blocks and item.was:
            rows.setdefault(item.was, []).append(item)
    if not rows:
        return
    atlas = guard.atlas()
    mine = [area.code for area in atlas.under(page.actor.scope_path)]
    st.markdown("**没有找到的区域名称**：选出指的是哪里，同名的各行一起改。")
    for at, (name, items) in enumerate(list(rows.items())[:_MOST_NAMES]):
        hints = list(items[0].suggestions)
        offered = hints + ([c for c in mine if c not in hints] if len(mine) <= MOST_AREAS else [])
        if not offered:
            continue
        key = f"import-area-{wizard.generation}-{at}"
        cells = [(item.row, "area_code") for item in items if item.row is not None]
        if key not in st.session_state:
            st.session_state[key] = wizard.typed.get(cells[0])
        meant = f"，可能是“{atlas[hints[0]].name}”" if hints else ""
        chosen = st.selectbox(
            f"“{plain(name, 60)}”({len(cells)} 行){plain(meant)}",
            offered,
            format_func=lambda code: f"{atlas[code].name}({code})",
            index=None,
            placeholder="请选择",
            key=key,
        )
        if chosen is not None:
            for cell in cells:
                wizard.typed[cell] = chosen
