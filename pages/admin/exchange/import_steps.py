"""导入: where one is among the four steps, and what the last press led to."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._text import plain
from pages._ui import guard
from pages._ui.stylesheet import stylesheet
from pages.admin.exchange.import_state import STEPS, Step, Wizard

STYLE = Path(__file__).with_name("import.css")


def show_steps(current: Step) -> None:
    """Where one is among the four steps."""
    order = list(STEPS)
    items = []
    for at, (step, label) in enumerate(STEPS.items()):
        now = ' aria-current="step"' if step == current else ""
        past = ' class="past"' if at < order.index(current) else ""
        items.append(f"<li{now}{past}>{label}</li>")
    st.html(
        f'{stylesheet(STYLE)}<ol class="import-steps" aria-label="导入步骤">{"".join(items)}</ol>'
    )


def show_said(wizard: Wizard) -> None:
    """Say once what the last press led to."""
    said, wizard.said = wizard.said, []
    for mood, words in said:
        {"success": st.success, "warning": st.warning, "info": st.info}.get(mood, st.error)(
            plain(words, 600)
        )
    refused, wizard.refused = wizard.refused, None
    if refused is not None:
        guard.refused(refused)
