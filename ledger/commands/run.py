"""What every command goes through: who acts, what is printed, how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.errors import Refused
from ledger.people.users import actor_of, find_user
from ledger.storage import Store, require_current
from ledger.storage.key_check import require_keys
from ledger.storage.migrate import SchemaState
from ledger.storage.sqlite import check_file

DONE = 0
REFUSED = 1


@dataclass(frozen=True)
class Outcome:
    """How a command ended: the JSON object, the lines for people, complaints, the exit code."""

    result: Mapping[str, Any]
    lines: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    code: int = DONE


def show(outcome: Outcome, *, as_json: bool) -> int:
    """Print an outcome and return its exit code; as JSON nothing else goes to standard output."""
    lines = (json.dumps(outcome.result, ensure_ascii=False),) if as_json else outcome.lines
    for stream, texts in ((sys.stdout, lines), (sys.stderr, outcome.complaints)):
        for text in texts:
            print(text, file=stream)
        stream.flush()
    return outcome.code


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
