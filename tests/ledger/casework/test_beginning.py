"""What is told on the first page of a role while the ledger is empty."""

from __future__ import annotations

import pytest

from ledger.casework.beginning import comes_next
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.records import service
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor


@pytest.mark.parametrize(
    ("role", "said", "page"),
    [
        (Role.OFFICE_STAFF, "先在“导入导出”页导入名单", "exchange"),
        (Role.VILLAGE_STAFF, "由镇(街道)经办导入名单", "institutions"),
        (Role.LEADER, "由镇(街道)经办导入名单", ""),
    ],
)
def test_each_role_is_told_who_begins_and_where(
    store: Store, role: Role, said: str, page: str
) -> None:
    told = comes_next(store, actor(role, WEST))
    assert told is not None
    assert (said in told.said, told.page) == (True, page)


def test_nothing_is_told_once_there_is_an_institution(store: Store, office: Actor) -> None:
    service.create(store, SYSTEM, "institutions", {"name": "某院", "area_code": WEST_VILLAGE})
    assert comes_next(store, office) is None
