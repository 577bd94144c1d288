"""Which record each row of a returned workbook is, and what was exported of it.

A row is the record whose 编号 it shows; the hidden mark only says what was exported. So a row that
was copied to make a new one, or a hidden column pasted over, cannot change a wrong record.

1. A 编号 that is in the ledger names the record.
2. Without one the mark does, unless another row shows that record's 编号: then it is a new row.
3. A changed 编号 is refused: numbers are given once.
4. One record on two rows is refused on both.
5. What was exported is worked out from the history and believed if it has the mark's fingerprint;
   otherwise it is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.exchange.importing.returned_rows import Returned, ReturnedRow
from ledger.exchange.writing.fingerprints import Mark, fingerprints_of
from ledger.records.history.as_of import held_at
from ledger.storage.tables import LEDGER_TABLES

_AT_ONCE = 500
_GONE = "没有找到编号“{number}”的记录，或不在您的辖区内，该行不能导入。请核对编号，或删去该行"
_RENUMBERED = "编号被改成了“{number}”。编号一经登记不能修改，请改回；要新增记录请清空编号另起一行"
_TWICE = "与{rows}是同一条记录，请只留一行；要新增记录请清空编号"


@dataclass(frozen=True)
class Claim:
    """A row and the record it was found to be."""

    read: ReturnedRow
    current: Mapping[str, Any] | None
    mark: Mark | None
    problem: str | None = None


def records_of(
    connection: Connection, ledger: Ledger, returned: Returned, *, lock: bool
) -> tuple[dict[int, dict[str, Any]], dict[str, dict[str, Any]]]:
    """The records that marks or numbers of the file speak of, in anybody's area and in the bin."""
    table = LEDGER_TABLES[ledger.key]
    keys = [column.key for column in table.c]
    by_id: dict[int, dict[str, Any]] = {}
    ids = {row.mark.record_id for row in returned.rows if row.mark}
    numbers = {str(row.values["number"]) for row in returned.rows if row.values.get("number")}
    wanted: list[tuple[Any, list[Any]]] = [
        (table.c.id, sorted(ids)),
        (table.c.number, sorted(numbers)),
    ]
    for column, values in wanted:
        for start in range(0, len(values), _AT_ONCE):
            query = select(table).where(column.in_(values[start : start + _AT_ONCE]))
            for found in connection.execute(query.with_for_update() if lock else query):
                record = dict(zip(keys, found, strict=True))
                by_id[record["id"]] = record
    return by_id, {record["number"]: record for record in by_id.values()}


def identified(
    actor: Actor,
    ledger: Ledger,
    returned: Returned,
    by_id: Mapping[int, dict[str, Any]],
    by_number: Mapping[str, dict[str, Any]],
) -> list[Claim]:
    """The record of every row, by the rules of the module."""
    numbers = [str(row.values.get("number") or "") for row in returned.rows]
    shown = {by_number[number]["id"] for number in numbers if number in by_number}
    claims = []
    for read, number in zip(returned.rows, numbers, strict=True):
        marked = by_id.get(read.mark.record_id) if read.mark else None
        if number in by_number:
            claims.append(_claim(actor, ledger, read, by_number[number], returned))
        elif number in returned.marks:
            claims.append(Claim(read, None, None, _GONE.format(number=number)))
        elif read.mark is None or (marked and marked["id"] in shown):
            claims.append(Claim(read, None, None))
        elif marked is None:
            claims.append(Claim(read, None, None, _GONE.format(number=number or "(空)")))
        elif number:
            claims.append(Claim(read, None, None, _RENUMBERED.format(number=number)))
        else:
            claims.append(_claim(actor, ledger, read, marked, returned))
    times = Counter(claim.current["id"] for claim in claims if claim.current)
    return [_only_once(claim, claims, times, returned) for claim in claims]


def _claim(
    actor: Actor,
    ledger: Ledger,
    read: ReturnedRow,
    record: Mapping[str, Any],
    returned: Returned,
) -> Claim:
    if "area_code" in ledger.by_key and not actor.sees(record["area_path"]):
        number = read.values.get("number") or "(空)"
        return Claim(read, None, None, _GONE.format(number=number))
    for mark in (read.mark, returned.marks.get(record["number"])):
        if mark is not None and mark.record_id == record["id"]:
            return Claim(read, record, mark)
    return Claim(read, record, None)


def _only_once(
    claim: Claim, claims: Sequence[Claim], times: Mapping[int, int], returned: Returned
) -> Claim:
    if claim.current is None or times[claim.current["id"]] == 1:
        return claim
    others = [
        returned.place(other.read.row)
        for other in claims
        if other.current and other is not claim and other.current["id"] == claim.current["id"]
    ]
    return Claim(claim.read, None, None, _TWICE.format(rows="、".join(others[:5])))


def exported_of(
    connection: Connection, ledger: Ledger, claims: Iterable[Claim]
) -> dict[int, dict[str, Any]]:
    """What was exported of each record, where that can be told for certain."""
    known = [(claim.current, claim.mark) for claim in claims if claim.current and claim.mark]
    older = {row["id"]: mark.version for row, mark in known if row["version"] > mark.version}
    held = held_at(connection, ledger, older)
    fingerprint = fingerprints_of(ledger)
    bases = {}
    for row, mark in known:
        base = {**row, **held.get(row["id"], {})}
        if row["version"] >= mark.version and fingerprint(base) == mark.fingerprint:
            bases[row["id"]] = base
    return bases
