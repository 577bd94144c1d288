"""Sign-in by single sign-on, as the user of exactly that name, made by an administrator before.

The provider only confirms who a person is: it makes and changes no accounts. An unknown name and a
disabled account get the same answer. Rules about passwords do not apply: a wait after failed
passwords (otherwise anybody could lock others out) and a required new password.
"""

from __future__ import annotations

import unicodedata

from sqlalchemy import Connection

from ledger.domain.access import Actor
from ledger.domain.errors import Refused
from ledger.people import sessions
from ledger.people.users import NOWHERE_PATH, User, as_actor, fold_name, log, user_named
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.again import tried_again

_STRANGER = Actor("(未登录)", None, "", NOWHERE_PATH)
_WAY = "统一身份认证"


class SignOnRefused(Refused):
    """The provider confirmed the person, but this system refuses the sign-in."""


def sign_on(store: Store, claimed: str, state: str, *, address: str = "", agent: str = "") -> str:
    """Begin the session of the user whom the provider named, and return its token.

    ``state`` identifies this sign-on and can begin one session only. Sign-ins are logged, and
    failures except a used ``state``.

    Raises
    ------
    SignOnRefused
        If no user has that name, the account is disabled, or the sign-on was used before.
    """
    token = _begun(store, claimed, sessions.hash_token(state), address, agent)
    if token is None:
        raise SignOnRefused("您的统一身份认证账号不能登录本系统，请联系系统管理员。")
    return token


@tried_again
def _begun(store: Store, claimed: str, used: str, address: str, agent: str) -> str | None:
    with store.writing() as connection:
        if sessions.was_signed_on(connection, used):
            return None
        user = _named(connection, claimed)
        place = {"address": address}
        if user is None:
            # The name is the provider's; whether it may be kept here is not known.
            stranger = audit.Change("sign_in_failed", after=place, reason=f"{_WAY}：没有这个用户")
            audit.append(connection, _STRANGER, [stranger])
            return None
        if user.disabled:
            reason = f"{_WAY}：用户已停用"
            log(connection, _STRANGER, user, {}, place, action="sign_in_failed", reason=reason)
            return None
        log(connection, as_actor(user), user, {}, place, action="sign_in", reason=_WAY)
        return sessions.begin(connection, user, address=address, agent=agent, sign_on=used)


def _named(connection: Connection, claimed: str) -> User | None:
    """The user of that name, compared without case.

    Full-width letters and outer blanks, which are accepted from people who type, make it another
    name here: the provider may have given that name to another person.
    """
    if len(claimed) > 80 or unicodedata.normalize("NFKC", claimed) != claimed:
        return None
    folded = fold_name(claimed)
    return user_named(connection, folded) if folded == claimed.casefold() else None
