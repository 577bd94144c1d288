"""Move an office to another database, and test a backup by restoring and comparing it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.domain.errors import Invalid, StorageError
from ledger.operations import transfer
from ledger.operations.backup import backup, fill, keep_keys, require_unused, restore, unpack
from ledger.operations.database_check import verify
from ledger.operations.transfer import Content
from ledger.storage import Store, migrate, open_store, require_current, schema_state
from ledger.storage.keys.secrets import key_path
from ledger.storage.own_files import refuse_own_files


@dataclass(frozen=True)
class Moved:
    """The result of a move: each table's content, one hash over all, and the log's entries."""

    contents: Mapping[str, Content]
    sha256: str
    entries: int

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.contents.values())


@dataclass(frozen=True)
class Drill:
    """A backup that was restored and compared.

    ``live`` says whether the database in use was the same at that moment as well; None if it was
    written to meanwhile, so that it could not be compared.
    """

    moved: Moved
    live: bool | None


def move(source: Store, target: Store) -> Moved:
    """Copy an office into an unused database, with its key file; the source stays as it is.

    Nobody can save in the source meanwhile. Rows and SHA-256 of every table are compared before
    anything is kept, and the log's chain is walked in the new place.

    Raises
    ------
    Invalid
        If something was entered into the target before, or another key file lies there.
    StorageError
        If the source is of another version of this program, or what arrived is not what was
        sent; nothing is kept then.
    """
    if source.engine.url == target.engine.url:
        raise Invalid("目标就是现在的数据库，请核对地址")
    require_current(source)
    require_unused(target)
    _bring_keys(source, target)
    with source.writing():
        contents = fill(source, target)
    found = verify(target)
    if not found.sound:
        raise StorageError(f"迁移后的数据库没有通过检查：{found.faults[0]}。请继续使用原来的数据库")
    return Moved(contents, transfer.digest(contents), found.entries)


def drill(store: Store, copy: Path | None = None, secret: bytes | None = None) -> Drill:
    """Restore a backup (without one: a fresh one) beside the office and compare all of it.

    Raises
    ------
    Invalid
        If the backup cannot be used.
    StorageError
        If what was restored is not what the backup holds.
    """
    if copy is not None:
        refuse_own_files(store, copy, backups=False)
    with tempfile.TemporaryDirectory(prefix="ledger-drill-") as folder:
        before = _contents(store) if copy is None else None
        taken = copy or backup(store, Path(folder) / "drill.db", secret).path
        place = open_store(f"sqlite:///{(Path(folder) / 'restored' / 'ledger.db').as_posix()}")
        restored = _restored(place, taken, secret)
        plain = Path(folder) / "plain.db"
        unpack(taken, plain, secret)
        held = _of_file(plain)
        wrong = transfer.differing(held, restored.contents)
        if wrong:
            raise StorageError(f"恢复出来的内容与备份不一致：{'、'.join(wrong)}。请换一份备份")
        live = None
        if before is not None and before == _contents(store):
            live = before == restored.contents
            if not live:
                wrong = transfer.differing(before, restored.contents)
                raise StorageError(f"备份与数据库不一致：{'、'.join(wrong)}。请联系维护人员")
        return Drill(restored, live)


def _restored(place: Store, copy: Path, secret: bytes | None) -> Moved:
    try:
        restore(place, copy, secret)
        if schema_state(place) == "older":
            migrate(place)
        found, contents = verify(place), _contents(place)
        if not found.sound:
            raise StorageError(f"恢复出来的数据库没有通过检查：{found.faults[0]}")
        return Moved(contents, transfer.digest(contents), found.entries)
    finally:
        place.dispose()


def _of_file(copy: Path) -> dict[str, Content]:
    opened = open_store(f"sqlite:///{copy.as_posix()}")
    try:
        if schema_state(opened) == "older":
            migrate(opened)
        return _contents(opened)
    finally:
        opened.dispose()


def _contents(store: Store) -> dict[str, Content]:
    with store.reading() as connection:
        return transfer.contents(connection)


def _bring_keys(source: Store, target: Store) -> None:
    path = key_path(source.engine.url.render_as_string(hide_password=False))
    if path.exists():
        keep_keys(target, path.read_bytes())
