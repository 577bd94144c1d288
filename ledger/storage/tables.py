"""The tables. Those of ledgers are derived from their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeEngine

from ledger.domain.columns import Column as Declared
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.ledgers.dispositions import DISPOSITIONS
from ledger.domain.ledgers.entities import ENTITIES
from ledger.domain.ledgers.inspections import INSPECTIONS
from ledger.domain.ledgers.institutions import INSTITUTIONS
from ledger.domain.ledgers.leads import LEADS
from ledger.domain.ledgers.measures import MEASURES
from ledger.domain.ledgers.outreach import OUTREACH
from ledger.domain.ledgers.petitions import PETITIONS
from ledger.storage.schema import Id, Moment, PathText, metadata

_STORED: Mapping[ColumnType, type[TypeEngine[Any]]] = {
    ColumnType.REFERENCE: Text,
    ColumnType.MOMENT: Moment,
    ColumnType.TEXT: Text,
    ColumnType.LONG_TEXT: Text,
    ColumnType.INTEGER: BigInteger,
    ColumnType.NUMBER: Float,
    ColumnType.MONEY: Float,
    ColumnType.DATE: Date,
    ColumnType.CHOICE: Text,
    ColumnType.TRI: Boolean,
    ColumnType.LONGITUDE: Float,
    ColumnType.LATITUDE: Float,
    ColumnType.AREA: Text,
    ColumnType.CREDIT_CODE: Text,
    ColumnType.PHONE: Text,
}


def stored_column(declared: Declared) -> Column[Any]:
    """The table column in which a declared column is kept; blank is NULL."""
    return Column(declared.key, _STORED[declared.type](), nullable=not declared.required)


def _ledger_table(ledger: Ledger) -> Table:
    """The table of a ledger: its declared columns and those that every record has."""
    declared = [stored_column(column) for column in ledger.columns if column.key != "number"]
    table = Table(
        ledger.key,
        metadata,
        Column("id", Id, primary_key=True, autoincrement=True),
        Column("number", String(40), nullable=False, unique=True),
        *declared,
        Column("area_path", PathText),
        Column("extra", JSON, nullable=False),
        Column("version", Integer, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("created_by", String(80), nullable=False),
        Column("updated_at", Moment, nullable=False),
        Column("updated_by", String(80), nullable=False),
        Column("deleted", Boolean, nullable=False, server_default=false()),
        # An id is never given twice, not even after the newest row went away.
        sqlite_autoincrement=True,
    )
    Index(None, table.c.deleted, table.c.area_path)
    # The newest first, and everything in it that most lists are narrowed by: a page of fifty is
    # found without looking at a single record that is not on it.
    narrowed = [table.c[key] for key in tallied_keys(ledger)]
    Index(None, table.c.deleted, table.c.updated_at, table.c.id, table.c.area_path, *narrowed)
    return table


def tallied_keys(ledger: Ledger) -> tuple[str, ...]:
    """The columns by which the database counts a ledger's records (table ``tallies``).

    First the one that its page opens with: the tier, else the first choice (its state).
    """
    counted = "tier" if ledger.judged else next(c.key for c in ledger.columns if c.choices)
    return (counted, "placement") if "placement" in ledger.by_key else (counted,)


institutions = _ledger_table(INSTITUTIONS)
institutions.append_column(
    Column("facts_as_of", JSON(none_as_null=True), doc='per fact: {"on": day, "inspection": 编号}')
)
Index(None, institutions.c.credit_code)
Index(None, institutions.c.deleted, institutions.c.tier)

inspections = _ledger_table(INSPECTIONS)
Index(None, inspections.c.institution, inspections.c.inspected_on)
Index(None, inspections.c.deleted, inspections.c.round)

leads = _ledger_table(LEADS)
Index(None, leads.c.deleted, leads.c.state, leads.c.due_on)

dispositions = _ledger_table(DISPOSITIONS)
Index(None, dispositions.c.deleted, dispositions.c.state, dispositions.c.due_on)
Index(None, dispositions.c.institution)

petitions = _ledger_table(PETITIONS)
Index(None, petitions.c.deleted, petitions.c.state, petitions.c.due_on)
Index(None, petitions.c.earlier)
# Figures are read from these alone: one index for each day that a figure's period speaks of, and
# in it everything that its figures ask. Named by hand, as a database cuts long names.
for _name, _keys in {
    "registered": "registered_on area_path channel field kind repeat people",
    "acceptance": "acceptance_due_on area_path accepted_in_time",
    "reply": "reply_due_on area_path replied_in_time",
    "finished": (
        "finished_on area_path registered_on state kind repeat rating returned_on transferred_on "
        "acceptance_told_on accepted_on"
    ),
}.items():
    Index(
        f"ix_petitions_{_name}",
        petitions.c.deleted,
        *(petitions.c[key] for key in _keys.split()),
        petitions.c.lead_official,
    )

Index(None, petitions.c.deleted, petitions.c.legal_due_on, petitions.c.area_path)

outreach = _ledger_table(OUTREACH)
entities = _ledger_table(ENTITIES)
Index(None, entities.c.deleted, entities.c.status)

measures = _ledger_table(MEASURES)
Index(None, measures.c.deleted, measures.c.state, measures.c.due_on)

for _dated in (institutions, inspections, leads, dispositions, petitions, measures):
    # To-do lists ask what is due, oldest first, within a scope.
    Index(None, _dated.c.deleted, _dated.c.due_on, _dated.c.area_path)


areas = Table(
    "areas",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("code", String(40), nullable=False),
    Column("name", String(100), nullable=False),
    Column("level", String(20), nullable=False),
    Column("parent_code", String(40)),
    Column("path", PathText, nullable=False),
    Column("population", BigInteger),
    Column("elderly", BigInteger),
    Column("valid_from", Date, doc="NULL: since ever"),
    Column("valid_to", Date, doc="first day on which it no longer counts; NULL: in force"),
    Column("geometry", LargeBinary, nullable=False, doc="WKB, WGS84"),
    Column("version", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(80), nullable=False),
    UniqueConstraint("code", "valid_from"),
    sqlite_autoincrement=True,
)
Index(None, areas.c.path)


changes = Table(
    "changes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False, doc="1, 2, 3 … without gaps"),
    Column("at", String(40), nullable=False, doc="ISO 8601, UTC: hashed as it stands"),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("ledger", String(40)),
    Column("record_id", Id),
    Column("number", String(80)),
    Column("version", Integer, doc="the record's, after the change"),
    Column("batch", String(40), doc="one save"),
    Column("reason", Text),
    Column("before", Text, doc="canonical JSON of the changed fields"),
    Column("after", Text),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
Index(None, changes.c.ledger, changes.c.record_id)
Index(None, changes.c.batch)
Index(None, changes.c.action, changes.c.id)
Index(None, changes.c.actor, changes.c.id)

# One row: the newest link. A cut-off end of the chain no longer agrees with it.
chain_head = Table(
    "chain_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_id", Id, nullable=False),
    Column("hash", String(64), nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("ledger", String(40), nullable=False),
    Column("record_id", Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("occasion", String(20), nullable=False, doc="save, assess, override, withdraw"),
    Column("rules_version", String(40), nullable=False),
    Column("tier", Integer),
    Column("at_most", Integer),
    Column("override", Integer),
    Column("matched", JSON, nullable=False),
    Column("unknown", JSON, nullable=False),
    Column("facts", JSON, nullable=False, doc="the facts that the matched rules rest on"),
    Column("reason", Text),
)
Index(None, assessments.c.ledger, assessments.c.record_id)

rule_sets = Table(
    "rule_sets",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False, server_default="tiers", doc="`rulebook.KINDS`"),
    Column("version", String(40), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("loaded_by", String(80), nullable=False),
    Column("in_force", Boolean, nullable=False),
)


# How many records lie where, kept up by triggers (migration 0004): a page need not count.
tallies = Table(
    "tallies",
    metadata,
    Column("ledger", String(40), primary_key=True),
    Column("deleted", Boolean, primary_key=True),
    Column("area_path", PathText, primary_key=True, doc="empty: lies nowhere"),
    Column("counted", Text, primary_key=True, doc="the first of `tallied_keys`; empty: blank"),
    Column("placement", Text, primary_key=True, doc="empty: blank, or the ledger has none"),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


LEDGER_TABLES: Mapping[str, Table] = {
    "areas": areas,
    "institutions": institutions,
    "inspections": inspections,
    "leads": leads,
    "dispositions": dispositions,
    "petitions": petitions,
    "outreach": outreach,
    "entities": entities,
    "measures": measures,
}
