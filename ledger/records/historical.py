"""Cases of the past that a file brought in: one definition for alarms, to-dos, ratings, statistics.

A case is *historical* while its column `KEY` holds a day: a file brought it in as part of a history
(:mod:`ledger.exchange.importing.history`), and nobody took a step with it since. Then

- none of its clocks runs, and so it has no deadline and no alarm; what its own days say was done in
  time or late is an outcome that figures count (`ledger.records.duties`);
- it waits for nobody and proposes no fact (`ledger.casework.todo`, `ledger.casework.case_claims`);
- it gives and takes no points in the rating (`ledger.reporting.rating.counts`);
- it is counted in all statistics of what was registered, answered and found.

A step of its workflow makes it a case like any other (`ledger.casework.steps`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, true

from ledger.domain.usual_columns import HISTORICAL

KEY = HISTORICAL.key


def is_historical(record: Mapping[str, Any]) -> bool:
    """Whether a record is a case of the past."""
    return record.get(KEY) is not None


def not_historical(table: Table) -> ColumnElement[bool]:
    """The condition for the records of a ledger's table that are not."""
    return table.c[KEY].is_(None) if KEY in table.c else true()
