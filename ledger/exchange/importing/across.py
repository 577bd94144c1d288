"""What the pieces of one large file have to know of each other, kept as small as can be.

A file that is read in pieces is one import: a 编号 must not stand twice in all of it, and the same
place in two pieces is as doubtful as in one. What the pieces before have written are no records
that were there before: their ids are higher.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from geo.atlas import Atlas
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.columns import Ledger
from ledger.domain.values import fold
from ledger.exchange.importing.duplicates import (
    COMPARED,
    Likeness,
    are_places,
    digits_of,
)
from ledger.records.matching import normal_address, normal_name, place_names, valid_code
from ledger.storage.tables import LEDGER_TABLES

# A name that more records have than this identifies none of them.
_MOST_OF_A_NAME = 100
_CODE, _ALIKE, _PHONE = "统一社会信用代码相同", "名称和地址相同", "联系电话相同"
_NAME = "名称相同，地址、信用代码和区域没有不同"
_AT_ONCE = 500
# The kind of a sign, and its hash of 64 bits.
Sign = tuple[str, int]


@dataclass
class Across:
    """``newest`` is the last id before the import, ``numbers`` the rows of the 编号 so far,
    ``cases`` those of cases by the hash of what is compared of them."""

    newest: int
    twins: Twins | None
    numbers: dict[str, int] = field(default_factory=dict)
    cases: dict[int, int] = field(default_factory=dict)


def begin_across(connection: Connection, actor: Actor, ledger: Ledger, atlas: Atlas) -> Across:
    """What is known before the first piece."""
    table = LEDGER_TABLES[ledger.key]
    newest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    twins = Twins(connection, actor, ledger, atlas) if are_places(ledger) else None
    return Across(newest, twins)


class Twins:
    """The places that were there, and those of the rows so far, by what tells that two are one.

    The rules are those of :mod:`ledger.exchange.importing.duplicates` for very large files: only
    what is equal counts. Texts are kept as hashes; records by their id, made negative.
    """

    def __init__(self, connection: Connection, actor: Actor, ledger: Ledger, atlas: Atlas) -> None:
        self._connection, self._ledger, self._atlas = connection, ledger, atlas
        towns = {area.name for area in atlas.under(ROOT_PATH, "county", "township")}
        self._places = place_names(towns)
        self._bearers: dict[int, int] = {}
        # By hash of a name: where the last that bears it stands in the arrays.
        self._names: dict[int, int] = {}
        self._whom, self._before = array("q"), array("q")
        self._address, self._code, self._area = array("q"), array("q"), array("q")
        self._areas: list[str | None] = []
        self._area_at: dict[str | None, int] = {}
        for record in _records(connection, actor, ledger):
            for _, sign in self._signs(record, of_record=True):
                self._bearers.setdefault(sign, -record["id"])
            self._hang(record, -record["id"])

    def find(self, new: Mapping[int, Mapping[str, Any]]) -> dict[int, Likeness]:
        """Row → what it is probably a duplicate of; the rows are kept for the pieces to come."""
        found: dict[int, tuple[int, str]] = {}
        for row, values in new.items():
            same = self._same_name(values)
            if same is None:
                self._hang(values, row)
            among = None
            for why, sign in self._signs(values, of_record=False):
                first = self._bearers.setdefault(sign, row)
                if first > 0 and first != row:
                    among = among or (first, why)
            twin = self._recorded(values) or among or same
            if twin is not None:
                found[row] = twin
        return self._called(found)

    def _recorded(self, values: Mapping[str, Any]) -> tuple[int, str] | None:
        """The record that bears a sign of a row."""
        for why, sign in self._signs(values, of_record=True):
            if self._bearers.get(sign, 1) < 0:
                return self._bearers[sign], why
        return None

    def _signs(self, values: Mapping[str, Any], *, of_record: bool) -> Iterator[Sign]:
        """What would tell that two are one: of records and of rows the names are compared apart."""
        if code := valid_code(values.get("credit_code")):
            yield _CODE, hash((_CODE, code))
        name, address = str(values.get("name") or ""), str(values.get("address") or "")
        if of_record:
            pair = normal_name(name, self._places), normal_address(address, self._places)
        else:
            pair = name.strip(), address.strip()
        if all(pair):
            yield _ALIKE, hash((of_record, *pair))
        if phone := digits_of(values):
            yield _PHONE, hash((_PHONE, phone))

    def _same_name(self, values: Mapping[str, Any]) -> tuple[int, str] | None:
        """What bears the name of a row and says nothing that differs."""
        name = fold(str(values.get("name") or ""))
        if not name:
            return None
        at, mine = self._names.get(hash(name), -1), self._said(values)
        for _ in range(_MOST_OF_A_NAME):
            if at < 0:
                return None
            theirs = self._address[at], self._code[at], self._area[at]
            if not self._differ(mine, theirs):
                return self._whom[at], _NAME
            at = self._before[at]
        return None

    def _differ(self, mine: Sequence[int], theirs: Sequence[int]) -> bool:
        if any(
            one and other and one != other for one, other in zip(mine[:2], theirs, strict=False)
        ):
            return True
        codes = (self._areas[mine[2]], self._areas[theirs[2]])
        paths = sorted(
            (self._atlas[code].path for code in codes if code and code in self._atlas), key=len
        )
        return len(paths) == 2 and not paths[1].startswith(paths[0])

    def _said(self, values: Mapping[str, Any]) -> tuple[int, int, int]:
        """Hashes of address and code (0: blank), and the place of the area."""
        area = values.get("area_code")
        if area not in self._area_at:
            self._area_at[area] = len(self._areas)
            self._areas.append(area)
        address, code = (fold(str(values.get(key) or "")) for key in ("address", "credit_code"))
        return (address and hash(address)) or 0, (code and hash(code)) or 0, self._area_at[area]

    def _hang(self, values: Mapping[str, Any], whom: int) -> None:
        name = fold(str(values.get("name") or ""))
        if not name:
            return
        key = hash(name)
        self._before.append(self._names.get(key, -1))
        self._names[key] = len(self._whom)
        self._whom.append(whom)
        said = self._said(values)
        for kept, one in zip((self._address, self._code, self._area), said, strict=True):
            kept.append(one)

    def _called(self, found: Mapping[int, tuple[int, str]]) -> dict[int, Likeness]:
        """The likenesses in words: records are called by number and name, rows by their place."""
        table = LEDGER_TABLES[self._ledger.key]
        ids = sorted({-whom for whom, _ in found.values() if whom < 0})
        names: dict[int, tuple[str, str]] = {}
        for start in range(0, len(ids), _AT_ONCE):
            query = select(table.c.id, table.c.number, table.c.name)
            query = query.where(table.c.id.in_(ids[start : start + _AT_ONCE]))
            names |= {one.id: (one.number, one.name) for one in self._connection.execute(query)}
        called = {}
        for row, (whom, why) in found.items():
            if whom > 0:
                called[row] = Likeness(f"第{whom}行", why)
            else:
                number, name = names[-whom]
                called[row] = Likeness(f"{number}“{name}”", why, number)
        return called


def _records(connection: Connection, actor: Actor, ledger: Ledger) -> Iterator[Mapping[str, Any]]:
    table = LEDGER_TABLES[ledger.key]
    columns = [table.c[key] for key in COMPARED if key in table.c]
    query = select(table.c.id, *columns).where(
        table.c.deleted.is_(False), actor.scope_condition(table.c.area_path)
    )
    found = connection.execute(query.order_by(table.c.id), execution_options={"yield_per": 5_000})
    for row in found.mappings():
        yield dict(row)
