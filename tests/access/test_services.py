"""Every service, for every role: a refusal changes nothing, and nobody hears of what is outside."""

from __future__ import annotations

import pytest

from ledger.domain.errors import Invalid, LedgerError, Refused
from tests.access.discovery import Service, services
from tests.access.services_walk import (
    COUNTS_REFUSALS,
    NEVER_SHOWN,
    OWN,
    SLOW_PLACES,
    compare,
    names_areas,
    strangers,
    walk_elsewhere,
    walk_inside,
    walk_outside,
)
from tests.access.walking import Walk
from tests.access.who import WHO

SERVICES = services()
# What cannot work here: it only asks for a right, or waits for a setting that nobody has made.
CANNOT_WORK = {"records.places.areas.require_reach", "operations.retention.erase_due"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_inside_it_works_for_some_and_outside_nothing_is_told(service: Service, walk: Walk) -> None:
    worked, leaks = walk_inside(walk, service)
    assert leaks == []
    assert service.name in WHO, "say in tests/access/who.py for whom it works"
    assert strangers(walk, service, worked) == []
    assert worked or service.name in CANNOT_WORK, (
        f"{service.name} worked for nobody: give it arguments that work for a target inside the "
        f"scope, in tests/access/arguments.py (BY_SERVICE[{service.name!r}])"
    )
    assert walk_outside(walk, service) == []
    if names_areas(service):
        assert walk_elsewhere(walk, service) == []


def test_the_expected_answers_are_about_services_that_there_are() -> None:
    assert set(WHO) == {service.name for service in SERVICES}


def test_what_the_walk_says_of_services_is_about_services_that_there_are() -> None:
    """A renamed room would make it walk everything everywhere, or pass over nothing any more."""
    names = {service.name for service in SERVICES}
    named = OWN | COUNTS_REFUSALS | NEVER_SHOWN | CANNOT_WORK
    assert named <= names
    for place in SLOW_PLACES:
        assert any(name.startswith(f"{place}.") for name in names), place


def test_the_walk_refuses_and_lets_through() -> None:
    """It would see a leak if there were one: the comparison is not blind."""
    assert list(compare("x", ("Refused", "a", False), ("Invalid", "b", False)))
    assert list(compare("x", ("ok", ["1"], False), ("ok", ["1", "2"], False)))
    assert not list(compare("x", ("ok", ["1"], False), ("ok", ["1"], False)))
    assert issubclass(Refused, LedgerError)
    assert issubclass(Invalid, LedgerError)
