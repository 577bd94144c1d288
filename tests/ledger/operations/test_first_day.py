"""The steps of an office's first days: what each rests on, and what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.settings import settings
from ledger.operations.first_day import FirstDay, first_day, set_step_aside
from ledger.people.office import save_office
from ledger.records import service
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor
from tests.people import make_user, quick_hashing  # noqa: F401


@pytest.fixture(autouse=True)
def no_backups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "backup_folder", tmp_path / "none")


def over(found: FirstDay) -> set[str]:
    return {one.key for one in found.steps if one.is_over}


def ready(found: FirstDay) -> set[str]:
    return {one.key for one in found.steps if one.is_ready}


def following(found: FirstDay) -> str:
    assert found.next is not None
    return found.next.key


def test_an_empty_office_begins_with_its_name_and_its_areas(bare: Store) -> None:
    found = first_day(bare, SYSTEM)
    assert following(found) == "name"
    assert not {"grids", "people", "lists", "check"} & ready(found)
    save_office(bare, SYSTEM, "甲云镇")
    assert following(first_day(bare, SYSTEM)) == "areas"


def test_each_step_opens_those_that_need_it(store: Store) -> None:
    found = first_day(store, SYSTEM)
    assert {"areas", "grids"} <= over(found)
    assert "lists" not in ready(found)
    make_user(store, "jing", Role.OFFICE_STAFF, WEST)
    assert "lists" in ready(first_day(store, SYSTEM))
    service.create(store, SYSTEM, "institutions", {"name": "某院", "area_code": WEST_VILLAGE})
    found = first_day(store, SYSTEM)
    assert "lists" in over(found)
    assert "check" in ready(found) - over(found)


def test_what_no_number_tells_is_set_aside_and_taken_up_again(store: Store) -> None:
    set_step_aside(store, SYSTEM, "rules", True)
    assert "rules" in over(first_day(store, SYSTEM))
    set_step_aside(store, SYSTEM, "rules", False)
    assert "rules" not in over(first_day(store, SYSTEM))
    with pytest.raises(Invalid, match="不能跳过"):
        set_step_aside(store, SYSTEM, "areas", True)


def test_an_administrator_of_a_township_does_not_run_the_installation(store: Store) -> None:
    with pytest.raises(Refused):
        first_day(store, actor(Role.ADMIN, WEST))
