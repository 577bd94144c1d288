"""What the people are called whose user names stand in records and in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from ledger.storage import Store
from ledger.storage.own_tables import users

_AT_ONCE = 500


class PersonNames(dict[str, str]):
    """User name → the person's name; whoever has no account is called as the record says."""

    def __missing__(self, login: str) -> str:
        return login


def person_names(store: Store, logins: Iterable[object]) -> Mapping[str, str]:
    """The names of those who stand as ``logins`` in what the caller has read already."""
    with store.reading() as connection:
        return names_in(connection, logins)


def name_in(connection: Connection, login: object) -> str:
    """The name of one person within a transaction."""
    return names_in(connection, [login])[str(login)]


def names_in(connection: Connection, logins: Iterable[object]) -> Mapping[str, str]:
    """The same within a transaction."""
    wanted = sorted({str(one) for one in logins if one})
    found = PersonNames()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        query = select(users.c.name, users.c.display_name).where(users.c.name.in_(some))
        found.update((name, shown or name) for name, shown in connection.execute(query))
    return found
