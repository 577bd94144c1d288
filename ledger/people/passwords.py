"""Passwords: the rules for new ones, their hashes (argon2id) and checking them.

Parameters are the second recommended option of RFC 9106 (64 MiB, three passes), the defaults of
argon2-cffi. A stored hash names its own parameters, so they can be raised later: `outdated`.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ledger.domain.errors import Invalid, Problem
from ledger.people.random_codes import random_code

SHORTEST, LONGEST = 10, 128

# The first entries of lists of leaked passwords that no other rule refuses; compared without case.
COMMONEST = frozenset(
    {
        "1234567890a",
        "1234567890q",
        "123456789a",
        "12345678910a",
        "a123456789",
        "a1234567890",
        "aa123456789",
        "aa12345678",
        "abc1234567",
        "abc12345678",
        "abc123456789",
        "abcd123456",
        "abcde12345",
        "admin12345",
        "admin123456",
        "asd1234567",
        "asdf123456",
        "iloveyou123",
        "passw0rd123",
        "password12",
        "password123",
        "password1234",
        "q123456789",
        "qq123456789",
        "qq12345678",
        "qwe1234567",
        "qwer123456",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "woaini1314",
        "woaini1314520",
        "woaini5201314",
        "wang123456",
        "zhang123456",
        "zxcvbnm123",
        "welcome123",
    }
)

_hasher = PasswordHasher()
# 64 MiB each: many sign-ins at once must not use up the memory of a small server.
_at_once = BoundedSemaphore(4)


def check_rules(name: str, password: str) -> None:
    """Refuse a password that is too easy to guess.

    At least 10 and at most 128 characters; letters and digits; does not contain the user name
    (of three characters or more); not one of `COMMONEST`; at least four different characters.

    Raises
    ------
    Invalid
        With the first of these rules that the password breaks.
    """
    folded = password.casefold()
    message = None
    if len(password) < SHORTEST:
        message = f"密码太短({len(password)}个字符)，至少{SHORTEST}个字符"
    elif len(password) > LONGEST:
        message = f"密码太长，最多{LONGEST}个字符"
    elif not (any(c.isalpha() for c in password) and any(c.isdigit() for c in password)):
        message = "密码须同时包含字母和数字"
    elif len(name) >= 3 and name.casefold() in folded:
        message = "密码不能包含用户名"
    elif folded in COMMONEST or len(set(folded)) < 4:
        message = "这个密码太常见，容易被猜到，请换一个"
    if message:
        raise Invalid([Problem(None, "密码", message)])


def first_password(name: str) -> str:
    """A random password for somebody's first sign-in that keeps the rules: small letters, digits
    and strokes in groups of four, to be typed from a slip."""
    while True:
        password = random_code().lower()
        try:
            check_rules(name, password)
        except Invalid:
            continue
        return password


def hashed(password: str) -> str:
    """The hash to store: argon2id with its parameters and salt."""
    with _at_once:
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password has this hash; without a hash, False after the same computation."""
    with _at_once:
        try:
            right = _hasher.verify(stored or _nobodys_hash(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
