"""Who has what to do: the pure rules behind the to-do list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ledger.casework.awaiting import (
    GROUPS,
    LEDGERS_OF,
    awaited_steps,
    colour_of,
    due_words,
    open_states,
    span_words,
)
from ledger.domain.access import Role
from ledger.domain.ledgers import LEDGERS
from ledger.domain.workflows import WORKFLOWS


@pytest.mark.parametrize(
    ("ledger", "record", "role", "labels"),
    [
        # regular steps wait for those who may take them
        ("leads", {"state": "registered"}, Role.VILLAGE_STAFF, ["开始核查"]),
        ("leads", {"state": "registered"}, Role.LEADER, []),
        ("leads", {"state": "answered"}, Role.LEADER, ["办结"]),
        ("leads", {"state": "closed"}, Role.OFFICE_STAFF, ["归档"]),
        # to reopen is an exception, for which nobody is waited
        ("leads", {"state": "closed"}, Role.LEADER, []),
        ("leads", {"state": "archived"}, Role.OFFICE_STAFF, []),
        ("dispositions", {"state": "review"}, Role.LEADER, ["审核销号"]),
        ("dispositions", {"state": "running"}, Role.VILLAGE_STAFF, ["申请销号"]),
        # a step within its state waits while what it demands is blank
        ("petitions", {"state": "accepted"}, Role.VILLAGE_STAFF, ["告知受理"]),
        (
            "petitions",
            {"state": "accepted", "acceptance_told_on": date(2026, 6, 1)},
            Role.VILLAGE_STAFF,
            [],
        ),
        # an extension is asked for, not waited for
        ("petitions", {"state": "accepted"}, Role.LEADER, []),
        ("petitions", {"state": "registered"}, Role.AUDITOR, []),
        ("institutions", {}, Role.OFFICE_STAFF, []),
    ],
)
def test_steps_that_wait(
    ledger: str, record: dict[str, Any], role: Role, labels: list[str]
) -> None:
    assert [step.label for step in awaited_steps(ledger, record, role)] == labels


@pytest.mark.parametrize("key", WORKFLOWS)
def test_open_states_are_all_but_the_final_ones(key: str) -> None:
    declared = {choice.key for choice in LEDGERS[key].by_key["state"].choices}
    assert {*open_states(WORKFLOWS[key]), *WORKFLOWS[key].final} == declared
    assert not {*open_states(WORKFLOWS[key])} & WORKFLOWS[key].final


@pytest.mark.parametrize(
    ("due", "words", "colour"),
    [
        (date(2026, 6, 8), "超期 2 天", "red"),
        (date(2026, 6, 10), "今天到期", ""),
        (date(2026, 6, 13), "剩 3 天", ""),
    ],
)
def test_day_in_words(due: date, words: str, colour: str) -> None:
    assert due_words(due, date(2026, 6, 10)) == words
    assert colour_of(None, due, date(2026, 6, 10)) == colour


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "不足 1 分钟"),
        (timedelta(minutes=45), "45 分钟"),
        (timedelta(hours=3), "3 小时"),
        (timedelta(hours=3, minutes=20), "3 小时 20 分钟"),
        (timedelta(days=2, hours=5, minutes=59), "2 天 5 小时"),
        (timedelta(days=1), "1 天"),
        (timedelta(hours=-1), "不足 1 分钟"),
    ],
)
def test_span_in_words(span: timedelta, words: str) -> None:
    assert span_words(span) == words


def test_every_role_has_its_groups_and_ledgers() -> None:
    assert set(GROUPS) == set(LEDGERS_OF) == set(Role)
    assert {key for keys in LEDGERS_OF.values() for key in keys} <= set(LEDGERS)
