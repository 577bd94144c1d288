"""The people of the office by name, to be chosen where a record names one of them."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.access import Action, Actor
from ledger.domain.roles import Role
from ledger.people.users import as_user, users_query
from ledger.storage import Store
from ledger.storage.own_tables import users
from ledger.storage.tables import areas

MOST = 500
"""More people than this are not offered."""


@dataclass(frozen=True)
class Official:
    """A person by the name that a record holds, with what they are and where."""

    name: str
    role: str
    area_name: str


def officials(store: Store, actor: Actor) -> tuple[Official, ...]:
    """Whose area lies within the actor's, by name; each name once.

    Accounts that are disabled and administrators, who handle no records, are left out. Empty where
    there are more than `MOST`.

    Raises
    ------
    Refused
        If the actor may not read ledgers.
    """
    actor.require(Action.READ)
    query = (
        users_query()
        .where(
            users.c.disabled.is_(False),
            users.c.role != Role.ADMIN.value,
            actor.scope_condition(areas.c.path),
        )
        .order_by(users.c.display_name, users.c.id)
        .limit(MOST + 1)
    )
    with store.reading() as connection:
        found = [as_user(row) for row in connection.execute(query)]
    if len(found) > MOST:
        return ()
    named = {
        one.display_name: Official(one.display_name, one.role.label, one.scope_name)
        for one in reversed(found)
        if one.display_name
    }
    return tuple(reversed(named.values()))
