"""Everything that writes a record goes through `ledger.records.saving.write`.

Two looks: at the source, which finds statements that no test runs, and (tests/road.py) at every
statement that the suite runs, which finds those that the source hides.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url

from ledger.domain.ledgers import LEDGERS
from ledger.records.clock_outcomes import KEPT
from ledger.storage import Store, open_store
from ledger.storage.tables import LEDGER_TABLES, institutions
from tests.house.sources import name_of, nodes_of, product_files, syntax_tree
from tests.road import BESIDE_THE_ROAD, ROAD, table_written

_VERBS = {"insert", "update", "delete", "insert_rows"}
_TABLES = "ledger.storage.tables"


def ledger_writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and table of every statement of SQLAlchemy that writes a ledger's table, or may.

    A table that comes as an argument may be any.
    """
    tables = dict(_tables_of(tree))
    for node in nodes_of(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in _VERBS or not node.args:
            continue
        target = node.args[1 if node.func.id == "insert_rows" else 0]
        name = ast.unparse(target)
        known = tables.get(name) if isinstance(target, ast.Name) else None
        if known is None and "LEDGER_TABLES" in name:
            known = "any"
        if known is not None and (known == "any" or known in LEDGER_TABLES):
            yield node.lineno, known


def _tables_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of a module → the table they stand for; ``any`` for one of several."""
    for node in nodes_of(tree):
        if isinstance(node, ast.ImportFrom) and node.module == _TABLES:
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)
    for node in nodes_of(tree):
        if isinstance(node, ast.Assign):
            for at, value in _pairs(node):
                if "LEDGER_TABLES" in ast.unparse(value):
                    yield at, "any"
        elif isinstance(node, ast.arg) and node.annotation is not None:
            if ast.unparse(node.annotation) == "Table":
                yield node.arg, "any"
        elif isinstance(node, ast.For | ast.comprehension) and (
            "LEDGER_TABLES" in ast.unparse(node.iter)
        ):
            yield from ((n.id, "any") for n in ast.walk(node.target) if isinstance(n, ast.Name))


def _pairs(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip(target.elts, value.elts, strict=True):
            yield ast.unparse(one), given
    else:
        yield ast.unparse(target), value


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from ledger.storage.tables import petitions\nupdate(petitions)", ["petitions"]),
        ("from ledger.storage.tables import leads as table\ninsert(table)", ["leads"]),
        ("from ledger.storage.tables import changes as table\ninsert(table)", []),
        ("table = LEDGER_TABLES[key]\ndelete(table)", ["any"]),
        ("table, at = LEDGER_TABLES[key], 1\nupdate(table)", ["any"]),
        ("update(LEDGER_TABLES['leads'])", ["any"]),
        ("def f(table: Table):\n    insert(table)", ["any"]),
        ("for table in LEDGER_TABLES.values():\n    delete(table)", ["any"]),
        ("from ledger.storage.tables import areas\ninsert_rows(c, areas, k, r)", ["areas"]),
    ],
)
def test_a_statement_that_writes_a_ledger_is_recognised(source: str, found: list[str]) -> None:
    assert [table for _, table in ledger_writes(ast.parse(source))] == found


def test_no_other_statement_of_the_source_writes_a_ledger() -> None:
    found, excused = [], set()
    for file in product_files(".py"):
        if "migrations" in file.parts:
            continue
        module = name_of(file).removesuffix(".py").replace("/", ".")
        for line, table in ledger_writes(syntax_tree(file)):
            if module in BESIDE_THE_ROAD:
                excused.add(module)
            elif module != ROAD:
                found.append(f"{name_of(file)}:{line} writes {table}")
    assert found == [], f"hand the record to {ROAD}.write: it judges, gives deadlines, and tells"
    # These write by statements that SQLAlchemy does not build.
    unseen = {"ledger.storage.bulk", "ledger.storage.migrate"}
    assert excused == set(BESIDE_THE_ROAD) - unseen, "an excuse for what is not there any more"


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("INSERT INTO institutions (id) VALUES (?)", "institutions"),
        ('UPDATE "petitions" SET state=?', "petitions"),
        ("DELETE FROM leads WHERE id = ?", "leads"),
        ("UPDATE chain_head SET hash=?", None),
        ("SELECT id FROM institutions", None),
    ],
)
def test_the_watch_knows_the_tables(statement: str, table: str | None) -> None:
    assert table_written(statement) == table


def test_the_watch_stops_a_module_of_the_product(store_of_county: Store) -> None:
    """A statement of another module is stopped before it runs; one of a test is not."""
    statement = update(institutions).values(name="甲")
    beside = {"__name__": "ledger.reports.beside", "statement": statement}
    exec("def run(connection):\n    connection.execute(statement)", beside)  # noqa: S102
    with store_of_county.writing() as connection:
        connection.execute(statement)
    with (
        pytest.raises(AssertionError, match=r"^ledger\.reports\.beside writes .* institutions"),
        store_of_county.writing() as connection,
    ):
        beside["run"](connection)  # type: ignore[operator]


@pytest.fixture
def store_of_county(database_url: str, drawn_county: Path) -> Iterator[Store]:
    shutil.copyfile(str(drawn_county), str(make_url(database_url).database))
    store = open_store(database_url)
    yield store
    store.dispose()


def test_declared_effects_are_there_and_derived_columns_are_computed() -> None:
    assert any(ledger.effects for ledger in LEDGERS.values())
    for ledger in LEDGERS.values():
        assert all(callable(resolve_name(name)) for name in ledger.effects)
        for column in ledger.columns:
            assert column.computed or not column.derived, column.key
    worked_out = {"due_on", "due_label", *(k.due for k in KEPT), *(k.in_time for k in KEPT)}
    for ledger in LEDGERS.values():
        for key in worked_out & set(ledger.by_key):
            assert ledger.by_key[key].derived, f"{ledger.key}.{key}"


def test_files_are_taken_over_by_one_function() -> None:
    """Page and command line, files of others and workbooks that came back: one entry each."""
    entry = 'audit.Change("import"'
    found = [file for file in product_files(".py") if entry in file.read_text(encoding="utf-8")]
    assert [file.name for file in found] == ["held.py"]
