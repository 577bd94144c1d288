"""Who attaches files to what: whoever adds records, and whoever must answer this one."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import NotFound, Refused
from ledger.domain.workflows import WORKFLOWS
from ledger.records import attachments
from ledger.records import service as records
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.casework.case_records import OFFICE, VILLAGE, WORKER, disposition
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE, actor

PHOTO = b"\xff\xd8\xff" + b"0" * 100
EASTERN = actor(Role.VILLAGE_STAFF, EAST_SOUTH)


def measure(store: Store) -> int:
    values = {"kind": "通报", "area_code": WEST_VILLAGE, "matter": "逾期未办较多"}
    return records.create(store, SYSTEM, "measures", {**values, "proposed_on": "2026-05-20"})


def entity(store: Store) -> int:
    values = {"name": "演示养老服务有限公司", "scope": "养老服务", "area_code": WEST_VILLAGE}
    return records.create(store, SYSTEM, "entities", {**values, "registered_on": "2026-05-20"})


def stand(store: Store, ledger: str, record: int, **values: object) -> None:
    """Put a record where a test needs it."""
    table = LEDGER_TABLES[ledger]
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.id == record).values(**values))


def attach(store: Store, who: Actor, ledger: str, record: int) -> int:
    return attachments.attach(store, who, ledger, record, "现场.jpg", PHOTO)


@pytest.mark.parametrize("ledger", ["dispositions", "measures"])
def test_village_staff_attach_evidence_in_exactly_the_states_that_wait_for_them(
    store: Store, ledger: str
) -> None:
    record = disposition(store, "2026-07-01") if ledger == "dispositions" else measure(store)
    states = {state for step in WORKFLOWS[ledger].steps for state in (*step.sources, step.target)}
    waiting, refusals = set(), set()
    for state in sorted(states - {""}):
        stand(store, ledger, record, state=state)
        try:
            attach(store, VILLAGE, ledger, record)
            waiting.add(state)
        except Refused as refused:
            refusals.add(str(refused))
    assert all("现在不等您办理" in refusal for refusal in refusals)
    expected = {"dispositions": {"planned", "running"}, "measures": {"issued"}}
    assert waiting == expected[ledger]


def test_evidence_is_taken_off_by_whoever_attached_it_while_it_is_asked_for(store: Store) -> None:
    record = disposition(store, "2026-07-01")
    theirs = attach(store, OFFICE, "dispositions", record)
    stand(store, "dispositions", record, state="running")
    mine, kept = (attach(store, VILLAGE, "dispositions", record) for _ in range(2))
    attachments.remove(store, VILLAGE, mine, reason="重复")
    with pytest.raises(Refused, match="只能由添加的人"):
        attachments.remove(store, VILLAGE, theirs, reason="不要了")
    stand(store, "dispositions", record, state="review")
    with pytest.raises(Refused, match="现在不等您办理"):
        attachments.remove(store, VILLAGE, kept, reason="换一张")
    attachments.remove(store, OFFICE, kept, reason="不清楚")


def test_what_is_verified_on_the_spot_gets_its_photo_until_there_is_a_verdict(store: Store) -> None:
    record = entity(store)
    stand(store, "entities", record, status="to_verify")
    for who in (VILLAGE, actor(Role.GRID_WORKER, WEST_VILLAGE)):
        attach(store, who, "entities", record)
    stand(store, "entities", record, status="not_institution")
    with pytest.raises(Refused):
        attach(store, VILLAGE, "entities", record)


def test_evidence_is_no_way_into_another_area_another_role_or_the_bin(store: Store) -> None:
    record = disposition(store, "2026-07-01")
    stand(store, "dispositions", record, state="running")
    with pytest.raises(NotFound):
        attach(store, EASTERN, "dispositions", record)
    for who in (WORKER, actor(Role.AUDITOR, WEST_VILLAGE)):
        with pytest.raises((Refused, NotFound)):
            attach(store, who, "dispositions", record)
    stand(store, "dispositions", record, deleted=True)
    with pytest.raises(Refused):
        attach(store, VILLAGE, "dispositions", record)
