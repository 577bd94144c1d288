"""Bulletins are frozen when made, numbered in a row, and fixed when issued."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Conflict, Invalid, NotFound, Refused, StorageError
from ledger.records import service as records
from ledger.records.history import chain_check
from ledger.records.history.logbook import read_log
from ledger.reporting.bulletins import archive, making
from ledger.reporting.bulletins.checking import faults_of_bulletins
from ledger.reporting.bulletins.files import bulletin_file
from ledger.reporting.bulletins.kept_bulletin import Bulletin, digest_of
from ledger.storage import Store
from ledger.storage.own_tables import bulletins
from tests.ledger.conftest import COUNTY, EAST, WEST, WEST_VILLAGE, actor
from tests.ledger.reporting.bulletins.office import UNTIL, on

STEPS = "一是督促。\n二是走访。"


def make(store: Store, clerk: Actor, kind: str = "weekly", *, back: int = 0) -> int:
    with on(UNTIL):
        return making.make(store, clerk, kind, UNTIL - timedelta(days=back), None)


def test_a_reprint_is_the_same_after_the_data_changed(weeks, clerk, weekly: Bulletin) -> None:
    one = weekly.entry.id
    before = [bulletin_file(weeks, clerk, one, suffix).content for suffix in ("docx", "xlsx")]
    with on(UNTIL):
        values = {"registered_on": UNTIL, "matter": "后来补录", "area_code": WEST_VILLAGE}
        records.create(weeks, SYSTEM, "petitions", values)
    after = [bulletin_file(weeks, clerk, one, suffix).content for suffix in ("docx", "xlsx")]
    assert after == before
    assert archive.read(weeks, clerk, one).content == weekly.content
    again = archive.read(weeks, clerk, make(weeks, clerk))
    figures = [found.content.tables for found in (weekly, again)]
    assert figures[0] != figures[1]


def test_numbers_count_up_by_kind_area_and_year(weeks: Store, clerk: Actor) -> None:
    def number(kind: str, back: int = 0) -> int:
        return archive.read(weeks, clerk, make(weeks, clerk, kind, back=back)).entry.number

    assert [number("daily"), number("daily", 1), number("weekly")] == [1, 2, 1]
    county = actor(Role.OFFICE_STAFF, COUNTY)
    with on(UNTIL):
        other = making.make(weeks, county, "daily", UNTIL, COUNTY)
    assert archive.read(weeks, county, other).entry.number == 1


def test_a_new_draft_takes_over_number_and_steps_and_keeps_the_old(weeks, clerk, weekly) -> None:
    old = weekly.entry
    archive.fill_in(weeks, clerk, old.id, old.version, STEPS)
    new = archive.read(weeks, clerk, make(weeks, clerk)).entry
    assert (new.number, new.next_steps, new.state) == (old.number, STEPS, "draft")
    kept = archive.read(weeks, clerk, old.id)
    assert (kept.entry.state, kept.content) == ("superseded", weekly.content)
    archive.issue(weeks, clerk, new.id, new.version)
    third = archive.read(weeks, clerk, make(weeks, clerk)).entry
    assert (third.number, third.next_steps) == (old.number + 1, "")


def test_next_steps_are_typed_until_it_is_issued_then_nothing_changes(weeks, clerk, weekly) -> None:
    one = weekly.entry
    with pytest.raises(Invalid, match="下一步工作"):
        archive.issue(weeks, clerk, one.id, one.version)
    version = archive.fill_in(weeks, clerk, one.id, one.version, f"  {STEPS}\n\n ")
    with pytest.raises(Conflict):
        archive.fill_in(weeks, clerk, one.id, one.version, "别人的")
    archive.issue(weeks, clerk, one.id, version)
    found = archive.read(weeks, clerk, one.id)
    assert (found.entry.next_steps, found.entry.state) == (STEPS, "issued")
    assert found.entry.issued_by == clerk.name
    assert found.content == weekly.content
    for change in (
        lambda: archive.fill_in(weeks, clerk, one.id, found.entry.version, "改"),
        lambda: archive.issue(weeks, clerk, one.id, found.entry.version),
    ):
        with pytest.raises(Invalid, match="已签发，不能再改"):
            change()
    with pytest.raises(Invalid, match="最多4000字"):
        archive.fill_in(weeks, clerk, one.id, found.entry.version, "长" * 4001)


@pytest.mark.parametrize(
    ("role", "reads", "makes", "takes_files"),
    [
        (Role.OFFICE_STAFF, True, True, True),
        (Role.LEADER, True, False, True),
        (Role.AUDITOR, True, False, False),
        (Role.VILLAGE_STAFF, False, False, False),
        (Role.GRID_WORKER, False, False, False),
        (Role.ADMIN, False, False, False),
    ],
)
def test_who_may_do_what(weeks, weekly, role: Role, reads, makes, takes_files) -> None:
    who, one = actor(role, WEST), weekly.entry

    def allowed(act) -> bool:
        try:
            act()
        except Refused:
            return False
        return True

    assert allowed(lambda: archive.read(weeks, who, one.id)) == reads
    assert allowed(lambda: archive.listed(weeks, who)) == reads
    assert allowed(lambda: bulletin_file(weeks, who, one.id, "docx")) == takes_files
    assert allowed(lambda: archive.fill_in(weeks, who, one.id, one.version, "无")) == makes
    assert allowed(lambda: make(weeks, who)) == makes


def test_not_yours_and_not_there_answer_alike(weeks, weekly) -> None:
    said = set()
    for who, number in ((actor(Role.OFFICE_STAFF, EAST), weekly.entry.id), (SYSTEM, 999)):
        for act in (
            lambda who=who, number=number: archive.read(weeks, who, number),
            lambda who=who, number=number: bulletin_file(weeks, who, number, "xlsx"),
            lambda who=who, number=number: archive.fill_in(weeks, who, number, 1, "无"),
        ):
            with pytest.raises(NotFound) as found:
                act()
            said.add(str(found.value))
    assert len(said) == 1
    assert archive.listed(weeks, actor(Role.LEADER, EAST)) == []
    with on(UNTIL), pytest.raises(NotFound):
        making.make(weeks, actor(Role.OFFICE_STAFF, EAST), "daily", UNTIL, WEST)


def test_a_changed_archive_is_noticed(weeks, clerk, weekly) -> None:
    with weeks.writing() as connection:
        forged = text("replace(content, '14', '13')")
        connection.execute(update(bulletins).values(content=forged))
    with pytest.raises(StorageError, match="存档内容被改动"):
        archive.read(weeks, clerk, weekly.entry.id)


def test_made_filled_issued_and_downloaded_are_on_the_record(weeks, clerk, weekly) -> None:
    one = weekly.entry
    version = archive.fill_in(weeks, clerk, one.id, one.version, "无")
    archive.issue(weeks, clerk, one.id, version)
    bulletin_file(weeks, clerk, one.id, "docx")
    entries = read_log(weeks, actor(Role.AUDITOR, WEST)).entries
    mine = [entry for entry in entries if entry.ledger == "bulletins"]
    assert [entry.action for entry in mine] == [
        "export",
        "issue_bulletin",
        "fill_bulletin",
        "make_bulletin",
    ]
    assert mine[0].after["file"].endswith("周报2026年第1期.docx")
    assert {entry.number for entry in mine} == {"周报2026年第1期"}
    assert mine[3].after["digest"] == one.digest
    elsewhere = read_log(weeks, actor(Role.AUDITOR, EAST)).entries
    assert "bulletins" not in {entry.ledger for entry in elsewhere}
    with weeks.reading() as connection:
        assert chain_check.verify(connection).sound


def test_what_was_done_behind_the_archive_is_found(weeks, clerk, weekly: Bulletin) -> None:
    old = weekly.entry
    version = archive.fill_in(weeks, clerk, old.id, old.version, STEPS)
    archive.issue(weeks, clerk, old.id, version)
    assert faults_of_bulletins(weeks) == ()
    label = "通报“" + old.title + "”"
    with weeks.reading() as connection:
        content = connection.execute(select(bulletins.c.content)).scalar_one()
    changed = content.replace("0", "9")
    # A forger computes the digest anew; the log still tells the first one.
    forged = digest_of(changed, weekly_pictures(weeks))
    for values in ({"content": changed}, {"content": changed, "digest": forged}):
        with weeks.writing() as connection:
            connection.execute(update(bulletins).values(**values))
        (fault,) = faults_of_bulletins(weeks)
        assert fault.startswith(label)
        assert "被改动" in fault
    with weeks.writing() as connection:
        connection.execute(delete(bulletins))
    (fault,) = faults_of_bulletins(weeks)
    assert "周报2026年第1期" in fault
    assert "不在" in fault


def weekly_pictures(weeks: Store) -> dict[str, str]:
    """The pictures of the only bulletin, as they are stored."""
    with weeks.reading() as connection:
        return dict(connection.execute(select(bulletins.c.pictures)).scalar_one())


def test_a_day_to_come_is_refused(weeks: Store, clerk: Actor) -> None:
    with on(UNTIL), pytest.raises(Invalid, match="还没有数据"):
        making.make(weeks, clerk, "daily", UNTIL + timedelta(days=1), None)
