"""Which words of a search also stand for records with a protected phone."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain.access import Actor, Role
from ledger.domain.ledgers import PETITIONS
from ledger.records.search_words import searched_words

STAFF = Actor("经办", Role.OFFICE_STAFF, "990101", "/990101/")


class _Sealer:
    def fingerprint(self, plain: str) -> str:
        return f"of-{plain}"


@pytest.mark.parametrize(
    ("word", "is_phone"),
    [("13800001234", True), ("0571-8800123", True), ("XF-0500000", False), ("138000", False)],
)
def test_only_what_can_be_a_phone_is_looked_for_as_one(word: str, is_phone: bool) -> None:
    sealer: Any = _Sealer()
    ((_, key),) = searched_words(STAFF, PETITIONS, word, sealer)
    assert (key is not None) == is_phone
