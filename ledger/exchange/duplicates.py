"""Is a new row a record that the ledger holds already? Asked before it becomes one.

Places and firms (ledgers whose records have a name and an address) are looked for by

1. the same valid credit code,
2. name and address, as :mod:`ledger.casework.matching` compares them, from `SAME_FROM` on,
3. the same telephone (digits only, seven and more),

among the records in the actor's scope and among the new rows before it. Other ledgers are not
compared: petitions and leads are counted by matter and place, never by person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.access import Actor
from ledger.casework.matching import Firm, match, valid_code
from ledger.columns import Ledger
from ledger.storage.tables import LEDGER_TABLES

_PHONE_DIGITS = 7
_COMPARED = ("number", "name", "address", "credit_code", "phone")


@dataclass(frozen=True)
class Likeness:
    """What a new row is probably the same as: a record (编号, name) or an earlier row; and why."""

    what: str
    why: str


def likenesses(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    new: Mapping[int, Mapping[str, Any]],
) -> dict[int, Likeness]:
    """Per row number of ``new`` (row → values), what it is probably a duplicate of."""
    if not new or not {"name", "address"} <= set(ledger.by_key):
        return {}
    known = _known(connection, actor, ledger)
    said = [f"{row['number']}“{row['name']}”" for row in known]
    rows = list(new)
    places = {area.name for area in atlas if area.level in ("county", "township")}
    matches = match([_firm(new[row]) for row in rows], [_firm(row) for row in known], places)
    phones = {_digits(row): at for at, row in reversed(list(enumerate(known))) if _digits(row)}
    found: dict[int, Likeness] = {}
    for row, likely in zip(rows, matches, strict=True):
        if likely.best is not None:
            found[row] = Likeness(said[likely.best.index], likely.best.why)
        elif (at := phones.get(_digits(new[row]) or "-")) is not None:
            found[row] = Likeness(said[at], "联系电话相同")
    return {**_among_themselves(new), **found}


def _known(connection: Connection, actor: Actor, ledger: Ledger) -> Sequence[Mapping[str, Any]]:
    table = LEDGER_TABLES[ledger.key]
    columns = [table.c[key] for key in _COMPARED if key in table.c]
    query = select(*columns).where(
        table.c.deleted.is_(False), actor.scope_condition(table.c.area_path)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _firm(row: Mapping[str, Any]) -> Firm:
    return Firm((row.get("name") or "",), row.get("address") or "", row.get("credit_code") or "")


def _digits(row: Mapping[str, Any]) -> str:
    digits = re.sub(r"\D", "", str(row.get("phone") or ""))
    return digits if len(digits) >= _PHONE_DIGITS else ""


def _among_themselves(new: Mapping[int, Mapping[str, Any]]) -> dict[int, Likeness]:
    """The same row twice: by code, by name and address, by telephone."""
    first: dict[tuple[str, ...], int] = {}
    found: dict[int, Likeness] = {}
    for row, values in new.items():
        name, address = str(values.get("name") or ""), str(values.get("address") or "")
        keys = {
            ("统一社会信用代码相同", valid_code(values.get("credit_code"))),
            ("名称和地址相同", name.strip(), address.strip()),
            ("联系电话相同", _digits(values)),
        }
        for why, *parts in sorted(keys):
            if all(parts) and first.setdefault((why, *parts), row) != row:
                found.setdefault(row, Likeness(f"第{first[(why, *parts)]}行", why))
    return found
