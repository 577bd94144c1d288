"""Copies of the database: taken while it is in use, checked, and put back into an empty place.

A copy is one file, attachments and all, with a second one beside it that holds its SHA-256 in the
form ``sha256sum -c`` reads. It is an SQLite database whichever kind of database it was taken of,
so it goes back into either kind.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ledger.domain.errors import Invalid, StorageError
from ledger.operations import transfer, vault
from ledger.operations.database_check import verify
from ledger.storage import Store, migrate, open_store, private, require_current, schema_state
from ledger.storage.held_files import require_in_place
from ledger.storage.keys.secrets import key_path
from ledger.storage.own_files import refuse_own_files

_CHUNK = 1 << 20
# Rows are copied by this program's declarations, which an older database does not keep to.
_DUMP = (
    "数据库是旧版本的，本程序只能备份同版本的。请先用 pg_dump 备份，再运行:python -m ledger init"
)
_HEADER = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Backup:
    """A copy: where it lies, its size in bytes, SHA-256, and the log entries it holds."""

    path: Path
    size: int
    sha256: str
    entries: int


def backup(store: Store, target: Path, secret: bytes | None = None) -> Backup:
    """Copy the database as it is at this moment; others may go on reading and writing.

    With ``secret`` (a passphrase) the copy is encrypted and holds the key file as well; without
    it the key file must be stored elsewhere: a person with both can read everything.

    Raises
    ------
    Invalid
        If the target exists or cannot be written; nothing is left behind then.
    StorageError
        If the copy turns out to be damaged.
    """
    checksum = _checksum_file(target)
    for file in (target, checksum):
        if file.exists():
            raise Invalid(f"“{file}”已存在，不会覆盖。请换一个文件名，或先移走它")
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise Invalid(f"不能写入文件夹“{target.parent}”，请先建立它并检查写权限")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            part = Path(folder) / "copy.db"
            _copy(store, part)
            entries = _checked(part, target.name)
            if secret is not None:
                sealed = part.with_name("sealed")
                vault.seal_copy(part, _keys_of(store), sealed, secret)
                part = sealed
            digest = _sha256(part)
            told = part.with_name("checksum")
            told.write_text(f"{digest}  {target.name}\n", encoding="utf-8")
            for file in (part, told):
                file.chmod(private.FILE)
            # Unlike a rename, a link never replaces a file made meanwhile.
            os.link(told, checksum)
            os.link(part, target)
    except OSError as error:
        raise Invalid(f"无法写入备份“{target}”，请检查空间和权限({error.strerror})") from None
    return Backup(target, target.stat().st_size, digest, entries)


def restore(store: Store, source: Path, secret: bytes | None = None) -> Backup:
    """Put a copy where the configured database should be; only if there is none yet.

    A copy of either kind of database goes into either kind. With an encrypted one its key file
    comes back too.

    Raises
    ------
    Invalid
        If a database with content is there already, or the copy is missing, damaged, no copy of
        this product's database, or made by a newer program; or for want of the passphrase.
    """
    refuse_own_files(store, source, backups=False)
    _require_empty(store)
    if not source.is_file():
        raise Invalid(f"没有找到备份文件“{source}”，请检查路径")
    digest = _sha256(source)
    _check_digest(source, digest)
    place = database_file(store).parent if store.is_sqlite else None
    try:
        with tempfile.TemporaryDirectory(dir=place, prefix=".restore-") as folder:
            part = Path(folder) / "copy.db"
            keys = unpack(source, part, secret)
            entries = _checked(part, source.name)
            part.chmod(private.FILE)
            keep_keys(store, keys)
            _put_in_place(store, part)
    except OSError as error:
        raise Invalid(f"无法恢复到“{store.url}”，请检查空间和权限({error.strerror})") from None
    size = database_file(store).stat().st_size if store.is_sqlite else source.stat().st_size
    return Backup(database_file(store) if store.is_sqlite else source, size, digest, entries)


def unpack(source: Path, part: Path, secret: bytes | None) -> bytes | None:
    """Write the plain copy to ``part``; returns the key file of an encrypted one."""
    if not vault.is_sealed_copy(source):
        shutil.copyfile(source, part)
        return None
    if secret is None:
        raise Invalid(f"“{source.name}”是加密的备份，请用 --secret 指明口令文件")
    return vault.open_copy(source, part, secret)


def keep_keys(store: Store, keys: bytes | None) -> None:
    """Put the key file where the store looks for it.

    Raises
    ------
    Invalid
        If another key file is there; it is not replaced, as it may be the only copy.
    """
    path = _key_file(store)
    if not keys or (path.exists() and path.read_bytes() == keys):
        return
    if path.exists():
        raise Invalid(f"“{path}”是另一个密钥文件，不会覆盖。请先移走它")
    private.private_folder(path.parent)
    descriptor = os.open(path, private.NEW, private.FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(keys)


def _key_file(store: Store) -> Path:
    return key_path(store.engine.url.render_as_string(hide_password=False))


def _keys_of(store: Store) -> bytes:
    path = _key_file(store)
    return path.read_bytes() if path.exists() else b""


def _require_empty(store: Store) -> None:
    if store.is_sqlite:
        place = database_file(store)
        if not place.exists() or not place.stat().st_size or schema_state(store) == "empty":
            return
        raise Invalid(
            f"“{place}”已有数据，不会覆盖。请先停止服务并移走该文件，"
            "或用 LEDGER_DATABASE_URL 指向一个空位置"
        )
    require_unused(store)


def require_unused(store: Store) -> None:
    """Raise `Invalid` if anything was entered into the database."""
    state = schema_state(store)
    if state == "empty":
        return
    if state == "current":
        with store.reading() as connection:
            if transfer.is_unused(connection):
                return
    raise Invalid(f"数据库“{store.url}”已有数据，不会覆盖。请另建一个空数据库")


def _put_in_place(store: Store, part: Path) -> None:
    if store.is_sqlite:
        store.dispose()
        place = database_file(store)
        for leftover in ("", "-wal", "-shm"):
            place.with_name(place.name + leftover).unlink(missing_ok=True)
        part.replace(place)
        return
    opened = open_store(f"sqlite:///{part.as_posix()}")
    try:
        migrate(opened)
        fill(opened, store)
    finally:
        opened.dispose()


def fill(source: Store, target: Store) -> dict[str, transfer.Content]:
    """Copy one database into another, unused one, in one transaction; returns each table's content.

    Raises
    ------
    StorageError
        If what arrived is not what was sent; nothing is kept then.
    """
    migrate(target)
    with source.reading() as reading, target.writing() as writing:
        transfer.copy_contents(reading, writing)
        sent, arrived = transfer.contents(reading), transfer.contents(writing)
        wrong = transfer.differing(sent, arrived)
        if wrong:
            raise StorageError(f"迁移后内容不一致，已全部撤回：{'、'.join(wrong)}")
    return sent


def database_file(store: Store) -> Path:
    """Where the SQLite database lies."""
    name = store.engine.url.database
    if not name or name == ":memory:":
        raise Invalid("内存数据库不能备份或恢复，请检查 LEDGER_DATABASE_URL")
    return Path(name)


def _copy(store: Store, part: Path) -> None:
    """``VACUUM INTO`` reads one snapshot and cannot run inside a transaction."""
    if (store.is_sqlite and not database_file(store).exists()) or schema_state(store) == "empty":
        raise StorageError("数据库尚未建立，没有可以备份的内容，请先运行:python -m ledger init")
    require_current(store, besides="older")
    if not store.is_sqlite:
        if schema_state(store) == "older":
            raise StorageError(_DUMP)
        opened = open_store(f"sqlite:///{part.as_posix()}")
        try:
            fill(store, opened)
        finally:
            opened.dispose()
        return
    pooled = store.engine.raw_connection()
    try:
        require_in_place(pooled.driver_connection)
        pooled.cursor().execute("VACUUM INTO ?", (str(part),))
    except sqlite3.DatabaseError as error:
        raise StorageError("备份没有完成，请检查磁盘空间和数据库后重试") from error
    finally:
        pooled.close()


def _checked(copy: Path, name: str) -> int:
    """The number of log entries of a sound copy. Raises `Invalid` for any other file."""
    with copy.open("rb") as stream:
        if stream.read(len(_HEADER)) != _HEADER:
            raise Invalid(f"“{name}”不是本系统的备份文件，请检查是否选错")
    opened = open_store(f"sqlite:///{copy.as_posix()}")
    try:
        state = schema_state(opened)
        if state in ("empty", "newer"):
            reason = "不是本系统的备份文件，请检查是否选错"
            if state == "newer":
                reason = "由更新版本的程序建立，不能使用。请先升级程序，再恢复它"
            raise Invalid(f"“{name}”{reason}")
        found = verify(opened)
        _fold_log(opened)
    except StorageError:
        raise Invalid(f"“{name}”已损坏，不能使用。请换一份备份") from None
    finally:
        opened.dispose()
    if not found.sound:
        raise Invalid(f"“{name}”没有通过检查，不能使用：{found.faults[0]}。请换一份备份")
    return found.entries


def _fold_log(store: Store) -> None:
    """Make the copy one single file: no write-ahead log beside it."""
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode=DELETE")
    finally:
        raw.close()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _checksum_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _check_digest(source: Path, digest: str) -> None:
    """Compare with the file beside the copy, if it came along."""
    checksum = _checksum_file(source)
    if not checksum.is_file():
        return
    wanted = checksum.read_text(encoding="utf-8", errors="replace").split()
    if not wanted or wanted[0].lower() != digest:
        raise Invalid(f"“{source.name}”与校验文件“{checksum.name}”不符，可能已损坏，请换一份备份")
