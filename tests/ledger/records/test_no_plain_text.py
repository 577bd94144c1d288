"""Names and phones go through every service, and then nobody finds them in what was written.

Looked through are the database file with its write-ahead log, everything exported, the service's
own log and the bulletins, in every encoding in which a text may lie there.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ledger.casework.steps import take_step
from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, LedgerError
from ledger.domain.ledgers import LEADS
from ledger.domain.settings import settings
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.remembered import remember
from ledger.exchange.writing.exports import export
from ledger.operations import logs, slow
from ledger.operations.rotation import rotate
from ledger.operations.slow import SLOW
from ledger.records import attachments
from ledger.records import service as records
from ledger.records.history import drafts
from ledger.records.putting_back import put_back_change
from ledger.records.query import Selection
from ledger.records.revealing import reveal
from ledger.storage import Store
from tests.ledger.conftest import WEST_GRID, actor
from tests.ledger.records.protected_cases import (
    INFORMANT,
    INFORMANT_PHONE,
    PETITIONER,
    PETITIONER_PHONE,
    SECRETS,
    SUSPECT,
    add_lead,
    add_petition,
)
from tests.ledger.sheets import text_table
from tests.people import make_user

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def spellings(plain: str) -> set[bytes]:
    """How a text may lie in a file: as UTF-8, UTF-16, GB18030, and escaped as JSON."""
    return {
        plain.encode(),
        plain.encode("utf-16-le"),
        plain.encode("gb18030"),
        json.dumps(plain).strip('"').encode(),
    }


def found_in(content: bytes) -> set[str]:
    """Which of the secrets stand in a file, its compressed parts included."""
    parts = [content]
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
            parts += [name.encode() for name in archive.namelist()]
    return {
        secret
        for secret in SECRETS
        for spelling in spellings(secret)
        if any(spelling in part for part in parts)
    }


def on_disk(store: Store) -> bytes:
    """The raw database: its file, the write-ahead log, whatever else lies beside it."""
    if not store.is_sqlite:
        return b"".join(path.read_bytes() for path in _tables_of(store))
    file = Path(str(store.engine.url.database))
    return b"".join(
        path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")) if path.is_file()
    )


def _tables_of(store: Store) -> list[Path]:
    """The files of a PostgreSQL database that lies on this machine."""
    with store.engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        where = (
            "SELECT current_setting('data_directory'), oid FROM pg_database "
            "WHERE datname = current_database()"
        )
        folder, oid = connection.execute(text(where)).one()
    return sorted(path for path in Path(folder, "base", str(oid)).iterdir() if path.is_file())


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    monkeypatch.setattr(settings(), "slow_statement_milliseconds", 0)
    SLOW.clear()
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    SLOW.clear()


def test_the_search_itself_would_find_them(store: Store, office: Actor) -> None:
    lead = add_lead(store, office, matter=f"{INFORMANT}来电反映")
    assert INFORMANT in found_in(on_disk(store))
    assert records.get(store, office, "leads", lead)


def go_through_every_service(store: Store, office: Actor, folder: Path) -> list[bytes]:
    """Everything that takes or gives a protected text; returns what was written elsewhere."""
    lead, petition = add_lead(store, office), add_petition(store, office)
    user = make_user(store, "zhangsan")
    typing = Actor(office.name, office.role, office.scope_code, office.scope_path, user.id)
    drafts.keep(store, typing, f"leads/{lead}", {"informant": INFORMANT, "matter": "改一改"}, 1)
    drafts.keep(store, typing, "petitions/new", {"petitioner_phone": PETITIONER_PHONE}, None)
    new_texts = {"informant": INFORMANT + "乙", "informant_phone": "138 1234 0987"}
    records.save(store, office, "leads", [records.Edit(lead, 1, new_texts)])
    with pytest.raises(Conflict):
        records.save(store, office, "leads", [records.Edit(lead, 1, {"informant": SUSPECT})])
    with pytest.raises(Invalid):
        records.save(store, office, "leads", [records.Edit(lead, 2, {"suspect": SUSPECT * 40})])
    entry = records.history(store, office, "leads", lead)[0]
    put_back_change(store, office, entry.id, reason="填错了人")
    take_step(store, office, "leads", lead, 3, "verify", {"handler": "承办甲"})
    take_step(
        store,
        office,
        "leads",
        lead,
        4,
        "conclude",
        {"finding": "属实", "verification": "已核", "suspect": SUSPECT},
    )
    attachments.attach(
        store, office, "leads", lead, f"{INFORMANT}-{INFORMANT_PHONE}-身份证.png", PICTURE
    )
    reveal(store, office, "leads", lead, "informant", f"打{INFORMANT_PHONE}回访{INFORMANT}")
    assert records.search(store, office, "leads", Selection(text=INFORMANT_PHONE)).total == 1
    assert records.search(store, office, "petitions", Selection(text=PETITIONER)).total == 0
    mapping = FileMapping(constants={"informant": INFORMANT})
    with pytest.raises(Invalid, match="受保护信息"):
        remember(store, office, LEADS, "0" * 64, "某镇来表", mapping)
    import_all(store, office, folder)
    out = [
        export(store, office, ledger, Selection(), kind).content
        for ledger in ("leads", "petitions")
        for kind in ("xlsx", "csv")
    ]
    searched = Selection(text=INFORMANT_PHONE)
    out.append(
        export(
            store, office, "leads", searched, "xlsx", title=f"线索；搜索：{INFORMANT_PHONE}"
        ).content
    )
    records.delete(store, office, "petitions", {petition: 1}, reason="重复登记")
    return out


def import_all(store: Store, office: Actor, folder: Path) -> None:
    """One file that is taken over, and one that is not."""
    header = ["登记日期", "信访事项", "所属区域", "信访人", "信访人电话"]
    good = ["2026-05-21", "押金不退", WEST_GRID, PETITIONER, PETITIONER_PHONE]
    bad = ["不是日期", "押金不退", WEST_GRID, PETITIONER, PETITIONER_PHONE]
    taken = import_file(store, office, "petitions", text_table(folder / "a.csv", [header, good]))
    assert taken.created == 1
    refused = import_file(store, office, "petitions", text_table(folder / "b.csv", [header, bad]))
    assert refused.rejected == 1


def test_nothing_that_was_written_holds_them(
    store: Store, office: Actor, tmp_path: Path, log: io.StringIO
) -> None:
    slow.watch(store.engine)
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    written = go_through_every_service(store, office, incoming)
    # An error that nobody foresaw, with such a text in its hand.
    with pytest.raises((SQLAlchemyError, LedgerError)) as failure, store.writing() as connection:
        connection.execute(text("INSERT INTO leads (informant) VALUES (:a)"), {"a": INFORMANT})
    logging.getLogger("pages.x").error("script error", exc_info=failure.value)
    assert INFORMANT not in str(failure.value)
    rotate(store, actor(Role.ADMIN, "*"))

    assert found_in(on_disk(store)) == set()
    for content in written:
        assert found_in(content) == set()
    assert found_in(log.getvalue().encode()) == set()
    assert "script error" in log.getvalue()
    assert SLOW.newest()
    assert found_in(repr(SLOW.newest()).encode()) == set()


def test_names_of_files_keep_a_mask_in_their_place(store: Store, office: Actor) -> None:
    lead = add_lead(store, office)
    attachments.attach(store, office, "leads", lead, f"{INFORMANT}的身份证.png", PICTURE)
    (kept,) = attachments.listed(store, office, "leads", lead)
    assert kept.name == "司**的身份证.png"


def test_a_phone_finds_its_record_for_those_who_may_see_it(
    store: Store, office: Actor, leader: Actor
) -> None:
    lead = add_lead(store, office)
    add_lead(store, office, informant_phone="13812340986")

    def found(who: Actor, words: str) -> list[int]:
        page = records.search(store, who, "leads", Selection(text=words))
        return [row["id"] for row in page.rows]

    assert found(office, INFORMANT_PHONE) == [lead]
    assert found(office, "138-1234-0987") == [lead]
    assert found(office, INFORMANT_PHONE[:-1]) == []
    assert found(office, INFORMANT) == []
    assert found(leader, INFORMANT_PHONE) == []
    assert found(actor(Role.GRID_WORKER, WEST_GRID), INFORMANT_PHONE) == []


@pytest.mark.parametrize(
    "typed", ['{"m":"x","h":"","c":""}', '{"m":1}', '{"m":"张**","h":"0","c":"gAAAA"}']
)
def test_what_looks_sealed_is_sealed_all_the_same(store: Store, office: Actor, typed: str) -> None:
    lead = add_lead(store, office, informant=typed)
    assert reveal(store, office, "leads", lead, "informant", "看看写了什么") == typed
    assert typed.encode() not in on_disk(store)
