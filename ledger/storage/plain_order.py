"""A PostgreSQL database has to order texts by their code points, as SQLite does.

It has a file of its own because `ledger.storage.postgres` imports the driver.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.domain.errors import StorageError

_COLLATIONS = ("C", "POSIX", "C.UTF-8", "C.utf8")


def require_plain_order(connection: Connection) -> None:
    """Refuse a database that does not order texts by their code points.

    Raises
    ------
    StorageError
        Unless its encoding is UTF8 and its collation C, POSIX or C.UTF-8.
    """
    found = connection.execute(
        text(
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database "
            "WHERE datname = current_database()"
        )
    ).one()
    encoding, collation = str(found[0]), str(found[1])
    if encoding != "UTF8" or collation not in _COLLATIONS:
        raise StorageError(
            f"数据库的编码是 {encoding}、排序规则是 {collation}，须为 UTF8 和 C。"
            "请管理员重建空数据库："
            "CREATE DATABASE ledger ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' "
            "TEMPLATE template0"
        )
