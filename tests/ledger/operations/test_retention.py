"""What nobody needs any more is gone, from the history too, and everything countable stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.masks import ERASED
from ledger.domain.timing import clock
from ledger.operations import retention
from ledger.operations.retention import erase_due, keep_for, months_before
from ledger.records import service as records
from ledger.records.history import audit, chain_check
from ledger.records.history.drafts import form_name
from ledger.records.revealing import reveal
from ledger.storage import Store
from ledger.storage.own_tables import drafts
from ledger.storage.tables import LEDGER_TABLES, changes
from tests.ledger.conftest import actor
from tests.ledger.records.protected_cases import add_lead, add_petition
from tests.people import make_user

ADMIN = actor(Role.ADMIN, "*")


@pytest.fixture
def two_years(store: Store) -> Iterator[Store]:
    keep_for(store, ADMIN, 24)
    return store


def close(
    store: Store, ledger: str, record_id: int, closed_on: date, state: str = "closed"
) -> None:
    table = LEDGER_TABLES[ledger]
    with store.writing() as connection:
        connection.execute(
            update(table).where(table.c.id == record_id).values(closed_on=closed_on, state=state)
        )


def months_ago(months: int, *, days: int = 0) -> date:
    return months_before(clock.today(), months) - timedelta(days=days)


def test_closed_long_ago_is_erased_and_the_rest_is_not(two_years: Store, office: Actor) -> None:
    store = two_years
    old, recent, going_on = (add_lead(store, office) for _ in range(3))
    petition = add_petition(store, office, people=7)
    close(store, "leads", old, months_ago(24, days=1), "archived")
    close(store, "leads", recent, months_ago(24))
    close(store, "leads", going_on, months_ago(60), "verifying")
    close(store, "petitions", petition, months_ago(30))

    done = erase_due(store, ADMIN)

    assert dict(done.records) == {"leads": 1, "petitions": 1}
    gone = records.get(store, office, "leads", old)
    assert (gone["informant"], gone["suspect"], gone["informant_phone"]) == (ERASED,) * 3
    assert (gone["matter"], gone["area_code"]) == ("高息揽储", "990101001001001")
    assert records.get(store, office, "petitions", petition)["people"] == 7
    for kept in (recent, going_on):
        row = records.get(store, office, "leads", kept)
        assert reveal(store, office, "leads", kept, "informant", "仍须回访") == "司马举报乙"
        assert row["informant"] != ERASED


def test_history_and_drafts_hold_nothing_of_it_and_the_chain_is_sound(
    two_years: Store, office: Actor
) -> None:
    store = two_years
    lead = add_lead(store, office)
    records.save(store, office, "leads", [records.Edit(lead, 1, {"informant": "另一举报人"})])
    user = make_user(store, "zhangsan")
    with store.writing() as connection:
        form = {"form": form_name("leads", lead), "values": {"matter": "x"}, "version": 1}
        connection.execute(insert(drafts).values(**form, user_id=user.id, updated_at=clock.now()))
    close(store, "leads", lead, months_ago(25))

    assert erase_due(store, ADMIN).texts == 3 + 5

    with store.reading() as connection:
        assert connection.execute(select(drafts)).first() is None
        kept = connection.execute(select(changes.c.before, changes.c.after)).all()
        assert "gAAAA" not in str(kept)
        assert chain_check.verify(connection).faults == ()
    newest = records.history(store, office, "leads", lead)[0]
    assert (newest.action, newest.reason) == ("erase", "超过保存期限")
    with pytest.raises(Invalid, match="已按保存期限清除"):
        reveal(store, office, "leads", lead, "informant", "想起要回访")


def test_what_is_put_back_behind_the_scenes_is_noticed(two_years: Store, office: Actor) -> None:
    store = two_years
    lead = add_lead(store, office)
    with store.reading() as connection:
        before = connection.execute(select(changes).where(changes.c.action == "create")).one()
    close(store, "leads", lead, months_ago(25))
    erase_due(store, ADMIN)
    with store.writing() as connection:
        of_entry = changes.c.id == before.id
        connection.execute(update(changes).where(of_entry).values(after=before.after))
        assert chain_check.verify(connection).faults == (f"第{before.id}条日志内容被改动",)


def test_twice_is_as_good_as_once_and_a_dry_run_changes_nothing(
    two_years: Store, office: Actor
) -> None:
    store = two_years
    close(store, "leads", add_lead(store, office), months_ago(25))
    with store.reading() as connection:
        revision = audit.revision(connection)
    assert erase_due(store, ADMIN, dry_run=True).records["leads"] == 1
    with store.reading() as connection:
        assert audit.revision(connection) == revision
    assert erase_due(store, ADMIN).records["leads"] == 1
    assert erase_due(store, ADMIN).records["leads"] == 0


def test_what_lies_in_the_bin_is_erased_too(two_years: Store, office: Actor) -> None:
    store = two_years
    lead = add_lead(store, office)
    records.delete(store, office, "leads", {lead: 1})
    long_ago = clock.now() - timedelta(days=800)
    table = LEDGER_TABLES["leads"]
    with store.writing() as connection:
        connection.execute(update(table).values(updated_at=long_ago))
    assert erase_due(store, ADMIN).records["leads"] == 1


def test_without_a_time_set_nothing_is_erased(store: Store, office: Actor) -> None:
    close(store, "leads", add_lead(store, office), date(2001, 1, 1))
    with pytest.raises(Invalid, match="还没有设定"):
        erase_due(store, ADMIN)
    assert retention.months_kept(store) is None


def test_only_administrators_set_it_and_within_reason(store: Store, office: Actor) -> None:
    with pytest.raises(Refused):
        keep_for(store, office, 24)
    with pytest.raises(Refused):
        erase_due(store, office)
    for months in (0, -3, 601):
        with pytest.raises(Invalid, match="1至600个月"):
            keep_for(store, ADMIN, months)
    keep_for(store, ADMIN, 36)
    assert retention.months_kept(store) == 36
    keep_for(store, ADMIN, None)
    assert retention.months_kept(store) is None


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 24, date(2024, 1, 15)),
    ],
)
def test_months_before(day: date, months: int, earlier: date) -> None:
    assert months_before(day, months) == earlier
