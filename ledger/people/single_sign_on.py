"""Who signs in by single sign-on: the user of exactly that name, whom an administrator has made.

The provider says who somebody is, never what they may do here: it makes no accounts and changes
none. A name that nobody has and a closed account get one answer. What only concerns passwords does
not count: a wait after failed passwords (else anybody could keep others out by typing wrong ones)
and a new password that is due.
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
    """The provider knows this person; this system does not let them in."""


def sign_on(store: Store, claimed: str, state: str, *, address: str = "", agent: str = "") -> str:
    """Begin the session of the user whom the provider named, and return its token.

    ``state`` names this one sign-on and is good for one session. Successes and failures go into
    the log.

    Raises
    ------
    SignOnRefused
        If nobody has that name, the account is closed, or the sign-on was used before.
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

    Full-width letters and blanks, which are forgiven to people who type, are another name here: a
    provider may have given it to somebody else.
    """
    if len(claimed) > 80 or unicodedata.normalize("NFKC", claimed) != claimed:
        return None
    folded = fold_name(claimed)
    return user_named(connection, folded) if folded == claimed.casefold() else None
