"""A removed attachment is gone from its row and from the files; who removed it and why stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.engine import make_url

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.masks import ERASED
from ledger.domain.timing import clock
from ledger.operations import backup
from ledger.operations.retention import erase_due, keep_for, months_before
from ledger.records import attachments
from ledger.records import service as records
from ledger.records.attachments import attach, remove
from ledger.records.history import audit, chain_check
from ledger.records.removed_files import faults_of_attachments
from ledger.records.searched import TYPED
from ledger.storage import Store, open_store
from ledger.storage.own_tables import attachments as table
from ledger.storage.tables import LEDGER_TABLES, changes
from tests.ledger.conftest import actor
from tests.ledger.records.protected_cases import add_lead
from tests.log_entries import recent

ADMIN = actor(Role.ADMIN, "*")
MARK = b"MARK-OF-A-PHOTO-THAT-MUST-GO" * 40
PHOTO = b"\x89PNG\r\n\x1a\n" + MARK * 20  # some pages of it


def file_of(store: Store, office: Actor, name: str = "门口.png") -> tuple[int, int]:
    lead = add_lead(store, office)
    return lead, attach(store, office, "leads", lead, name, PHOTO)


def bytes_on_disk(store: Store) -> bytes:
    """Everything in the files of the database: pages, free ones among them, and the log."""
    file = Path(str(make_url(str(store.engine.url)).database))
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def newest(store: Store, office: Actor, lead: int) -> audit.Entry:
    return records.history(store, office, "leads", lead)[0]


@pytest.mark.sqlite_only
def test_the_bytes_of_a_removed_file_are_nowhere(store: Store, office: Actor) -> None:
    _, photo = file_of(store, office)
    assert MARK in bytes_on_disk(store)
    remove(store, office, photo, reason="传错了")
    assert MARK[:28] not in bytes_on_disk(store)


@pytest.mark.sqlite_only
def test_nor_are_they_in_a_copy(store: Store, office: Actor, tmp_path: Path) -> None:
    _, photo = file_of(store, office)
    remove(store, office, photo, reason="传错了")
    backup.backup(store, tmp_path / "copy.db")
    assert MARK[:28] not in (tmp_path / "copy.db").read_bytes()


def test_who_removed_it_and_why_stays(store: Store, office: Actor) -> None:
    lead, photo = file_of(store, office)
    remove(store, office, photo, reason="司马举报乙要求删去")
    entry = newest(store, office, lead)
    assert (entry.action, entry.actor) == ("detach", office.name)
    assert entry.before["attachment"] == "门口.png"
    assert "司马举报乙" not in entry.reason
    with store.reading() as connection:
        row = connection.execute(select(table)).one()
        assert (row.deleted, row.content) == (True, b"")
        assert chain_check.verify(connection).faults == ()
    assert faults_of_attachments(store) == ()
    with pytest.raises(NotFound):
        remove(store, office, photo, reason="再删一次")


def test_a_reason_is_asked_for(store: Store, office: Actor) -> None:
    _, photo = file_of(store, office)
    with pytest.raises(Invalid, match="原因"):
        remove(store, office, photo, reason="  ")
    assert attachments.content_of(store, office, photo)[1] == PHOTO


def closed(store: Store, lead: int, months: int) -> None:
    values = {"closed_on": months_before(clock.today(), months), "state": "archived"}
    leads = LEDGER_TABLES["leads"]
    with store.writing() as connection:
        connection.execute(update(leads).where(leads.c.id == lead).values(**values))


def test_attachments_go_with_their_record(store: Store, office: Actor) -> None:
    keep_for(store, ADMIN, 24)
    old, photo = file_of(store, office, "欧阳某的身份证.png")
    recent, kept = file_of(store, office)
    closed(store, old, 30)
    closed(store, recent, 6)
    done = erase_due(store, ADMIN)
    assert (done.records["leads"], done.files, done.is_clear) == (1, 1, True)
    with pytest.raises(NotFound):
        attachments.content_of(store, office, photo)
    assert attachments.content_of(store, office, kept)[1] == PHOTO
    with store.reading() as connection:
        said = connection.execute(select(changes.c.before, changes.c.after)).all()
        assert "欧阳某的身份证" not in str(said)
        assert (
            connection.execute(select(table.c.name).where(table.c.id == photo)).scalar() == ERASED
        )
        assert chain_check.verify(connection).faults == ()
    detached = [
        one for one in records.history(store, office, "leads", old) if one.action == "detach"
    ]
    assert [(one.actor, one.reason) for one in detached] == [(ADMIN.name, "超过保存期限")]
    assert faults_of_attachments(store) == ()
    assert erase_due(store, ADMIN).records["leads"] == 0


def test_a_file_of_a_record_that_was_erased_before_goes_too(store: Store, office: Actor) -> None:
    """Earlier versions erased the names and left the papers."""
    keep_for(store, ADMIN, 24)
    lead = add_lead(store, office)
    closed(store, lead, 30)
    erase_due(store, ADMIN)
    attach(store, office, "leads", lead, "补交.png", PHOTO)
    assert erase_due(store, ADMIN, dry_run=True).records["leads"] == 1
    assert erase_due(store, ADMIN).files == 1


def spoil(store: Store, photo: int, what: str) -> None:
    """Behind the application's back."""
    mine = table.c.id == photo
    with store.writing() as connection:
        match what:
            case "changed":
                connection.execute(update(table).where(mine).values(content=PHOTO + b"x"))
            case "gone":
                connection.execute(delete(table).where(mine))
            case "hidden":
                connection.execute(update(table).where(mine).values(deleted=True, content=b""))
            case "kept":
                connection.execute(update(table).where(mine).values(content=PHOTO))


@pytest.mark.parametrize(
    ("removed", "what", "said"),
    [
        (False, "changed", "内容被改动"),
        (False, "gone", "1 个附件已不在"),
        (False, "hidden", "没有删除记录就被删除"),
        (True, "kept", "已删除，内容却还在"),
    ],
)
def test_verify_finds_what_happened_behind_its_back(
    store: Store, office: Actor, removed: bool, what: str, said: str
) -> None:
    _, photo = file_of(store, office)
    if removed:
        remove(store, office, photo, reason="传错了")
    assert faults_of_attachments(store) == ()
    spoil(store, photo, what)
    (fault,) = faults_of_attachments(store)
    assert said in fault


def test_searches_that_the_log_still_tells_are_taken_out(store: Store, office: Actor) -> None:
    """Earlier versions wrote into the log what an export was searched by."""
    after = {
        "rows": 1,
        "text": "司马举报乙",
        "title": "线索；搜索“司马举报乙”",
        "conditions": ["线索内容 contains 司马举报乙", "人数 ge 3"],
    }
    other = {"rows": 2, "title": "信访事项；重访", "conditions": ["是否重访 in (True,)"]}
    with store.writing() as connection:
        some = [audit.Change("export", "leads", after=one) for one in (after, other)]
        audit.append(connection, office, some)
    keep_for(store, ADMIN, 24)
    assert erase_due(store, ADMIN).searches == 1
    with store.reading() as connection:
        kept = connection.execute(select(changes.c.after)).scalars().all()
        assert "司马举报乙" not in str(kept)
        assert chain_check.verify(connection).faults == ()
        entries = recent(connection, action="export")
    assert entries[1].after == {
        "rows": 1,
        "text": TYPED,
        "conditions": [f"线索内容 contains {TYPED}", "人数 ge 3"],
    }
    assert entries[0].after == other
    assert erase_due(store, ADMIN).searches == 0


@pytest.mark.sqlite_only
def test_every_connection_overwrites_what_it_frees(database_url: str) -> None:
    opened = open_store(database_url)
    with opened.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    opened.dispose()
