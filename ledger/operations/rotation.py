"""Change the encryption key: a new one in front, everything sealed anew, the old one retired.

Safe to stop at any moment, a power cut included: whatever is sealed stays readable, because the old
key leaves the key file only after nothing needs it any more; run again, it goes on where it was.
The service goes on meanwhile: a process reads the key file anew when it was replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, StorageError
from ledger.domain.timing import clock
from ledger.operations.stored import Stretch, in_stretch, stretches, turn_records, turned_history
from ledger.records.history import audit
from ledger.records.history.drafts import turn_sealed
from ledger.records.places.areas import require_reach
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.keys.keyfile import Keys, read_keys, write_keys
from ledger.storage.keys.secrets import Sealer, key_path, sealer_at

AT_ONCE = 1_000
_ROUNDS = 5


@dataclass(frozen=True)
class Sealed:
    """How many sealed texts there are, by the key of today's key file that opens them."""

    newest: int
    older: int
    unreadable: int


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: the number of texts resealed, and the file with the retired keys."""

    resealed: int
    retired: Path
    resumed: bool


def rotate(store: Store, actor: Actor) -> Rotated:
    """Put a new key in front, or go on with a rotation that was stopped, and finish it.

    Raises
    ------
    Refused
        If the actor may not run the installation.
    StorageError
        If something cannot be read with the keys there are: nothing is retired then.
    """
    require_reach(store, actor, Action.OPERATE)
    path = _path(store)
    sealer_at(path)  # makes the file where there is none
    before = read_keys(path)
    if not before.rotating:
        write_keys(path, before.with_new())
    return _retire(store, actor, path, 0, resumed=before.rotating)


def check(store: Store, actor: Actor) -> Sealed:
    """Count what is sealed with the newest key, with older ones, and what no key opens."""
    require_reach(store, actor, Action.OPERATE)
    counts = {"newest": 0, "older": 0, "unreadable": 0}
    sealer = store.sealer

    def count(sealed: str) -> str:
        counts[_state(sealer, sealed)] += 1
        return sealed

    with store.reading() as connection:
        turn_sealed(connection, count)
        for stretch in stretches(connection, AT_ONCE):
            if stretch.ledger is None:
                turned_history(connection, count, *in_stretch(stretch))
            else:
                turn_records(connection, stretch, count)
    return Sealed(**counts)


def _state(sealer: Sealer, sealed: str) -> str:
    if sealer.is_newest(sealed):
        return "newest"
    try:
        sealer.open(sealed)
    except (StorageError, Invalid):
        return "unreadable"
    return "older"


@tried_again
def _reseal(store: Store, actor: Actor, stretch: Stretch) -> int:
    """One stretch, as one transaction."""
    with store.writing() as connection:
        turn = store.sealer.resealed
        if stretch.ledger is not None:
            return turn_records(connection, stretch, turn)
        entries, count = turned_history(connection, turn, *in_stretch(stretch))
        if entries:
            change = audit.Change("reseal", after={"count": count})
            audit.rewrite(connection, actor, entries, change)
        return count


def _retire(store: Store, actor: Actor, path: Path, done: int, *, resumed: bool) -> Rotated:
    """Take the old keys out of the file, while nobody else can write, once nothing needs them."""
    for _ in range(_ROUNDS):
        # A save that began before the new key was written may still have used the old one.
        with store.reading() as connection:
            todo = list(stretches(connection, AT_ONCE))
        done += sum(_reseal(store, actor, stretch) for stretch in todo)
        with store.writing() as connection:
            done += turn_sealed(connection, store.sealer.resealed)
            if _needs_old(connection, store.sealer):
                continue
            keys = read_keys(path)
            retired = path.with_name(f"{path.name}.retired-{clock.now():%Y%m%d%H%M%S}")
            write_keys(retired, Keys(keys.encryption[1:], keys.search))
            write_keys(path, keys.newest_only())
            audit.append(connection, actor, [audit.Change("keys", after={"count": done})])
            return Rotated(done, retired, resumed)
    raise StorageError("仍有进程在用旧密钥保存。旧密钥已保留，请重启服务后再运行一次")


def _needs_old(connection: Connection, sealer: Sealer) -> bool:
    """Whether anything that was kept still needs an older key."""
    found = False

    def look(sealed: str) -> str:
        nonlocal found
        found = found or not sealer.is_newest(sealed)
        return sealed

    for stretch in stretches(connection, AT_ONCE):
        if stretch.ledger is None:
            turned_history(connection, look, *in_stretch(stretch))
        else:
            turn_records(connection, stretch, look)
        if found:
            return True
    return False


def _path(store: Store) -> Path:
    return key_path(store.engine.url.render_as_string(hide_password=False))
