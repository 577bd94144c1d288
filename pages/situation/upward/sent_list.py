"""上级报表: what was sent of a form, and which cells would be otherwise now."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.records.person_names import person_names
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.sent_forms import changed_since, sent_of
from pages._text import plain
from pages._ui import guard
from pages._ui.html_table import html_table

_MOST_SENT = 10
_MOST_CHANGES = 50


def show_sent(actor: Actor, form_id: int, filled: FilledForm) -> None:
    """The last reports; those of the same area and period with their changes since."""
    sent = sent_of(guard.store(), actor, form_id)
    if not sent:
        return
    st.header("报送记录", anchor=False)
    names = person_names(guard.store(), {one.by for one in sent})
    for one in sent[:_MOST_SENT]:
        who, when = names.get(one.by) or one.by, clock.local_text(one.at)
        same = (one.area, one.when) == (filled.area, filled.when)
        changes = changed_since(one, filled) if same else ()
        said = "区域或统计期与上面不同" if not same else f"{len(changes)}格与现在不同"
        st.markdown(plain(f"{when} {who}报送：{one.area}，{one.when}，{len(one.cells)}格；{said}"))
        if changes:
            rows = [(c.cell, c.header, c.then, c.now) for c in changes[:_MOST_CHANGES]]
            st.html(html_table(("单元格", "表头", "报送时", "现在"), rows, frame="forms-list"))
