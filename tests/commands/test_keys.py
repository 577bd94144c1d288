"""``keys``, ``retention`` and ``user reset`` as scripts call them."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from ledger.__main__ import main
from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.operations.retention import keep_for
from ledger.people.signin import authenticate
from ledger.storage import Store
from tests.ledger.conftest import actor, store  # noqa: F401
from tests.ledger.records.protected_cases import add_lead
from tests.people import OTHER_PASSWORD, make_user, quick_hashing  # noqa: F401

ADMIN = actor(Role.ADMIN, "*")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_keys_are_rotated_and_checked(
    store: Store,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_lead(store, SYSTEM)
    code, told = run(capsys, "keys", "rotate")
    assert (code, told["resealed"], told["resumed"]) == (0, 6, False)
    assert run(capsys, "keys", "check") == (0, {"newest": 6, "older": 0, "unreadable": 0})


def test_retention_is_refused_until_a_time_is_set(
    store: Store,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, told = run(capsys, "retention", "--dry-run")
    assert (code, "还没有设定" in told["error"]) == (1, True)
    keep_for(store, ADMIN, 24)
    code, told = run(capsys, "retention")
    protecting = [
        key
        for key, ledger in LEDGERS.items()
        if any(column.sensitivity == "protected" for column in ledger.columns)
    ]
    assert (code, told["records"]) == (0, dict.fromkeys(protecting, 0))


def test_an_administrator_is_reset_on_the_server(
    store: Store,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_user(store, "guanli", Role.ADMIN)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{OTHER_PASSWORD}\n"))
    assert run(capsys, "user", "reset", "guanli") == (0, {"name": "guanli", "reset": True})
    assert authenticate(store, "guanli", OTHER_PASSWORD).must_change
    assert run(capsys, "user", "unlock", "guanli")[0] == 0
