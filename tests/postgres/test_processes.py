"""Two processes of the application on one database: a session of one is a session of both."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.people.accounts import add_user
from ledger.people.sessions import actor_for, end_session, form_secret, open_session
from ledger.storage import Store, open_store
from tests.ledger.conftest import WEST
from tests.people import quick_hashing  # noqa: F401

pytestmark = pytest.mark.postgres


@pytest.mark.usefixtures("quick_hashing")
def test_sessions_are_shared(city: Store, url: str) -> None:
    other = open_store(url)
    user = add_user(city, SYSTEM, "王建国", Role.OFFICE_STAFF, WEST, "蓝天白云青山绿水-12")
    token = open_session(city, user)
    here, there = actor_for(city, token), actor_for(other, token)
    assert here is not None
    assert there is not None
    assert here[0] == there[0]
    # A form that one process showed may be sent to the other.
    assert form_secret(city) == form_secret(other)
    end_session(other, token)
    assert actor_for(city, token) is None
    other.dispose()
