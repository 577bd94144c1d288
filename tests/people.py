"""Users for tests, and hashing that takes no time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.people import accounts, passwords, sessions
from ledger.people.users import User
from ledger.storage import Store

PASSWORD = "mima-2026-xy"
OTHER_PASSWORD = "huanle-2027-z"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The smallest parameters."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


class SetClock:
    """The office's clock, set by hand."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def now(self) -> datetime:
        return self.moment

    def forward(self, **how_far: float) -> None:
        self.moment += timedelta(**how_far)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """A clock that stands still until the test moves it."""
    hand = SetClock()
    monkeypatch.setattr(clock, "now", hand.now)
    return hand


def make_user(
    store: Store, name: str, role: Role = Role.OFFICE_STAFF, scope: str = "*", **more: bool
) -> User:
    """A user with `PASSWORD`."""
    return accounts.add_user(store, SYSTEM, name, role, scope, PASSWORD, **more)


def token_of(store: Store, user: User) -> str:
    """A fresh session of that user."""
    return sessions.open_session(store, user, address="10.0.0.7", agent="Chrome/1 Windows")
