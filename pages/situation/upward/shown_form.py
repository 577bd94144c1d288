"""上级报表: the form as it is shown. It is filled once; what is sent is what was shown.

A form is filled anew when the ledgers, the answers or the terms changed. The press on 记为已报送
comes with a run of its own: that run keeps what the reader saw, whatever changed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.kept_forms import KeptForm, fill_kept
from pages._ui import guard
from pages.situation.upward.read_beside import beside

SEND = "forms-send"
_SHOWN = "forms-shown"
_FILLING = "正在从台账填数…"


@dataclass(frozen=True)
class Terms:
    """For which area and period; ``replace``: whether old numbers give way."""

    area: str | None
    period: str
    replace: bool


@dataclass
class ShownForm:
    """A form as it stands on the page, without the file itself.

    ``revision`` is the state of the database that it shows; ``unseen``: it was filled in the very
    run of the press, with other terms than those the reader saw."""

    form_id: int
    actor: Actor
    terms: Terms
    answers: FormAnswers
    day: date
    revision: int
    filled: FilledForm
    unseen: bool = False

    @contextmanager
    def written(self) -> Iterator[None]:
        """Around one entry in the log that changes no ledger: the form shows the state after it."""
        before = guard.revisions().data
        yield
        if self.revision == before and guard.revisions().data == before + 1:
            self.revision += 1


def shown_form(actor: Actor, kept: KeptForm, terms: Terms) -> ShownForm:
    """What is shown already, where it still holds; else the form filled now."""
    last = st.session_state.get(_SHOWN)
    day, revision = clock.today(), guard.revisions().data
    sent = bool(st.session_state.get(SEND))
    if isinstance(last, ShownForm):
        same = (last.form_id, last.actor, last.terms) == (kept.id, actor, terms)
        still = (last.answers, last.day, last.revision) == (kept.answers, day, revision)
        if same and (sent or still):
            last.unseen = False
            return last
    with beside(_FILLING) as through:
        filled = fill_kept(
            guard.store(),
            actor,
            kept.id,
            scope_code=terms.area,
            period=terms.period,
            overwrite=terms.replace,
            through=through,
        )
    # The log has one entry more: that this form was filled.
    now = guard.revisions().data
    shown = ShownForm(
        kept.id,
        actor,
        terms,
        kept.answers,
        day,
        now if now == revision + 1 else revision,
        replace(filled, content=b""),
        unseen=sent,
    )
    st.session_state[_SHOWN] = shown
    return shown
