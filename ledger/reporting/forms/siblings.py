"""A form that was not answered yet, and one almost like it that was: its answers are proposed.

Almost alike are forms of one office whose columns, rows and labels are the same but for one: titles
and numbers do not count, so last month's form is a sibling of this month's. What a sibling was
told is proposed to a person and never used by itself.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from ledger.domain.access import Action, Actor
from ledger.domain.calling import Through, here
from ledger.domain.errors import Invalid
from ledger.reporting.forms.form_answers import FormAnswers, parse_answers
from ledger.reporting.forms.form_files import open_form
from ledger.reporting.forms.form_shapes import without_numbers
from ledger.reporting.forms.form_words import form_words
from ledger.reporting.forms.recalled_answers import offices_of
from ledger.reporting.forms.recognising import recognise
from ledger.reporting.forms.senses import FormWords
from ledger.storage import Store
from ledger.storage.own_tables import kept_forms as table

_MOST_READ = 20
# A question of a form: the part of the answers that it belongs to, and the word it is about.
Question = tuple[str, str]


@dataclass(frozen=True)
class Sibling:
    """The name of the form, and what it was told about words that are asked now."""

    name: str
    answers: FormAnswers


def nearest_sibling(
    store: Store,
    actor: Actor,
    form_id: int,
    asked: Collection[Question],
    *,
    through: Through = here,
) -> Sibling | None:
    """The form of the actor's office, or one above it, that is most like a kept one.

    Parameters
    ----------
    asked : Collection[Question]
        What the form leaves open; a form that was told nothing about it is no sibling.
    through : Through
        Where the blank forms are read.
    """
    actor.require(Action.EXPORT)
    with store.reading() as connection:
        mine = table.c.scope_path.in_(offices_of(actor))
        query = select(table).where(mine).order_by(table.c.updated_at.desc())
        rows = connection.execute(query).all()
    own = next((row for row in rows if row.id == form_id), None)
    if own is None:
        return None
    told = [
        (row, about(parse_answers(row.content), asked))
        for row in rows
        if row.fingerprint != own.fingerprint
    ]
    others = [(row, found) for row, found in told if found != FormAnswers()][:_MOST_READ]
    if not others:
        return None
    at = through(_most_alike, store, own.blank, [row.blank for row, _ in others])
    return None if at is None else Sibling(others[at][0].name, others[at][1])


def about(answers: FormAnswers, asked: Collection[Question]) -> FormAnswers:
    """The part of the answers that is about these questions, by their words; whose form it was
    is another matter."""
    words = {without_numbers(word): word for _, word in asked}
    kinds = {kind for kind, _ in asked}

    def kept(pairs: Mapping[str, str]) -> dict[str, str]:
        found = ((words.get(without_numbers(word)), said) for word, said in pairs.items())
        return {word: said for word, said in found if word is not None}

    return FormAnswers(
        stock=answers.stock if "stock" in kinds else "",
        headers=kept(answers.headers),
        fields=kept(answers.fields),
        rows=answers.rows if "list" in kinds else {},
        areas=kept(answers.areas),
    )


def _most_alike(store: Store, own: bytes, others: Sequence[bytes]) -> int | None:
    """The place of the one that differs least; None if none is near."""
    known = form_words(store)
    wanted = _words_of(known, own)
    found: tuple[int, int] | None = None
    for at, blank in enumerate(others):
        try:
            words = _words_of(known, blank)
        except Invalid:  # kept by an earlier version that could read it
            continue
        common = (wanted & words).total()
        # One more, one fewer, or one in place of another.
        other = max(wanted.total(), words.total()) - common
        if other <= 1 and other < common and (found is None or other < found[0]):
            found = (other, at)
    return None if found is None else found[1]


def _words_of(known: FormWords, blank: bytes) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form"
        path.write_bytes(blank)
        form = recognise(open_form(path).grids(), known)
    return Counter(form.words)
