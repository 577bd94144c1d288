"""Write the migration from the newest schema to the one that the declarations ask for.

All migrations are run on an empty database, and Alembic compares it with the tables of the
declarations. The migration imports nothing of this project and uses plain types of SQLAlchemy, so
later changes of the project do not change it. It is a proposal: read it before you use it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.sql.elements import False_

from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.storage import own_tables, search_index, tables, tallying  # noqa: F401 - known once imported
from ledger.storage.migrate import run_migrations
from ledger.storage.opening import open_store
from ledger.storage.revisions import newest_revision
from ledger.storage.schema import Moment, metadata

VERSIONS = Path(__file__).with_name("migrations") / "versions"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_DIALECTS = (tallying.SQLITE, tallying.POSTGRES)
# Changes for which SQLite need not rebuild the table; a rebuild would drop its triggers.
_IN_PLACE = (ops.AddColumnOp, ops.DropColumnOp, ops.CreateIndexOp, ops.DropIndexOp)
_WHOLE = (ops.CreateTableOp, ops.DropTableOp)


@dataclass(frozen=True)
class Written:
    """A migration that was written: its file, what it does, and the new required columns
    (``table.column``) for which a person must choose the value of existing rows."""

    file: Path
    summary: str
    without_value: tuple[str, ...]


def write_migration(name: str, folder: Path = VERSIONS) -> Written | None:
    """Write the next migration, named ``name``, into ``folder``; None if nothing changed.

    Raises
    ------
    Invalid
        Unless the name is 2 to 40 lower-case letters, digits and underscores and begins with a
        letter.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(f"“{name[:40]}”不能作迁移名，只用小写英文字母、数字和下划线，以字母开头")
    with tempfile.TemporaryDirectory() as scratch:
        store = open_store(f"sqlite:///{(Path(scratch) / 'empty.db').as_posix()}")
        try:
            with store.writing() as connection:
                run_migrations(connection)
            with store.reading() as connection:
                proposal = _proposal(connection)
        finally:
            store.dispose()
    if proposal is None:
        return None
    newest = newest_revision() or "0000"
    revision = f"{int(newest) + 1:04d}"
    file = folder / f"{revision}_{name}.py"
    file.write_text(_module(revision, newest, proposal), encoding="utf-8")
    return Written(file, proposal.summary, proposal.without_value)


@dataclass(frozen=True)
class _Proposal:
    summary: str
    upgrade: str
    downgrade: str
    statements: dict[str, Any]
    without_value: tuple[str, ...]


def _proposal(connection: Connection) -> _Proposal | None:
    """The difference between the declarations and the schema of a migrated, empty database."""
    opts = {"compare_type": True, "include_name": is_declared}
    context = MigrationContext.configure(connection, opts=opts)
    script = produce_migrations(context, metadata)
    up, down = script.upgrade_ops, script.downgrade_ops
    if up is None or down is None:
        return None
    changed = list(_flat(up.ops))
    anew = {op.table_name for op in changed if not isinstance(op, (*_IN_PLACE, *_WHOLE))}
    new = {op.table_name for op in changed if isinstance(op, ops.CreateTableOp)}
    counted = [one for one in LEDGERS.values() if _counts_otherwise(connection, one, anew)]
    if not changed and not counted:
        return None
    lines = {
        "upgrade": [_rendered(up, context, batch=bool(anew))],
        "downgrade": [_rendered(down, context, batch=bool(anew))],
    }
    statements: dict[str, Any] = {}
    for ledger in counted:
        is_new = ledger.key in new
        statements |= _statements(ledger, is_new=is_new)
        lines["upgrade"].append(_executed(f"TALLY_{ledger.key}".upper()))
        if is_new:
            lines["downgrade"].insert(0, _executed(f"UNTALLY_{ledger.key}".upper()))
    for key in sorted(new & {f"{one}_searched" for one in search_index.INDEXED}):
        name, ledger_key = f"GRAMS_{key}".upper(), key.removesuffix("_searched")
        statements[name] = {
            dialect: search_index.making_statements(ledger_key, dialect) for dialect in _DIALECTS
        }
        lines["upgrade"].append(_executed(name))
        dropped = search_index.dropping_statements(ledger_key)
        lines["downgrade"].insert(0, "\n".join(f'op.execute("{one}")' for one in dropped))
    return _Proposal(
        _summary(changed, counted),
        "\n".join(lines["upgrade"]),
        "\n".join(lines["downgrade"]),
        statements,
        tuple(
            f"{op.table_name}.{op.column.name}"
            for op in changed
            if isinstance(op, ops.AddColumnOp)
            and not op.column.nullable
            and op.column.server_default is None
        ),
    )


def is_declared(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a table is one of the declarations: those of grams, and what FTS5 keeps in them, are
    made by statements of `ledger.storage.search_index`."""
    return kind != "table" or not any(
        f"{name}_".startswith(f"{key}_grams_") for key in search_index.INDEXED
    )


def _flat(found: Iterable[Any]) -> Iterator[Any]:
    """Every single change; Alembic's groups by table are taken apart."""
    for op in found:
        if isinstance(op, ops.ModifyTableOps):
            yield from op.ops
        else:
            yield op


def _counts_otherwise(connection: Connection, ledger: Ledger, anew: set[str]) -> bool:
    """Whether a ledger's triggers are missing, differ from the declaration, or would be dropped
    when the table is rebuilt."""
    if ledger.key == tables.areas.name:
        return False
    query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    there = {_flat_text(one) for one in connection.execute(query, {"table": ledger.key}).scalars()}
    wanted = {_flat_text(one) for one in tallying.trigger_statements(ledger, tallying.SQLITE)}
    return there != wanted or ledger.key in anew


def _flat_text(statement: str) -> str:
    return " ".join(statement.split())


def _statements(ledger: Ledger, *, is_new: bool) -> dict[str, Any]:
    """The statements for a ledger's tallies: name of the constant to database to statements."""
    counting = () if is_new else tallying.counting_statements(ledger)
    made: dict[str, tuple[str, ...]] = {}
    dropped: dict[str, tuple[str, ...]] = {}
    for dialect in _DIALECTS:
        gone = tallying.dropping_statements(ledger, dialect)
        triggers = tallying.trigger_statements(ledger, dialect)
        made[dialect] = (*(() if is_new else gone), *triggers, *counting)
        dropped[dialect] = (*gone, tallying.forgetting_statement(ledger))
    found: dict[str, Any] = {f"TALLY_{ledger.key}".upper(): made}
    if is_new:
        found[f"UNTALLY_{ledger.key}".upper()] = dropped
    return found


def _executed(constant: str) -> str:
    return f"for statement in {constant}[op.get_bind().dialect.name]:\n    op.execute(statement)"


def _rendered(
    container: ops.UpgradeOps | ops.DowngradeOps, context: MigrationContext, *, batch: bool
) -> str:
    """The changes as Python code, with plain types of SQLAlchemy."""
    code = render_python_code(
        container, render_as_batch=batch, render_item=_plain, migration_context=context
    )
    # Alembic's own marks of where it begins and ends are left out.
    lines = (line for line in code.splitlines() if not line.lstrip().startswith("# ###"))
    return dedent("\n".join(lines)).strip("\n")


def _plain(kind: str, found: Any, _: AutogenContext) -> str | Literal[False]:
    """The code for our own column type and for a default of false; False leaves it to Alembic."""
    if kind == "type" and isinstance(found, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "server_default" and isinstance(found.arg, False_):
        return "sa.false()"
    return False


def _summary(changed: list[Any], counted: list[Ledger]) -> str:
    """One sentence that says what a migration does; it becomes its docstring."""
    said = []
    for op in changed:
        if isinstance(op, ops.CreateTableOp):
            if not op.table_name.endswith("_searched"):
                said.append(f"new table {op.table_name}")
        elif isinstance(op, ops.DropTableOp):
            said.append(f"table {op.table_name} is gone")
        elif isinstance(op, ops.AddColumnOp):
            said.append(f"{op.table_name} has {op.column.name}")
        elif isinstance(op, ops.DropColumnOp):
            said.append(f"{op.table_name} has no {op.column_name}")
    said = said or [f"other indexes or counts of {', '.join(sorted(_touched(changed, counted)))}"]
    text_ = "; ".join(said)
    return text_[0].upper() + text_[1:]


def _touched(changed: list[Any], counted: list[Ledger]) -> set[str]:
    return {op.table_name for op in changed} | {ledger.key for ledger in counted}


def _module(revision: str, newest: str, proposal: _Proposal) -> str:
    """The migration as the text of a Python module."""
    constants = "".join(
        f"{name} = {{\n"
        + "".join(
            f'    "{dialect}": (\n'
            + "".join(f"        {_literal(statement)},\n" for statement in statements)
            + "    ),\n"
            for dialect, statements in by_dialect.items()
        )
        + "}\n"
        for name, by_dialect in proposal.statements.items()
    )
    if constants:
        constants = (
            "\n# How many records lie where, kept up by the database; what searches ask.\n"
            + constants
        )
    typed = re.search(r"\bsa\.", proposal.upgrade + proposal.downgrade)
    types = "import sqlalchemy as sa\n" if typed else ""
    return (
        f'"""{proposal.summary}"""\n\n'
        "from __future__ import annotations\n\n"
        f"{types}from alembic import op\n\n"
        f'revision = "{revision}"\ndown_revision = "{newest}"\n'
        f"{constants}\n\n"
        f"def upgrade() -> None:\n{_indented(proposal.upgrade)}\n\n\n"
        f"def downgrade() -> None:\n{_indented(proposal.downgrade)}\n"
    )


def _literal(statement: str) -> str:
    return f'"""\n{statement}\n"""' if "\n" in statement else f'"{statement}"'


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" if line.strip() else "" for line in code.splitlines())
