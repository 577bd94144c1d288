"""What every command goes through first: who acts, and whether the database can be used."""

from __future__ import annotations

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.errors import Refused
from ledger.people.users import actor_of, find_user
from ledger.storage import Store, require_current
from ledger.storage.key_check import require_keys
from ledger.storage.migrate import SchemaState
from ledger.storage.sqlite import check_file


def acting(store: Store, name: str | None) -> Actor:
    """The user of that name, or the system itself. Raises `NotFound` or `Refused`."""
    if name is None:
        return SYSTEM
    user = find_user(store, name)
    if user.disabled:
        raise Refused(f"用户“{user.name}”已停用，不能以其身份操作")
    return actor_of(store, user)


def require_schema(store: Store, *, besides: SchemaState = "current") -> None:
    """Refuse a database that is not there, damaged or of another version, saying what to do.

    Raises
    ------
    StorageError
        Unless the file is sound, the schema that of this program (or in the one other state
        that will do), the key file that of the database.
    """
    check_file(store.engine)
    require_current(store, besides=besides)
    require_keys(store)
