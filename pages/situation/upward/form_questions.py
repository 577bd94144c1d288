"""上级报表: what is open is asked once, with proposals; the answers are kept for the form."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.reporting.forms.filled import OpenCell
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.form_answers import LEAVE, FormAnswers
from ledger.reporting.forms.form_words import form_words
from ledger.reporting.forms.kept_forms import KeptForm, answer_form
from ledger.reporting.forms.source_sheet import alike, places_of
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.html_table import html_table

_ASKED = ("stock", "headers", "fields", "list", "areas", "record")
_LATER = "以后再说"


def show_questions(actor: Actor, kept: KeptForm, filled: FilledForm) -> None:
    """The open words with what they may be, and below them what cannot be asked."""
    asked: dict[tuple[str, str], list[OpenCell]] = {}
    for one in filled.open:
        if one.about in _ASKED and one.asks:
            word = "" if one.about == "stock" else one.asks  # one answer for all of them
            asked.setdefault((one.about, word), []).append(one)
    if asked:
        with st.form(f"forms-answers-{kept.id}"):
            st.subheader(f"有 {len(asked)} 处请您选定", anchor=False)
            answers = kept.answers
            for (about, word), cells in asked.items():
                answers = _ask(actor, kept, answers, about, word, cells)
            if st.form_submit_button("记住并重新填", type="primary"):
                answer_form(guard.store(), actor, kept.id, answers)
                notices.keep("已记住，下次填这张表不再问。")
                st.rerun()
    rest = [one for one in filled.open if not (one.about in _ASKED and one.asks)]
    if rest:
        with st.expander(f"没有填的 {len(rest)} 处和原因", expanded=not asked):
            rows = [(places_of(some), some[0].header, some[0].message) for some in alike(rest)]
            st.html(html_table(("单元格", "表头", "原因"), rows, frame="forms-list"))
    if kept.answers != FormAnswers() and st.button(
        "重新对照（忘记以前的选定）", type="tertiary", key=f"forms-again-{kept.id}"
    ):
        answer_form(guard.store(), actor, kept.id, FormAnswers())
        st.rerun()


def _ask(
    actor: Actor,
    kept: KeptForm,
    answers: FormAnswers,
    about: str,
    word: str,
    cells: list[OpenCell],
) -> FormAnswers:
    """One question; what was chosen is added to the answers."""
    first, key = cells[0], f"forms-{kept.id}-{about}-{word}"
    where = f"{places_of(cells)}：{first.message}"
    if about == "record":
        said = st.text_input("这张表是谁的（编号或名称）", help=plain(where), key=key).strip()
        return replace(answers, record=said) if said else answers
    if about == "stock":
        today = st.checkbox(
            f"{places_of(cells)}问的是过去某天的存量，只有今天的数：填截至今天的数", key=key
        )
        return replace(answers, stock="today") if today else answers
    if about == "areas":
        atlas = guard.atlas()
        codes = [area.code for area in atlas if actor.sees(area.path)]
        chosen = st.selectbox(
            plain(f"“{word}”是哪个区域？{first.message}"),
            codes,
            index=None,
            placeholder=_LATER,
            format_func=lambda code: atlas[code].name,
            key=key,
        )
        return (
            answers if chosen is None else replace(answers, areas={**answers.areas, word: chosen})
        )
    options = _options(about, first)
    chosen = st.selectbox(
        plain(f"“{word}”（{places_of(cells)}）：{first.message}", 300),
        list(options),
        index=None,
        placeholder=_LATER,
        format_func=options.__getitem__,
        key=key,
    )
    if chosen is None:
        return answers
    if about == "headers":
        return replace(answers, headers={**answers.headers, word: chosen})
    if about == "fields":
        return replace(answers, fields={**answers.fields, word: chosen})
    return replace(answers, rows={"choice": chosen})


def _options(about: str, cell: OpenCell) -> dict[str, str]:
    """Proposals first, then 留空, then everything else that it can be."""
    found = dict(cell.proposals)
    if about == "list":
        return found
    found[LEAVE] = "留空，不填这一列"
    if about == "headers":
        counts = form_words(guard.store()).counts
        for key, count in counts.items():
            label = f"{count.label}（{ledger_named(count.ledger).label}）"
            found.setdefault(key, label)
        return found
    for ledger in LEDGERS.values():
        if ledger.key == "areas":
            continue
        for column in ledger.columns:
            found.setdefault(f"{ledger.key}.{column.key}", f"{ledger.label}：{column.label}")
    return found
