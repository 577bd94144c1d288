"""Load through the application itself: people sign in over HTTP, again and again.

Each sign-in that was answered is a confirmed save: its session and its entry in the log. A process
of the application goes through the whole of it, so it also has to find its new server by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from argon2 import PasswordHasher

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.people import accounts, passwords, sessions
from ledger.storage import Store
from tests.deploy.site import Site, Visitor, application, free_port, until_it_answers
from tests.people import PASSWORD

PEOPLE = 3
_BACK_SECONDS = 60


def add_people(store: Store) -> None:
    """The people who sign in; their hashes cost little, for the load is on the database."""
    passwords._hasher = PasswordHasher(1, 8, 1)
    for number in range(PEOPLE):
        accounts.add_user(store, SYSTEM, f"ren{number}", Role.LEADER, "*", PASSWORD)


class Office:
    """A process of the application, and people who sign in to it until it cannot answer."""

    def __init__(self, site: Site, port: int) -> None:
        self.port = port
        self.site = site
        self.tokens: list[str] = []
        self._people = [threading.Thread(target=self._work, args=(at,)) for at in range(PEOPLE)]
        for person in self._people:
            person.start()

    def at_work(self, seconds: float = 60) -> bool:
        """Wait until somebody is in; False if that takes too long."""
        end = time.monotonic() + seconds
        while not self.tokens and time.monotonic() < end:
            time.sleep(0.01)
        return bool(self.tokens)

    def stopped(self) -> list[str]:
        """The tokens of all sign-ins that were answered, once nobody gets in any more."""
        for person in self._people:
            person.join()
        return self.tokens

    def back_again(self) -> bool:
        """Whether the same process serves people again, without being started anew."""
        end = time.monotonic() + _BACK_SECONDS
        while time.monotonic() < end:
            if self._enter("ren0"):
                return True
            time.sleep(0.5)
        return False

    def _work(self, number: int) -> None:
        while token := self._enter(f"ren{number}"):
            self.tokens.append(token)

    def _enter(self, name: str) -> str | None:
        visitor = Visitor(self.site)
        try:
            answer = visitor.sign_in(name, PASSWORD, straight_to=self.port)
        except (OSError, HTTPException):
            return None
        return visitor.cookies.get("ledger_session") if answer.status == 303 else None


@contextmanager
def office(folder: Path, url: str) -> Iterator[Office]:
    """The application on that database, and people at work in it."""
    port = free_port()
    site = Site(folder, port, port)
    environment = {
        "LEDGER_DATABASE_URL": url,
        "LEDGER_KEY_FILE": str(settings().key_file),
        "LEDGER_SECURE_COOKIES": "false",
    }
    with application(site, port, environment):
        until_it_answers(site, port)
        yield Office(site, port)


def missing(store: Store, tokens: list[str]) -> list[str]:
    """Sessions that were given to somebody and are not there."""
    lost = [token for token in tokens if sessions.actor_for(store, token, touch=False) is None]
    return [f"{len(lost)} of {len(tokens)} sessions that were answered are lost"] if lost else []
