"""The list of common passwords holds what would otherwise be allowed, and nothing else."""

from __future__ import annotations

import pytest

from ledger.domain.errors import Invalid
from ledger.people import passwords


def test_each_common_password_is_refused_by_the_list_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for password in passwords.COMMONEST:
        with pytest.raises(Invalid, match="太常见"):
            passwords.check_rules("zhangsan", password.title())
    listed = passwords.COMMONEST
    monkeypatch.setattr(passwords, "COMMONEST", frozenset())
    for password in listed:
        passwords.check_rules("zhangsan", password)
