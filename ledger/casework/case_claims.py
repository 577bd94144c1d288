"""What cases say about institutions: every record that speaks for a fact, or would after a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.proposals import Asked, Proposal
from ledger.records.counting import clause
from ledger.records.historical import not_historical
from ledger.storage.tables import LEDGER_TABLES

PROPOSING: tuple[Ledger, ...] = tuple(one for one in LEDGERS.values() if one.proposes)
PROPOSED_FACTS = tuple(dict.fromkeys(p.fact for ledger in PROPOSING for p in ledger.proposes))


@dataclass(frozen=True)
class Supposed:
    """A case as it is read (``record``) and as a step would leave it (``after``)."""

    ledger: str
    record: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def case(self) -> tuple[str, int]:
        """The ledger and id of the case."""
        return self.ledger, int(self.record["id"])

    @property
    def institutions(self) -> list[str]:
        """The institutions that it names, before or after."""
        named = {one.get("institution") for one in (self.record, self.after)}
        return sorted(str(number) for number in named if number is not None)

    def changes(self, keys: frozenset[str]) -> bool:
        """Whether the step changes one of these columns."""
        return any(self.record.get(key) != self.after.get(key) for key in keys)


def claims(
    connection: Connection, numbers: Sequence[str] | None, supposed: Supposed | None = None
) -> list[Asked]:
    """Every record that speaks for a fact of these institutions (None: of all), with the fact.

    The ``supposed`` case counts as its step would leave it.
    """
    found: list[Asked] = []
    for ledger in PROPOSING:
        for proposal in ledger.proposes:
            found += _stored(connection, ledger, proposal, numbers)
    if supposed is None:
        return found
    then = [
        _claim(supposed.ledger, proposal, supposed.record, str(supposed.after["institution"]))
        for proposal in LEDGERS[supposed.ledger].proposes
        if proposal.holds(supposed.after)
    ]
    others = [one for one in found if one.case != supposed.case]
    return others + [one for one in then if numbers is None or one.institution in numbers]


def _stored(
    connection: Connection, ledger: Ledger, proposal: Proposal, numbers: Sequence[str] | None
) -> list[Asked]:
    table = LEDGER_TABLES[ledger.key]
    query = select(table.c.institution, table.c.id, table.c.number).where(
        table.c.deleted.is_(False),
        table.c.institution.is_not(None),
        not_historical(table),
        clause(table, proposal.signs),
    )
    if numbers is not None:
        query = query.where(table.c.institution.in_(list(numbers)))
    rows = connection.execute(query).mappings()
    return [_claim(ledger.key, proposal, row, str(row["institution"])) for row in rows]


def _claim(ledger_key: str, proposal: Proposal, row: Mapping[Any, Any], number: str) -> Asked:
    return Asked(
        number, proposal.fact, True, ledger_key, int(row["id"]), str(row["number"]), proposal.said
    )
