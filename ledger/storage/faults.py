"""Turn drivers' errors about the database as a whole into one Chinese message each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.domain.errors import StorageError

BUSY = "数据库正被占用，请稍后重试；若持续出现，请联系管理员"
_FULL = "磁盘空间已满，无法保存。请管理员清理磁盘后重试"
_READ_ONLY = "数据库为只读，无法保存。请管理员检查数据目录的写权限"
CORRUPT = "数据库文件已损坏。请管理员停止服务，从备份恢复"
_MISSING = "数据库尚未建立，请先运行:python -m ledger init"
_AWAY = "数据库服务器没有应答，最后一次操作可能没有保存，请稍后核对再试；若持续出现，请联系管理员"
_NOWHERE = "数据库服务器上没有这个数据库。请管理员先建立它(步骤见 deploy/README.md)"
_REFUSED = "数据库服务器拒绝登录。请管理员检查 LEDGER_DATABASE_URL 里的用户名和密码"

# Searched in this order in the driver's message, in lower case.
_SIGNS: Mapping[str, str] = {
    "database is locked": BUSY,
    "lock timeout": BUSY,
    "remaining connection slots": BUSY,
    "too many clients": BUSY,
    "readonly": _READ_ONLY,
    "read-only transaction": "数据库服务器现为只读的备用机，无法保存。请管理员检查主备切换是否完成",
    "disk is full": _FULL,
    "no space left": _FULL,
    "disk i/o error": "磁盘读写出错，没有保存。请管理员检查磁盘空间和磁盘是否损坏",
    "malformed": CORRUPT,
    "not a database": "数据库文件已损坏或不是数据库。请管理员从备份恢复",
    "invalid page in block": CORRUPT,
    "unable to open": "无法打开数据库文件。请管理员检查路径和权限",
    "no such table": _MISSING,
    'fatal:  database "': _NOWHERE,
    "authentication failed": _REFUSED,
    "no password supplied": _REFUSED,
    "server closed the connection": _AWAY,
    "terminating connection": _AWAY,
    "connection failed": _AWAY,
    "connection is bad": _AWAY,
    "connection refused": _AWAY,
    "connection timeout": _AWAY,
    "the connection is closed": _AWAY,
    "connection is lost": _AWAY,
    "consuming input failed": _AWAY,
    "could not receive data": _AWAY,
    "could not send data": _AWAY,
    "the database system is": _AWAY,
}
# PostgreSQL's five-character codes (SQLSTATE): table missing, database missing, disk full.
_CODES: Mapping[str, str] = {
    "42P01": _MISSING,
    "3D000": _NOWHERE,
    "53100": _FULL,
}
# Serialisation failure and deadlock: the same transaction can succeed when it is run again.
_GAVE_WAY = frozenset({"40001", "40P01"})


class GaveWay(StorageError):
    """The database rolled this transaction back in favour of another; nothing was written."""


@contextmanager
def clear_errors() -> Iterator[None]:
    """Replace drivers' errors about the database as a whole; other errors pass unchanged.

    Raises
    ------
    GaveWay
        If the database rolled the transaction back because of another one (40001, 40P01).
    StorageError
        If the database is busy, full, read-only, damaged, missing or not reachable.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StorageError(BUSY) from error
    except (DatabaseError, InterfaceError) as error:
        code = getattr(error.orig, "sqlstate", None)
        if code in _GAVE_WAY:
            raise GaveWay("与别人的保存相撞，这一次没有保存。请再按一次保存") from error
        message = _CODES.get(code or "") or _said(str(error.orig).lower())
        if message is not None:
            raise StorageError(message) from error
        raise


def _said(text: str) -> str | None:
    return next((message for sign, message in _SIGNS.items() if sign in text), None)
