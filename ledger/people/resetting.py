"""New first passwords for several users in one act, where what they were handed was lost."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.access import Actor
from ledger.domain.errors import Refused
from ledger.people.accounts import put_password
from ledger.people.users import User
from ledger.storage import Store
from ledger.storage.again import tried_again


@tried_again
def reset_passwords(store: Store, actor: Actor, hashes: Mapping[int, str]) -> list[User]:
    """Give several users new first passwords, all of them or none; hashes by user id.

    Raises
    ------
    Refused
        As `ledger.people.accounts.reset_password`, and for the actor's own account.
    NotFound
        If one of them is not in the actor's scope.
    """
    with store.writing() as connection:
        if actor.user_id in hashes:
            raise Refused("不能重置自己的密码，请在“我的账号”修改")
        return [
            put_password(store, connection, actor, user_id, password_hash, must_change=True)
            for user_id, password_hash in hashes.items()
        ]
