"""What stands in an untouched form."""

from __future__ import annotations

import pytest

from ledger.casework.fresh_values import fresh_values, fresh_visit
from ledger.domain.access import Actor, Role
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_GRID, actor

WORKER, OFFICE = actor(Role.GRID_WORKER, WEST_GRID), actor(Role.OFFICE_STAFF, WEST)


@pytest.mark.parametrize(
    ("ledger", "who", "given"),
    [
        ("institutions", WORKER, set()),  # its position says where it lies
        ("petitions", OFFICE, {"registered_on"}),
        ("petitions", WORKER, {"registered_on", "area_code"}),
        ("leads", WORKER, {"registered_at", "area_code"}),
        ("outreach", OFFICE, {"held_on"}),
        ("inspections", OFFICE, {"inspected_on", "round"}),
    ],
)
def test_a_form_begins_with_day_round_and_own_area(
    store: Store, ledger: str, who: Actor, given: set[str]
) -> None:
    found = fresh_values(store, who, ledger_named(ledger), current_atlas(store))
    assert set(found) == given
    assert found.get("area_code", WEST_GRID) == WEST_GRID
    days = {found[key] for key in given & {"registered_on", "held_on", "inspected_on"}}
    assert days <= {clock.today()}


def test_a_visit_begins_with_the_inspectors_own_name(store: Store) -> None:
    found = fresh_visit(store, WORKER)
    assert (found["inspected_on"], found["inspectors"]) == (clock.today(), WORKER.name)
