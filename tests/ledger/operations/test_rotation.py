"""The key is changed without losing a text, wherever it is stopped, and nothing old remains."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Refused, StorageError
from ledger.operations import rotation, stored
from ledger.operations.rotation import Sealed, check, rotate
from ledger.records import service as records
from ledger.records.history import chain_check
from ledger.storage import Store
from ledger.storage.keys.keyfile import Keys, read_keys, write_keys
from ledger.storage.keys.secrets import sealer_at
from ledger.storage.tables import changes, leads
from tests.ledger.conftest import actor
from tests.ledger.records.protected_cases import INFORMANT, INFORMANT_PHONE, add_lead, add_petition

ADMIN = actor(Role.ADMIN, "*")


@pytest.fixture
def key_file(store: Store) -> Path:
    return rotation._path(store)


@pytest.fixture
def lead(store: Store, office: Actor) -> int:
    """A lead that was changed once, so that its history holds sealed texts before and after."""
    lead = add_lead(store, office)
    edit = records.Edit(lead, 1, {"informant": "另一举报人"})
    records.save(store, office, "leads", [edit])
    add_petition(store, office)
    return lead


def opened(store: Store, lead: int) -> str:
    with store.reading() as connection:
        kept = connection.execute(select(leads.c.informant).where(leads.c.id == lead)).scalar_one()
    return store.sealer.open(kept)


def verdict(store: Store) -> tuple[str, ...]:
    with store.reading() as connection:
        return chain_check.verify(connection).faults


def test_everything_is_under_the_new_key_and_the_old_one_is_put_aside(
    store: Store, lead: int, key_file: Path
) -> None:
    old = read_keys(key_file)
    total = check(store, ADMIN).newest
    done = rotate(store, ADMIN)
    assert done.resealed == total == 12
    new = read_keys(key_file)
    assert new.search == old.search
    assert set(new.encryption).isdisjoint(old.encryption)
    assert read_keys(done.retired) == old
    assert check(store, ADMIN) == Sealed(total, 0, 0)
    assert opened(store, lead) == "另一举报人"
    assert verdict(store) == ()


def test_history_still_tells_what_it_told(store: Store, office: Actor, lead: int) -> None:
    rotate(store, ADMIN)
    update = next(e for e in records.history(store, office, "leads", lead) if e.action == "update")
    assert store.sealer.open(update.before["informant"]) == INFORMANT
    assert store.sealer.open(update.after["informant"]) == "另一举报人"


def test_a_text_is_found_by_the_same_hash_afterwards(
    store: Store, lead: int, key_file: Path
) -> None:
    before = store.sealer.fingerprint(INFORMANT_PHONE)
    rotate(store, ADMIN)
    rotate(store, ADMIN)
    assert store.sealer.fingerprint(INFORMANT_PHONE) == before


@pytest.mark.parametrize("stops_after", range(4))
def test_stopped_anywhere_it_goes_on_where_it_was(
    store: Store,
    lead: int,
    key_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    stops_after: int,
) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr(rotation, "AT_ONCE", 2)
    steps = 0
    reseal = rotation._reseal

    def until_killed(*arguments: object) -> int:
        nonlocal steps
        if steps == stops_after:
            raise Killed
        steps += 1
        return reseal(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "_reseal", until_killed)
    with pytest.raises(Killed):
        rotate(store, ADMIN)
    assert read_keys(key_file).rotating
    assert opened(store, lead) == "另一举报人"
    assert verdict(store) == ()
    assert check(store, ADMIN).unreadable == 0
    monkeypatch.setattr(rotation, "_reseal", reseal)
    assert rotate(store, ADMIN).resumed
    assert check(store, ADMIN).older == 0
    assert not read_keys(key_file).rotating
    assert verdict(store) == ()


def test_a_text_saved_with_the_old_key_meanwhile_is_found_before_it_is_retired(
    store: Store, office: Actor, lead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, late = store.sealer.seal("最后一刻"), list[int]()
    reseal = rotation._reseal

    def and_somebody_saves(*arguments: object) -> int:
        done = reseal(*arguments)  # type: ignore[arg-type]
        stretch = arguments[2]
        if not late and isinstance(stretch, stored.Stretch) and stretch.ledger is None:
            with store.writing() as connection:
                connection.execute(leads.update().values(informant=old))
            late.append(lead)
        return done

    monkeypatch.setattr(rotation, "_reseal", and_somebody_saves)
    rotate(store, ADMIN)
    assert late
    assert opened(store, lead) == "最后一刻"
    assert check(store, ADMIN) == Sealed(12, 0, 0)


def test_with_a_key_missing_nothing_is_retired(store: Store, lead: int, key_file: Path) -> None:
    lost = read_keys(key_file)
    key_file.unlink()
    sealer_at(key_file)
    assert check(store, ADMIN).unreadable == 12
    with pytest.raises(StorageError, match="恢复原密钥文件"):
        rotate(store, ADMIN)
    assert not list(key_file.parent.glob("*.retired-*"))
    # The lost key found again, behind the others, makes all well.
    write_keys(key_file, Keys((*read_keys(key_file).encryption, *lost.encryption), lost.search))
    rotate(store, ADMIN)
    assert check(store, ADMIN) == Sealed(12, 0, 0)
    assert verdict(store) == ()


def test_others_may_not(store: Store, office: Actor) -> None:
    for run in (rotate, check):
        with pytest.raises(Refused):
            run(store, office)


def test_a_rewritten_entry_holds_what_was_told_and_nothing_else(store: Store, lead: int) -> None:
    rotate(store, ADMIN)
    with store.writing() as connection:
        entry = connection.execute(
            select(changes).where(changes.c.action == "create", changes.c.ledger == "leads")
        ).one()
        forged = entry.after.replace("高息揽储", "没有问题")
        connection.execute(changes.update().where(changes.c.id == entry.id).values(after=forged))
    assert verdict(store) == (f"第{entry.id}条日志内容被改动",)
