"""Every rule of contradictions runs on PostgreSQL and finds there what it finds on SQLite."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from ledger.casework.contradictions import Finding, all_findings, findings, rules_for
from ledger.casework.settling import settle
from ledger.domain.access import SYSTEM
from ledger.operations import moving
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, open_store
from ledger.storage.tables import institutions, leads, petitions
from tests.ledger.conftest import WEST_GRID

pytestmark = pytest.mark.postgres

CODE = "91110000600037341L"
HOME = {
    "name": "阳光养老院", "area_code": WEST_GRID, "complained": "否", "credit_code": CODE,
    "beds": 50, "residents": 60, "prepaid_people": 51, "prepaid_deposit": 9,
    "net_fixed_assets": 5, "lon": 127.02, "lat": 29.05,
}  # fmt: skip


def fill(store: Store) -> None:
    """Two homes and their cases that break every rule."""
    numbers = []
    for _ in range(2):
        made = records.create(store, SYSTEM, "institutions", HOME)
        numbers.append(str(records.get(store, SYSTEM, "institutions", made)["number"]))
    licensed = {"name": "无码院", "area_code": WEST_GRID, "filing": "已许可"}
    records.create(store, SYSTEM, "institutions", licensed)
    named = {"institution": numbers[0], "area_code": WEST_GRID}
    lead = {"registered_at": "2026-06-10 06:40", "source": "群众举报", "matter": "高息揽储"}
    lead |= {"finding": "属实", "verified_on": "2026-06-01"}
    first = records.create(store, SYSTEM, "leads", lead | named)
    records.create(store, SYSTEM, "leads", lead | named)
    visit = {"round": 1, "inspected_on": "2026-06-10", "inspectors": "甲", "result": "closed"}
    records.create(
        store,
        SYSTEM,
        "inspections",
        visit | {"institution": numbers[0], "rectify_by": "2026-06-01"},
    )
    measure = {"measure": "警示约谈", "opened_on": "2026-06-10", "deadline": "2026-06-01"}
    number = records.get(store, SYSTEM, "leads", first)["number"]
    records.create(store, SYSTEM, "dispositions", measure | named | {"lead": number})
    petition = {"registered_on": "2026-06-10", "matter": "退费", "area_code": WEST_GRID}
    records.create(store, SYSTEM, "petitions", petition)
    with store.writing() as connection:  # what only steps and imports write
        connection.execute(update(leads).where(leads.c.id == first).values(state="closed"))
        connection.execute(update(petitions).values(responded_on=date(2026, 6, 1)))
        connection.execute(update(institutions).values(tier_confirmed="1", tier_computed="3"))


def told(store: Store) -> list[tuple[str, str, str, str]]:
    return [(o.rule.id, o.number, o.message, o.token) for o in all_findings(store, SYSTEM)]


def settled(store: Store) -> list[Finding]:
    atlas = current_atlas(store)
    return [
        one
        for rule in rules_for(store, SYSTEM)
        for one in findings(store, SYSTEM, atlas, rule.id, settled=True)
    ]


def test_every_rule_finds_and_settles_alike_on_both(city: Store, tmp_path: Path) -> None:
    fill(city)
    there = told(city)
    assert {rule for rule, *_ in there} == {rule.id for rule in rules_for(city, SYSTEM)}
    first = {one.rule.id: one for one in reversed(all_findings(city, SYSTEM))}
    for one in first.values():
        day = date(2026, 6, 20)
        settle(city, SYSTEM, one.rule.id, one.record_id, one.token, "核对过", day)
    assert len(told(city)) == len(there) - len(first)
    assert len(settled(city)) == len(first)
    office = open_store(f"sqlite:///{(tmp_path / 'office.db').as_posix()}")
    moving.move(city, office)
    assert told(office) == told(city)
    assert len(settled(office)) == len(first), "a settlement survives the move"
    office.dispose()
