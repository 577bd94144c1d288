"""The one-time code for making the first account: it proves access to the server.

`init` prints it while there is no account; a new code replaces the earlier one. The database holds
only its SHA-256, and nothing after the first account was made.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from sqlalchemy import Connection, delete

from ledger.domain.errors import Invalid, Problem
from ledger.people.random_codes import random_code
from ledger.people.users import any_users
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.own_tables import options as table

_OPTION = "setup_code"


@tried_again
def new_code(store: Store) -> str | None:
    """A new code, such as ``7KQM-XW2P-9RTA``; None if there is an account."""
    code = random_code()
    with store.writing() as connection:
        if any_users(connection):
            return None
        options.write(connection, _OPTION, _digest(code))
    return code


def use_code(connection: Connection, code: str) -> None:
    """Check the code and delete it, in the transaction that makes the first account.

    Raises
    ------
    Invalid
        For a wrong code, or if `init` has printed none.
    """
    kept = options.read(connection, _OPTION)
    if kept is None or not hmac.compare_digest(str(kept), _digest(code)):
        raise Invalid(
            [
                Problem(
                    None,
                    "一次性代码",
                    "不正确。请在服务器上运行 python -m ledger init，填写它最后一次显示的代码",
                )
            ]
        )
    forget_code(connection)


def forget_code(connection: Connection) -> None:
    """Delete the code: it is not valid after an account was made."""
    connection.execute(delete(table).where(table.c.key == _OPTION))


def _digest(code: str) -> str:
    signs = "".join(letter for letter in unicodedata.normalize("NFKC", code) if letter.isalnum())
    return hashlib.sha256(signs.upper().encode()).hexdigest()
