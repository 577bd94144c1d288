"""Databases of every schema that was ever released, filled from what the schema itself says.

A released schema is what the migrations up to a revision make. Its tables are read back from the
database, not from today's declarations, so that tables and columns which are gone today are filled
as well: every column with a value and, where it may be, without one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import shapely
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, event, insert, inspect, select, text

from ledger.domain.access import SYSTEM, Role
from ledger.domain.columns import ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.records.history import audit
from ledger.records.rulebook import TIERS, shipped
from ledger.storage import Store, migrations

SCRIPTS = Path(str(migrations.__file__)).parent
# What a migration took away on purpose: "table" or "table.column". Whatever else is missing after
# migrating is lost, and so is every value that is not what it was.
GONE: frozenset[str] = frozenset()
# Rows that migrations add on purpose, by primary key: what the database is for.
ADDED: Mapping[str, frozenset[tuple[str, ...]]] = {
    "options": frozenset({("purpose",), ("search_basis",)})
}
# Filled by the database itself, by the log, and by Alembic.
_NOT_FILLED = {"tallies", "changes", "chain_head", "alembic_version", "spatial_ref_sys"}
_ROWS = 4  # the first has every value, the second none that may be missing, the others some
_CHOICES: Mapping[str, Sequence[str]] = {
    "users.role": tuple(Role),
    "users.demo": (False,),  # a database with demo accounts is a demo (test_purpose)
    "backdrop.kind": ("road", "water"),
    "bulletins.kind": ("daily", "weekly", "halfmonthly", "monthly"),
    "bulletins.state": ("draft", "issued", "superseded"),
    "assessments.occasion": ("save", "assess", "override", "withdraw"),
}
# The areas are one tree, each row the parent of the next, or nothing could be entered anywhere.
_AREAS: Mapping[str, Sequence[Any]] = {
    "areas.code": ("990101", "990101001", "990101001001", "990101001001001"),
    "areas.parent_code": (None, "990101", "990101001", "990101001001"),
    "areas.path": (
        "/990101/",
        "/990101/990101001/",
        "/990101/990101001/990101001001/",
        "/990101/990101001/990101001001/990101001001001/",
    ),
    "areas.level": ("county", "township", "village", "grid"),
    "areas.valid_from": (date(2020, 1, 1), None, None, date(2021, 1, 1)),
    "areas.valid_to": (None, None, None, date(2025, 6, 1)),
}
_WORDS = "甲乙丙丁，养老院🙂𠮷“引号”'单引' %s {} \\ \n第二行"
_NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)

Row = dict[str, Any]
Snapshot = dict[str, dict[tuple[Any, ...], Row]]


def config_on(connection: Connection) -> Config:
    """Alembic's settings for migrating on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


@cache
def revisions() -> tuple[str, ...]:
    """Every released schema, the oldest first."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    found = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]
    return tuple(reversed(found))


def upgrade(store: Store, revision: str) -> None:
    """Bring a database to a released schema that may be older than today's."""
    with store.writing() as connection:
        command.upgrade(config_on(connection), revision)


def tables_of(connection: Connection) -> MetaData:
    """The tables as they stand in the database."""
    found = MetaData()
    found.reflect(connection)
    return found


def fill(store: Store, seed: str) -> None:
    """Rows in every table of whatever schema the database has, and a log that verifies."""
    chance = random.Random(seed)
    with store.writing() as connection:
        found = tables_of(connection)
        for table in found.sorted_tables:
            if table.name not in _NOT_FILLED and not _is_of_search(table.name):
                for number in range(_ROWS):
                    connection.execute(insert(table), _row(connection, table, number, chance))
        # Where the services go on counting.
        counted = [{"key": name, "value": _ROWS} for name in LEDGERS if name in found.tables]
        connection.execute(insert(found.tables["counters"]), counted)
        audit.append(connection, SYSTEM, list(_history()))


def _is_of_search(name: str) -> bool:
    """Whether a table is made again from the records (`ledger.storage.search_index`)."""
    return name.endswith("_searched") or "_grams" in name


def _history() -> Iterator[audit.Change]:
    yield audit.Change("option", reason=_WORDS)
    for ledger in LEDGERS:
        after = {"remarks": _WORDS, "beds": 1.5, "deleted": None}
        yield audit.Change("create", ledger, 1, f"{ledger}-1", {}, after, _WORDS, 1)


def _row(connection: Connection, table: Table, number: int, chance: random.Random) -> Row:
    row = {}
    for column in table.columns:
        if f"{table.name}.{column.name}" in _AREAS:
            row[column.name] = _AREAS[f"{table.name}.{column.name}"][number]
            continue
        if _counted_by_database(table, column):
            continue
        blank = column.nullable and (number == 1 or (number > 1 and chance.random() < 0.5))
        # JSON knows two ways to say nothing; a column that is left blank holds SQL's.
        nothing = sa.null() if isinstance(column.type, sa.JSON) else None
        row[column.name] = nothing if blank else _value(connection, column, number, chance)
    return row


def _counted_by_database(table: Table, column: sa.Column[Any]) -> bool:
    alone = len(table.primary_key.columns) == 1 and column.primary_key
    return alone and isinstance(column.type, sa.Integer) and not column.foreign_keys


def _value(
    connection: Connection, column: sa.Column[Any], number: int, chance: random.Random
) -> Any:
    for key in column.foreign_keys:
        return connection.execute(select(key.column).order_by(key.column).offset(number)).scalar()
    name, kind = f"{column.table.name}.{column.name}", column.type
    chosen = _chosen(name)
    if chosen:
        return chosen[(number + chance.randrange(len(chosen))) % len(chosen)]
    if column.name == "geometry":
        return shapely.to_wkb(shapely.box(127 + number, 29, 127.5 + number, 29.5))
    if name == "rule_sets.text":
        return shipped(TIERS).read_text(encoding="utf-8")
    if column.name.endswith("path"):
        return f"/990101/990101{number:03}/"
    return _of_kind(kind, number, chance)


def _chosen(name: str) -> Sequence[str]:
    table, _, column = name.partition(".")
    declared = LEDGERS[table].by_key.get(column) if table in LEDGERS else None
    if declared is not None and declared.type is ColumnType.CHOICE:
        return [choice.key for choice in declared.choices]
    return _CHOICES.get(name, ())


def _of_kind(kind: Any, number: int, chance: random.Random) -> Any:
    if isinstance(kind, sa.Boolean):
        return chance.random() < 0.5
    if isinstance(kind, sa.Integer):
        return chance.randrange(1, 1000)
    if isinstance(kind, sa.Float):
        return chance.uniform(-1e6, 1e6)
    if isinstance(kind, sa.DateTime):
        return _NOW + timedelta(days=number, microseconds=chance.randrange(1_000_000))
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1) + timedelta(days=chance.randrange(300))
    if isinstance(kind, sa.LargeBinary):
        return chance.randbytes(50)
    if isinstance(kind, sa.JSON):
        return {"名称": [_WORDS, None, 0.1 + 0.2, {"深": True}], "第": number}
    if isinstance(kind, sa.String):
        return f"{number}{chance.randrange(10**6)}{_WORDS * 9}"[: kind.length]
    raise NotImplementedError(f"no value for {kind!r}")


def snapshot(store: Store) -> Snapshot:
    """Table → primary key → the row, as the driver gives it."""
    found: Snapshot = {}
    with store.reading() as connection:
        asked = inspect(connection)
        for name in sorted(set(asked.get_table_names()) - {"alembic_version"}):
            if _is_of_search(name):
                continue
            keys = asked.get_pk_constraint(name)["constrained_columns"]
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()
            found[name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return found


def lost(before: Snapshot, after: Snapshot) -> list[str]:
    """What is not there any more, or not as it was, though nobody took it away on purpose."""
    faults = []
    for name, rows in before.items():
        if name in GONE:
            continue
        if rows.keys() != after.get(name, {}).keys() - (ADDED.get(name, frozenset()) - rows.keys()):
            faults.append(f"{name}: other rows")
            continue
        for key, row in rows.items():
            now = after[name][key]
            if name == "attachments" and row["deleted"] and now["content"] == b"":
                # What somebody removed is not kept on: it gives up its content, and only that.
                row = {**row, "content": b""}
            faults += [
                f"{name}.{column} of {key}: {was!r} is {now.get(column)!r}"
                for column, was in row.items()
                if f"{name}.{column}" not in GONE and (column not in now or now[column] != was)
            ]
    return faults


_SQLITE_SCHEMA = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 2"
)
_POSTGRES_SCHEMA = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, "
    "collation_name, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, ordinal_position",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
)


def schema_of(store: Store) -> list[tuple[Any, ...]]:
    """Tables, columns, indexes, constraints and triggers, as the database itself tells them."""
    queries = (_SQLITE_SCHEMA,) if store.is_sqlite else _POSTGRES_SCHEMA
    with store.reading() as connection:
        return [tuple(row) for query in queries for row in connection.execute(text(query))]


class PulledPlug(BaseException):
    """Not an Exception: nobody is meant to catch it."""


class Breaking:
    """Counts what changes a database, and ends it all before a given statement of it."""

    def __init__(self, store: Store, last: int | None = None) -> None:
        self.statements = 0
        self._engine, self._last = store.engine, last

    def __enter__(self) -> Breaking:
        event.listen(self._engine, "before_cursor_execute", self._before)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._before)

    def _before(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")):
            if self.statements == self._last:
                raise PulledPlug(statement)
            self.statements += 1
