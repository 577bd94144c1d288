"""The tables of ledgers, derived from their declarations, and those of areas, history and rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
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
from ledger.domain.columns import ColumnType, Ledger, Lookup
from ledger.domain.ledgers import LEDGERS
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
    """The table column in which a declared column is stored; blank is NULL."""
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
    if ledger.judged:
        doc = 'per fact: {"on": day, "inspection": 编号}'
        table.append_column(Column("facts_as_of", JSON(none_as_null=True), doc=doc))
    for lookup in _lookups(ledger):
        name = f"ix_{ledger.key}_{lookup.name}" if lookup.name else None
        Index(name, *(_indexed(table, key) for key in lookup.columns))
    return table


def _indexed(table: Table, key: str) -> ColumnElement[Any]:
    return table.c[key.removeprefix("-")].desc() if key.startswith("-") else table.c[key]


def _lookups(ledger: Ledger) -> Iterator[Lookup]:
    """The indexes of a ledger's table: those that follow from its columns, and declared ones."""
    yield Lookup(("deleted", "area_path"))
    # What came, and what was closed, since a day: counted by area from the index alone.
    closed = ("state",) if ledger.closed else ()
    if ledger.dated and not _begins(ledger.lookups, ("deleted", ledger.dated, "area_path")):
        yield Lookup(("deleted", ledger.dated, "area_path", *closed))
    if ledger.dated and ledger.closed:
        yield Lookup(("deleted", ledger.closed, "area_path", "state", ledger.dated))
    # The orders of lists (newest first, worst first), with the columns by which most lists are
    # filtered: a page of fifty is found without reading a record that is not on it.
    yield Lookup(("deleted", "updated_at", "id", "area_path", *tallied_keys(ledger)))
    if ledger.judged:
        # Read backwards.
        yield Lookup(("deleted", "tier", "updated_at", "id", "area_path", "placement"), "worst")
    if "due_on" in ledger.by_key:
        # To-do lists ask what is due, oldest first, within a scope.
        yield Lookup(("deleted", "due_on", "area_path"))
        if ledger.workflow:
            yield Lookup(("deleted", "state", "due_on"))
            latest = ("-updated_at", "-id", "area_path", *tallied_keys(ledger))
            yield Lookup(("deleted", "due_on", *latest), "worst")
    if "legal_due_on" in ledger.by_key:
        yield Lookup(("deleted", "legal_due_on", "area_path"))
    yield from ledger.lookups


def _begins(lookups: Iterable[Lookup], columns: tuple[str, ...]) -> bool:
    """Whether one of the indexes begins with these columns."""
    return any(one.columns[: len(columns)] == columns for one in lookups)


def tallied_keys(ledger: Ledger) -> tuple[str, ...]:
    """The columns by which the database counts a ledger's records (table ``tallies``)."""
    keys = (ledger.counted, "placement" if "placement" in ledger.by_key else None)
    return tuple(key for key in keys if key)


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
    Column("valid_from", Date, doc="first day on which it counts; NULL: since ever"),
    Column("valid_to", Date, doc="first day on which it no longer counts; NULL: no end"),
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

# One row: id and hash of the newest change. If the end of the chain is removed, it disagrees.
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


# Numbers of records by area, state and placement, kept by triggers (migration 0004): a page need
# not count records.
tallies = Table(
    "tallies",
    metadata,
    Column("ledger", String(40), primary_key=True),
    Column("deleted", Boolean, primary_key=True),
    Column("area_path", PathText, primary_key=True, doc="empty: lies nowhere"),
    Column("counted", Text, primary_key=True, doc="of `Ledger.counted`; empty: blank"),
    Column("placement", Text, primary_key=True, doc="empty: blank, or the ledger has none"),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


LEDGER_TABLES: Mapping[str, Table] = {
    key: areas if key == areas.name else _ledger_table(ledger) for key, ledger in LEDGERS.items()
}


def _searched_table(key: str) -> Table:
    """What is searched of each record of a ledger (`ledger.storage.search_index`)."""
    return Table(
        f"{key}_searched",
        metadata,
        Column("id", Id, primary_key=True, autoincrement=False, doc="of the record"),
        Column("title", Text, nullable=False, doc="number and title, written alike"),
        Column("rest", Text, nullable=False, doc="all other texts that are searched"),
        Column("keys", Text, nullable=False, doc="areas, and keyed hashes of protected phones"),
    )


SEARCHED_TABLES: Mapping[str, Table] = {
    key: _searched_table(key) for key in LEDGERS if key != areas.name
}
# Tables that code for one ledger uses by name.
institutions = LEDGER_TABLES["institutions"]
inspections = LEDGER_TABLES["inspections"]
leads = LEDGER_TABLES["leads"]
dispositions = LEDGER_TABLES["dispositions"]
petitions = LEDGER_TABLES["petitions"]
outreach = LEDGER_TABLES["outreach"]
entities = LEDGER_TABLES["entities"]
measures = LEDGER_TABLES["measures"]
