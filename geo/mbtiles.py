"""Read tiles of a foreign MBTiles file without running any code that the file contains.

MBTiles 1.3: an SQLite file with ``tiles (zoom_level, tile_column, tile_row, tile_data)``, rows
counted from the south, while addresses count from the north. ``tiles`` may be a view over ordinary
tables, as most programs write it; it may call no function and read no other kind of table.

Source: https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from geo.errors import FileTypeError, GeoError
from geo.sqlite_files import opened, plain_tables

_TILE = "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?"
_DEEPEST = "SELECT zoom_level FROM tiles ORDER BY zoom_level DESC LIMIT 1"


def check_mbtiles(file: Path) -> None:
    """Refuse a file from which tiles cannot be read; returns nothing.

    Raises
    ------
    FileTypeError
        If it has no tiles, or its view of them does more than read tables.
    FileDamagedError
        If it is no SQLite file, or damaged.
    """
    with opened(file) as connection:
        tables = plain_tables(connection)
        connection.set_authorizer(_only_reads(tables))
        try:
            connection.execute(_TILE, (0, 0, 0)).fetchone()
        except sqlite3.DatabaseError as error:
            if "malformed" in str(error) or "not a database" in str(error):
                raise
            raise FileTypeError(
                "这个文件里没有可以直接读取的瓦片表(tiles)，不是可用的 MBTiles 文件。"
            ) from error


def deepest_level(file: Path) -> int | None:
    """The last zoom level that the file has tiles of; None without any tile.

    Raises
    ------
    FileDamagedError
        As `check_mbtiles`, which is called first.
    """
    with opened(file) as connection:
        connection.set_authorizer(_only_reads(plain_tables(connection)))
        row = connection.execute(_DEEPEST).fetchone()
    return row[0] if row is not None and isinstance(row[0], int) else None


def read_tile(file: Path, z: int, x: int, y: int) -> bytes | None:
    """The tile at zoom ``z``, column ``x`` from the west, row ``y`` from the north.

    None where there is none, and for a file that is no MBTiles file: the map stays white, the rest
    of it works.
    """
    try:
        with opened(file) as connection:
            connection.set_authorizer(_only_reads(plain_tables(connection)))
            row = connection.execute(_TILE, (z, x, 2**z - 1 - y)).fetchone()
    except GeoError:
        return None
    return row[0] if row is not None and isinstance(row[0], bytes) else None


def _only_reads(tables: frozenset[str]) -> Callable[..., int]:
    """Allow reading ``tiles`` and ordinary tables; no function, no recursion, nothing else."""
    allowed = tables | {"tiles"}

    def decide(action: int, one: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (one or "").casefold() in allowed:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return decide
