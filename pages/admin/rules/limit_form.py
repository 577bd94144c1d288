"""The limits of the tier rules as numbers to be typed; the rest of the rule file stays as it is."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.domain.tiers import RuleSet
from ledger.domain.tiers.limit_edits import with_limits
from ledger.domain.timing import clock
from ledger.records.rulebook import fair_rules
from pages._text import plain
from pages._ui import guard
from pages.admin.rules.changing import offer

_TYPED = "limits-text"


def limit_section(present: RuleSet) -> None:
    """A number for each limit, and what would move under the new ones."""
    names = dict.fromkeys((*present.limits, *present.limit_labels))
    if not names:
        return
    st.caption("只改数字、条件不变的，在这里填；留空表示不设定。改后同样先预览，再启用。")
    with st.form("limits", border=False):
        typed = {
            name: st.number_input(
                plain(present.limit_labels.get(name, name), 60),
                min_value=0.0,
                value=float(present.limits[name]) if name in present.limits else None,
                step=1.0,
                format="%g",
                key=f"limit-{name}-{present.fingerprint[:8]}",
            )
            for name in names
        }
        checked = st.form_submit_button("核对新限额")
    if checked:
        st.session_state[_TYPED] = _text(present, typed)
    text = st.session_state.get(_TYPED)
    if text is None:
        return
    try:
        rules = fair_rules(text)
    except LedgerError as error:
        guard.refused(error)
        return
    told = [
        f"{plain(present.limit_labels.get(name, name), 60)}："
        f"{_said(present.limits.get(name))} → {_said(rules.limits.get(name))}"
        for name in names
        if present.limits.get(name) != rules.limits.get(name)
    ]
    if not told:
        st.info("与现行的限额相同。", icon=":material/info:")
        return
    st.markdown("\n".join(f"- {line}" for line in told))
    if offer(rules, (rules.fingerprint, guard.revisions().data), "limits"):
        st.session_state.pop(_TYPED, None)
        st.rerun()


def _text(present: RuleSet, typed: dict[str, float | None]) -> str | None:
    """The rule file with these limits; what cannot be written so is shown in place."""
    limits = {
        name: None if value is None else Decimal(repr(value)).normalize()
        for name, value in typed.items()
    }
    base = present.version.partition("+本地")[0]
    version = f"{base[:20]}+本地{clock.now().astimezone(clock.OFFICE):%m%d%H%M}"
    try:
        return with_limits(present.text, limits, version)
    except LedgerError as error:
        guard.refused(error)
        return None


def _said(value: Decimal | None) -> str:
    return "不设定" if value is None else f"{value.normalize():f}"
