"""New market entities: matched with known institutions, verified on the spot (DOMAIN §1A).

A new entity is 已在台账; or its scope names 养老服务 and it is 待核实 in the grid it lies in, until
it is 核实为养老机构 (and stands in the institutions' ledger) or 核实不是养老机构; or it is
不涉及养老服务.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, or_, select

from geo.atlas import Atlas
from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Conflict, Invalid
from ledger.domain.ledgers import ENTITIES, INSTITUTIONS
from ledger.domain.ledgers.entities import OPEN_STATUS
from ledger.domain.timing import clock
from ledger.records import saving
from ledger.records.drafting import Draft, arrange
from ledger.records.entering import resolve_references
from ledger.records.matching import Candidate, Firm, Match, concerns_elder_care, match, valid_code
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.record_pages import count_by
from ledger.records.service import owned
from ledger.records.surroundings import Surroundings, surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import entities as table
from ledger.storage.tables import institutions

NOTE_LENGTH = 1000
# What an institution takes over from the entity it was found to be.
TAKEN_OVER = ("name", "credit_code", "address", "lon", "lat", "area_code")
_COMPARED = ("id", "number", "name", "operator", "address", "credit_code")


@dataclass(frozen=True)
class Matched:
    """How many entities of each status `match_entities` left, of those it looked at."""

    known: int
    to_verify: int
    irrelevant: int


@dataclass(frozen=True)
class Possible:
    """An institution that an entity may be: record id, 编号, name, score 0–100 and why."""

    institution_id: int
    number: str
    name: str
    score: int
    why: str


@tried_again
def match_entities(store: Store, actor: Actor) -> Matched:
    """Compare every entity in scope that nobody has verified with the institutions in scope.

    Found ones become ``known`` with their 编号 and ``match_score``; the others ``to_verify`` where
    their scope concerns elder care, else ``irrelevant``. An institution named by hand stays; its
    score is blank.
    """
    # An actor with one grid in scope would find fewer institutions, and undo matches outside it.
    actor.require(Action.IMPORT, ENTITIES.key)
    atlas = current_atlas(store)
    with store.writing() as connection:
        rows = _undecided(connection, actor)
        known = _institutions(connection, actor)
        unnamed = [row for row in rows if not row["institution"]]
        found = dict(
            zip([row["id"] for row in unnamed], _match(unnamed, known, atlas), strict=True)
        )
        drafts = [Draft(_outcome(row, found.get(row["id"]), known), row) for row in rows]
        arrange(ENTITIES, drafts, atlas)
        surroundings = surroundings_of(store, connection, atlas)
        saving.write(
            connection,
            actor,
            ENTITIES,
            drafts,
            surroundings,
            batch=uuid4().hex,
            reason="与养老服务机构台账比对",
        )
    left = [draft.after["status"] for draft in drafts]
    return Matched(left.count("known"), left.count("to_verify"), left.count("irrelevant"))


def count_by_status(store: Store, actor: Actor) -> dict[str | None, int]:
    """How many entities in the actor's scope have which status; None: not matched yet."""
    with store.reading() as connection:
        return count_by(connection, actor, ENTITIES, Selection(), "status")


def possible_matches(store: Store, actor: Actor, entity_id: int) -> tuple[Possible, ...]:
    """The institutions in scope that an entity may be, best first, for its verification."""
    actor.require(Action.READ)
    atlas = current_atlas(store)
    with store.reading() as connection:
        row = owned(connection, actor, ENTITIES, [entity_id])[entity_id]
        known = _institutions(connection, actor)
    (found,) = _match([row], known, atlas)
    return tuple(_possible(known[one.index], one) for one in found.candidates)


@tried_again
def verify_entity(
    store: Store,
    actor: Actor,
    entity_id: int,
    version: int,
    is_institution: bool,
    note: str,
    *,
    institution: str | None = None,
) -> str | None:
    """Record what was found on the spot; returns the 编号 of the institution, if it is one.

    An institution that the ledger does not hold yet is added to it, in the same save;
    ``institution`` (编号) names one that it does hold, as does the same credit code.

    Raises
    ------
    Refused
        If the role may not verify entities.
    NotFound
        If the entity is not in the actor's scope.
    Conflict
        If it changed after it was read.
    Invalid
        Without a note, or if ``institution`` is not in the actor's scope.
    """
    actor.require(Action.EDIT, ENTITIES.key)
    note = _checked_note(note)
    atlas = current_atlas(store)
    batch = uuid4().hex
    with store.writing() as connection:
        row = owned(connection, actor, ENTITIES, [entity_id], lock=True)[entity_id]
        if row["deleted"]:
            raise Invalid("该记录已移入回收站，请先恢复再核实")
        if row["version"] != version:
            raise Conflict(row["number"], name_in(connection, row["updated_by"]))
        surroundings = surroundings_of(store, connection, atlas)
        number = None
        if is_institution:
            named = institution or row["institution"] or _same_code(connection, actor, row)
            number = named or _add_institution(connection, actor, row, surroundings, batch)
        elif row["status"] == "institution" and _stands(connection, row["institution"]):
            raise Invalid(f"已据此建立机构{row['institution']}。如核实有误，请先删除该机构再改结论")
        values = {
            "status": "institution" if is_institution else "not_institution",
            "institution": number,
            "verified_on": clock.today(),
            "verification": note,
        }
        draft = Draft(values, row)
        resolve_references(connection, actor, ENTITIES, [draft])
        _write(connection, actor, ENTITIES, draft, surroundings, batch, f"核实：{note}"[:500])
        return None if number is None else str(draft.after["institution"])


def _checked_note(note: str) -> str:
    note = note.strip()
    if not note:
        raise Invalid("请填写核实情况，例如现场看到什么、问了谁")
    if len(note) > NOTE_LENGTH:
        raise Invalid(f"核实情况过长，最多{NOTE_LENGTH}字")
    return note


def _undecided(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    query = select(table).where(
        table.c.deleted.is_(False),
        or_(table.c.status.is_(None), table.c.status.in_(OPEN_STATUS)),
        actor.scope_condition(table.c.area_path),
    )
    return [dict(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]


def _institutions(connection: Connection, actor: Actor) -> list[Mapping[str, Any]]:
    """The institutions in the actor's scope only: a match would reveal others."""
    query = select(*(institutions.c[key] for key in _COMPARED)).where(
        institutions.c.deleted.is_(False), actor.scope_condition(institutions.c.area_path)
    )
    return [dict(row) for row in connection.execute(query.order_by(institutions.c.id)).mappings()]


def _match(
    rows: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]], atlas: Atlas
) -> list[Match]:
    # Names of villages tell addresses apart; only what stands above them is left out.
    places = {area.name for area in atlas.under(ROOT_PATH, "county", "township")}
    return match([_firm(row) for row in rows], [_firm(row) for row in known], places)


def _firm(row: Mapping[str, Any]) -> Firm:
    names = tuple(name for name in (row["name"], row.get("operator")) if name)
    return Firm(names, row["address"] or "", row["credit_code"] or "")


def _outcome(
    row: Mapping[str, Any], found: Match | None, known: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the comparison writes into an entity; without one its institution was named by hand."""
    if found is None:
        return {"status": "known", "match_score": None}
    best = found.best
    if best is not None:
        one = known[best.index]
        return {
            "status": "known",
            "institution": one["number"],
            "institution_name": one["name"],
            "match_score": best.score,
        }
    concerned = concerns_elder_care(row["scope"])
    likely = max((one.score for one in found.candidates), default=None)
    return {"status": "to_verify" if concerned else "irrelevant", "match_score": likely}


def _possible(row: Mapping[str, Any], found: Candidate) -> Possible:
    return Possible(row["id"], row["number"], row["name"], found.score, found.why)


def _same_code(connection: Connection, actor: Actor, row: Mapping[str, Any]) -> str | None:
    """The institution of the same valid credit code, if there is one in scope."""
    code = valid_code(row["credit_code"])
    if not code:
        return None
    query = select(institutions.c.number).where(
        institutions.c.credit_code == code,
        institutions.c.deleted.is_(False),
        actor.scope_condition(institutions.c.area_path),
    )
    return connection.execute(query.order_by(institutions.c.id).limit(1)).scalar()


def _stands(connection: Connection, number: str | None) -> bool:
    query = select(institutions.c.id).where(
        institutions.c.number == number, institutions.c.deleted.is_(False)
    )
    return connection.execute(query).first() is not None


def _add_institution(
    connection: Connection,
    actor: Actor,
    row: Mapping[str, Any],
    surroundings: Surroundings,
    batch: str,
) -> str:
    """Add the institution in the entity's area; the right to verify includes adding it."""
    values = {key: row[key] for key in TAKEN_OVER}
    # Kept from the register: whether it is licensed or filed is for the first visit to find out.
    draft = Draft(
        {**values, "operator": row["name"], "remarks": f"由新增市场主体{row['number']}核实"}
    )
    reason = f"新增市场主体{row['number']}核实为养老机构"
    _write(connection, actor, INSTITUTIONS, draft, surroundings, batch, reason)
    return str(draft.after["number"])


def _write(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    draft: Draft,
    surroundings: Surroundings,
    batch: str,
    reason: str,
) -> None:
    arrange(ledger, [draft], surroundings.atlas)
    saving.write(connection, actor, ledger, [draft], surroundings, batch=batch, reason=reason)
