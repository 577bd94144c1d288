"""上级报表: one question about a form, with what it can be."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from ledger.domain.access import Actor
from ledger.reporting.forms.filled import OpenCell
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.kept_forms import KeptForm
from ledger.reporting.forms.source_sheet import places_of
from pages._text import plain
from pages._ui import guard
from pages.situation.upward.answer_options import options_of

_LATER = "以后再说"


@dataclass(frozen=True)
class Asking:
    """Asks about one form; ``proposed`` is what stands chosen already."""

    actor: Actor
    kept: KeptForm
    proposed: FormAnswers

    def ask(
        self, answers: FormAnswers, about: str, word: str, cells: list[OpenCell]
    ) -> FormAnswers:
        """One question; what was chosen is added to the answers."""
        first, key = cells[0], f"forms-{self.kept.id}-{about}-{word}"
        where = f"{places_of(cells)}：{first.message}"
        if about == "record":
            said = st.text_input("这张表是谁的（编号或名称）", help=plain(where), key=key).strip()
            return replace(answers, record=said) if said else answers
        if about == "stock":
            today = st.checkbox(
                f"{places_of(cells)}问的是过去某天的存量，只有今天的数：填截至今天的数",
                value=self.proposed.stock == "today",
                key=key,
            )
            return replace(answers, stock="today") if today else answers
        if about == "areas":
            return self._ask_area(answers, word, first, key)
        options = options_of(about, first)
        pairs = self.proposed.headers if about == "headers" else self.proposed.fields
        chosen = self._choose(
            plain(f"“{word}”（{places_of(cells)}）：{first.message}", 300),
            options,
            self.proposed.list_choice if about == "list" else pairs.get(word),
            key,
        )
        if chosen is None:
            return answers
        if about == "headers":
            return replace(answers, headers={**answers.headers, word: chosen})
        if about == "fields":
            return replace(answers, fields={**answers.fields, word: chosen})
        return replace(answers, rows={"choice": chosen})

    def _ask_area(self, answers: FormAnswers, word: str, first: OpenCell, key: str) -> FormAnswers:
        options = {area.code: area.name for area in guard.atlas() if self.actor.sees(area.path)}
        label = plain(f"“{word}”是哪个区域？{first.message}")
        chosen = self._choose(label, options, self.proposed.areas.get(word), key)
        if chosen is None:
            return answers
        return replace(answers, areas={**answers.areas, word: chosen})

    def _choose(
        self, label: str, options: dict[str, str], proposed: str | None, key: str
    ) -> str | None:
        return st.selectbox(
            label,
            list(options),
            index=list(options).index(proposed) if proposed in options else None,
            placeholder=_LATER,
            format_func=options.__getitem__,
            key=key,
        )
