"""Check that the key file is the one with which this database's protected texts were sealed.

A database that holds sealed texts and has lost its key file must not get a new one: texts sealed
from then on could not be read with the old file when that is found again, and nobody would notice
before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from ledger.domain.errors import Invalid, StorageError
from ledger.domain.ledgers import LEDGERS
from ledger.domain.masks import ERASED, is_sealed
from ledger.storage.engine import Store
from ledger.storage.keys.secrets import key_path, sealer_at
from ledger.storage.tables import LEDGER_TABLES


def require_keys(store: Store) -> None:
    """Refuse a missing or wrong key file; a database without sealed texts needs none.

    Raises
    ------
    StorageError
        If texts are sealed and the file is not there, is no key file, or cannot open them.
    """
    path = key_path(store.engine.url.render_as_string(hide_password=False))
    if not _is_there(path):
        require_nothing_sealed(store, path)
        return
    sealer = sealer_at(path)
    for sealed in _some_sealed(store):
        try:
            sealer.open(sealed)
        except (StorageError, Invalid):
            raise StorageError(
                f"密钥文件“{path.name}”不是这个数据库的，受保护信息读不出来。"
                "请管理员停止服务，换回原来的密钥文件"
            ) from None


def require_nothing_sealed(store: Store, path: Path) -> None:
    """Refuse to make a new key file for a database that has sealed texts.

    Raises
    ------
    StorageError
        If any protected column holds a sealed text.
    """
    if next(_some_sealed(store), None) is not None:
        raise StorageError(
            f"密钥文件“{path.name}”不见了，受保护信息读不出来。请管理员找回原来的密钥文件，"
            "或用加密备份恢复；程序不会另建新的"
        )


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        raise StorageError(f"无法读取密钥文件“{path.name}”，请管理员检查它的权限") from None


def _some_sealed(store: Store) -> Iterator[str]:
    """The newest sealed text of each protected column that has any."""
    with store.reading() as connection:
        present = set(inspect(connection).get_table_names())
        for key, ledger in LEDGERS.items():
            table = LEDGER_TABLES[key]
            secret = [column.key for column in ledger.columns if column.rule.masked]
            if table.name in present and secret:
                yield from _newest(connection, key, secret)


def _newest(connection: Connection, ledger: str, secret: list[str]) -> Iterator[str]:
    table = LEDGER_TABLES[ledger]
    for name in secret:
        filled = (table.c[name].is_not(None), table.c[name] != ERASED)
        query = select(table.c[name]).where(*filled).order_by(table.c.id.desc()).limit(1)
        found = connection.execute(query).scalar()
        if is_sealed(found):
            yield str(found)
