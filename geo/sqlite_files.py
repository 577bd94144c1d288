"""Open foreign SQLite files without running any code that they contain.

An SQLite file can hold views, triggers, virtual tables and computed columns, which run when it is
read. A foreign file is opened read-only and immutable (no lock, no log beside it), with functions
of the schema off, and its schema is compared with what the format needs.

Source: https://sqlite.org/security.html
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import FileDamagedError, FileTypeError

_MOST_OBJECTS = 2_000
_STEPS_AT_ONCE = 10_000
_MOST_STEPS = 3_000
_LONGEST = 64 << 20
_PLAIN_TABLE = re.compile(r"create\s+table\b", re.IGNORECASE)
# The spatial index of a GeoPackage, the one virtual table that it may have.
_SPATIAL_INDEX = re.compile(
    r"""create\s+virtual\s+table\s+["'`]?rtree_[^"'`()]+["'`]?\s+using\s+rtree\s*\([^()]*\)\s*""",
    re.IGNORECASE,
)
# Triggers that GeoPackages carry; they act on writing alone, and nothing is written.
_KNOWN_TRIGGERS = ("rtree_", "gpkg_", "trigger_insert_feature_", "trigger_delete_feature_")


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a foreign file that only reads tables; work on it is bounded.

    Raises
    ------
    FileDamagedError
        If SQLite cannot read the file, or reading takes too many steps.
    """
    address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    steps = 0

    def one_step() -> bool:
        nonlocal steps
        steps += 1
        return steps > _MOST_STEPS

    try:
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        try:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA query_only=ON")
            connection.execute("PRAGMA cell_size_check=ON")
            connection.set_progress_handler(one_step, _STEPS_AT_ONCE)
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise FileDamagedError(
            "这个 SQLite 文件(GeoPackage、MBTiles 等)已损坏或不完整，无法读取，"
            "请重新导出或重新复制。"
        ) from error


def check_geopackage(file: Path) -> None:
    """Refuse a GeoPackage that holds anything but tables, indexes and the usual triggers.

    Raises
    ------
    FileTypeError
        Naming the view, virtual table, trigger or computed column.
    FileDamagedError
        If the file cannot be read.
    """
    with opened(file) as connection:
        names = set()
        for kind, name, sql in _schema(connection):
            if kind == "view":
                raise _refused("视图", name)
            if kind == "trigger" and not name.casefold().startswith(_KNOWN_TRIGGERS):
                raise _refused("触发器", name)
            if kind == "table" and not _is_plain_table(sql):
                if not _SPATIAL_INDEX.fullmatch(sql.strip()):
                    raise _refused("虚拟表", name)
                continue
            if kind == "table":
                names.add(name.casefold())
                _check_columns(connection, name)
        if "gpkg_contents" not in names:
            raise FileTypeError(
                "这是 SQLite 数据库，但不是 GeoPackage(没有 gpkg_contents 表)，"
                "请导出为 GeoPackage、GeoJSON 或 Shapefile。"
            )


def plain_tables(connection: sqlite3.Connection) -> frozenset[str]:
    """The names of the ordinary tables of a file, case-folded; virtual ones are not among them."""
    return frozenset(
        name.casefold()
        for kind, name, sql in _schema(connection)
        if kind == "table" and _is_plain_table(sql)
    )


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """(kind, name, statement) of everything in the file; indexes that make themselves are left."""
    query = "SELECT type, name, coalesce(sql, '') FROM sqlite_master LIMIT ?"
    found = connection.execute(query, (_MOST_OBJECTS + 1,)).fetchall()
    if len(found) > _MOST_OBJECTS:
        raise FileTypeError(f"文件里的表和索引超过 {_MOST_OBJECTS} 个，不像边界文件。")
    return [(str(kind), str(name), str(sql)) for kind, name, sql in found]


def _is_plain_table(sql: str) -> bool:
    return _PLAIN_TABLE.match(sql) is not None


def _check_columns(connection: sqlite3.Connection, table: str) -> None:
    """Refuse computed columns: they run an expression for every row that is read."""
    columns = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (table,))
    for name, hidden in columns:
        if hidden:
            raise _refused("计算列", f"{table}.{name}")


def _refused(what: str, name: str) -> FileTypeError:
    return FileTypeError(
        f"文件里有{what}“{name[:60]}”，读它会执行文件自带的语句，本系统不读。"
        "请只把要载入的图层另存为一个新文件。"
    )
