"""What the title of a form says: the ledgers it speaks of, filters, and words left over."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.reporting.forms.asked_words import Context
from ledger.reporting.forms.senses import Filter, PeriodWord, Plain


def read_title(title: str, context: Context) -> tuple[tuple[str, ...], tuple[Filter, ...], str]:
    """The ledgers that a title speaks of, filters that it states, and what is not understood."""
    text, subjects = title, []
    for ledger, words in context.words.subjects.items():
        if any(word in text for word in words):
            subjects.append(ledger)
    filters: list[Filter] = []
    for word in sorted(_inside(text, context), key=len, reverse=True):
        if word not in text:
            continue
        if word in context.words.noise or word in context.words.form_periods:
            text = text.replace(word, "\n")
            continue
        found = [
            one
            for one in context.words.senses.get(word, ())
            if isinstance(one, Filter) and (not subjects or one.ledger in subjects)
        ]
        if len(found) == 1 and len(word) > 1:
            filters.append(found[0])
            text = text.replace(word, "\n")
        elif any(isinstance(one, PeriodWord | Plain) for one in context.words.senses.get(word, ())):
            text = text.replace(word, "\n")
    rest = "".join(sign for sign in text if sign.isalpha() or sign == "\n")
    return tuple(subjects), tuple(filters), "、".join(part for part in rest.split("\n") if part)


def _inside(text: str, context: Context) -> Iterator[str]:
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            word = text[start:end]
            if (
                word in context.words.noise
                or word in context.words.senses
                or (word in context.words.form_periods)
            ):
                yield word
