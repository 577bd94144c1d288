"""Overdue by law or by local rules, and due soon: one definition for lists and figures.

A record is overdue if the day of its next duty (``due_on``) is before today. It is overdue *by law*
if the day of its next duty under a law (``legal_due_on``) is before today, otherwise by *local*
rules only. Every overdue record is in exactly one of the two. Finished records have no due date.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Table, and_, not_

from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import is_marked, marked

OVERDUE, LEGAL, LOCAL, SOON = "overdue", "legal", "local", "soon"
# Days from today within which a record counts as due soon; amber and red of clocks are separate.
SOON_DAYS = 7
WORDS = {
    OVERDUE: "已超期",
    LEGAL: "法定期限已超期",
    LOCAL: "本地期限已超期",
    SOON: f"{SOON_DAYS}日内到期",
}
DAYS_LABEL = "超期天数"
# Ledgers whose records have the day of their next duty, and those that also have a legal one.
DUE_LEDGERS = tuple(key for key, one in LEDGERS.items() if "due_on" in one.by_key)
LEGAL_LEDGERS = tuple(key for key in DUE_LEDGERS if "legal_due_on" in LEDGERS[key].by_key)


def due_clause(table: Table, text: str) -> ColumnElement[bool]:
    """One of `WORDS` as a condition on a ledger's rows, as of today. Raises `Invalid`."""
    due_words(text)
    today = clock.today()
    if text == SOON:
        return table.c.due_on.between(today, today + timedelta(days=SOON_DAYS))
    late = table.c.due_on < today
    if table.name not in LEGAL_LEDGERS:
        return and_(late, table.c.id < 0) if text == LEGAL else late
    by_law = table.c.legal_due_on < today
    if text == LEGAL:
        return by_law
    unless = and_(table.c.legal_due_on.is_not(None), by_law)
    return and_(late, not_(unless)) if text == LOCAL else late


def days_overdue(due_on: date | None) -> int | None:
    """How many calendar days a deadline has passed by today; None for a day to come or none."""
    late = 0 if due_on is None else (clock.today() - due_on).days
    return late if late > 0 else None


def due_text(due_on: date, due_label: str | None) -> str:
    """A record's ``due_on`` as text, marked as provisional if its ``due_label`` is.

    Parameters
    ----------
    due_on : date
        The record's ``due_on``.
    due_label : str or None
        Its ``due_label``, as `ledger.records.duties.due_fields` wrote both.
    """
    return marked(due_on.isoformat(), is_marked(due_label))


def due_words(text: str) -> str:
    """The Chinese words for one of `WORDS`. Raises `Invalid` for another text."""
    if text not in WORDS:
        raise Invalid(f"“{text[:20]}”读不懂，期限只能按这些筛选：{'、'.join(WORDS)}")
    return WORDS[text]
