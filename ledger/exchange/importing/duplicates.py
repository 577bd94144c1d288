"""Find new rows of a file that are probably records of the ledger already.

Places and firms (ledgers whose records have a name and an address) are looked for by

1. the same valid credit code,
2. name and address, as :mod:`ledger.records.matching` compares them, from `SAME_FROM` on (of
   very large files against very large ledgers: where they are equal, written alike),
3. the same name, where neither address, credit code nor area tells them apart,
4. the same telephone (digits only, seven and more),

among the records in the actor's scope and among the new rows before it. Cases (petitions, leads,
visits) are compared by day, matter and place (:mod:`ledger.exchange.importing.repeats`), never by
person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.columns import Ledger
from ledger.domain.values import fold
from ledger.exchange.importing.repeats import registered_already
from ledger.records.matching import (
    Firm,
    match,
    normal_address,
    normal_name,
    place_names,
    valid_code,
)
from ledger.storage.tables import LEDGER_TABLES

_PHONE_DIGITS = 7
# Beyond (two seconds for a thousand rows against ten thousand records) only what is equal counts.
_MOST_PAIRS = 20_000_000
# A name that more records have than this identifies none of them.
_MOST_OF_A_NAME = 100
# Columns of places that are compared, as far as a ledger has them.
COMPARED = ("number", "name", "address", "credit_code", "phone", "area_code")


@dataclass(frozen=True)
class Likeness:
    """What a new row is probably the same as: a record (编号, name) or an earlier row; and why.

    ``number`` is the record's, empty for an earlier row of the file.
    """

    what: str
    why: str
    number: str = ""


LIKELY = (
    "可能与{what}重复({why})，没有导入。是同一条请填它的编号，或删去该行；"
    "也可以选“更新这一条”，命令行用 --update {row}；"
    "确为新增的，页面上选“仍然新增”，命令行用 --as-new {row} 或 --accept-duplicates"
)
"""Why a row that looks like a record already is not taken, and what to do."""
ACCEPTED = "可能与{what}重复({why})，按新记录处理"


def are_places(ledger: Ledger) -> bool:
    """Whether the records of a ledger are places or firms, with a name and an address."""
    return {"name", "address"} <= set(ledger.by_key)


def likenesses(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    new: Mapping[int, Mapping[str, Any]],
    newest: int | None = None,
) -> dict[int, Likeness]:
    """Per row number of ``new`` (row → values), what it is probably a duplicate of; cases that are
    records beyond the id ``newest`` came from the same file."""
    if not new:
        return {}
    if not are_places(ledger):
        repeated = registered_already(connection, actor, ledger, new, newest)
        return {
            row: Likeness(what, why, what.partition("“")[0])
            for row, (what, why) in repeated.items()
        }
    known = _known(connection, actor, ledger)
    said = [f"{row['number']}“{row['name']}”" for row in known]
    rows = list(new)
    places = {area.name for area in atlas.under(ROOT_PATH, "county", "township")}
    firms, there = [_firm(new[row]) for row in rows], [_firm(row) for row in known]
    if len(firms) * len(there) <= _MOST_PAIRS:
        found = {
            row: Likeness(
                said[likely.best.index], likely.best.why, str(known[likely.best.index]["number"])
            )
            for row, likely in zip(rows, match(firms, there, places), strict=True)
            if likely.best is not None
        }
    else:
        alike = _exactly_alike(firms, there, place_names(places))
        found = {
            rows[at]: Likeness(said[index], why, str(known[index]["number"]))
            for at, (index, why) in alike.items()
        }
    phones = {digits_of(row): at for at, row in reversed(list(enumerate(known))) if digits_of(row)}
    for row in rows:
        if row not in found and (at := phones.get(digits_of(new[row]) or "-")) is not None:
            found[row] = Likeness(said[at], "联系电话相同", str(known[at]["number"]))
    same = _same_names(new, [*zip(said, known, strict=True)], atlas)
    return {**same, **_among_themselves(new), **found}


def _same_names(
    new: Mapping[int, Mapping[str, Any]],
    known: Sequence[tuple[str, Mapping[str, Any]]],
    atlas: Atlas,
) -> dict[int, Likeness]:
    """New rows that bear a name of a record, or of an earlier row, and nothing that differs."""
    named: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for what, record in known:
        named.setdefault(fold(str(record.get("name") or "")), []).append((what, record))
    found: dict[int, Likeness] = {}
    for row, values in new.items():
        name = fold(str(values.get("name") or ""))
        if not name:
            continue
        others = named.setdefault(name, [])
        looked_at = others[:_MOST_OF_A_NAME]
        twin = next((what for what, other in looked_at if not _differ(values, other, atlas)), None)
        if twin is not None:
            number = twin.partition("“")[0] if "“" in twin else ""
            found[row] = Likeness(twin, "名称相同，地址、信用代码和区域没有不同", number)
        else:
            others.append((f"第{row}行", values))
    return found


def _differ(one: Mapping[str, Any], other: Mapping[str, Any], atlas: Atlas) -> bool:
    """Whether both say something of address, code or area that the other does not."""
    for key in ("address", "credit_code"):
        here, there = fold(str(one.get(key) or "")), fold(str(other.get(key) or ""))
        if here and there and here != there:
            return True
    areas = (one.get("area_code"), other.get("area_code"))
    paths = sorted((atlas[code].path for code in areas if code and code in atlas), key=len)
    return len(paths) == 2 and not paths[1].startswith(paths[0])


def _exactly_alike(
    new: Sequence[Firm], known: Sequence[Firm], places: tuple[str, ...]
) -> dict[int, tuple[int, str]]:
    """Index of a new firm → index of a known one and why, by code, name and address alone."""
    first: dict[tuple[str, ...], int] = {}
    for at, firm in reversed(list(enumerate(known))):
        first.update((sign, at) for sign in _signs(firm, places))
    return {
        at: (first[sign], sign[0])
        for at, firm in enumerate(new)
        if (sign := next((sign for sign in _signs(firm, places) if sign in first), None))
    }


def _signs(firm: Firm, places: tuple[str, ...]) -> list[tuple[str, ...]]:
    """What would tell that two firms are one; a sign with an empty part tells nothing."""
    name, address = normal_name(firm.names[0], places), normal_address(firm.address, places)
    signs: list[tuple[str, ...]] = [
        ("统一社会信用代码相同", valid_code(firm.credit_code)),
        ("名称和地址相同", name, address),
    ]
    return [sign for sign in signs if all(sign)]


def _known(connection: Connection, actor: Actor, ledger: Ledger) -> Sequence[Mapping[str, Any]]:
    table = LEDGER_TABLES[ledger.key]
    columns = [table.c[key] for key in COMPARED if key in table.c]
    query = select(*columns).where(
        table.c.deleted.is_(False), actor.scope_condition(table.c.area_path)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _firm(row: Mapping[str, Any]) -> Firm:
    return Firm((row.get("name") or "",), row.get("address") or "", row.get("credit_code") or "")


def digits_of(row: Mapping[str, Any]) -> str:
    """The digits of a telephone; empty where they are too few to be one."""
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
            ("联系电话相同", digits_of(values)),
        }
        for why, *parts in sorted(keys):
            if all(parts) and first.setdefault((why, *parts), row) != row:
                found.setdefault(row, Likeness(f"第{first[(why, *parts)]}行", why))
    return found
