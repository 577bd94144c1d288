"""Slow statements are remembered as they were asked, never what for."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from ledger.domain.settings import settings
from ledger.operations import slow
from ledger.operations.slow import SLOW, SlowStatements, without_literals


@pytest.fixture(autouse=True)
def everything_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "slow_statement_milliseconds", 0)
    SLOW.clear()


def test_a_watched_engine_remembers_statements_without_parameters() -> None:
    engine, seen = create_engine("sqlite://"), list[float]()
    slow.watch(engine, seen.append)
    slow.watch(engine, seen.append)
    with engine.connect() as connection:
        connection.execute(text("SELECT :name"), {"name": "张测试"})
    (found,) = SLOW.newest()
    assert found.statement == "SELECT ?"
    assert len(seen) == 1


def test_quick_ones_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "slow_statement_milliseconds", 100)
    ring = SlowStatements()
    ring.add(0.05, "SELECT 1")
    ring.add(0.2, "SELECT 2")
    assert [one.statement for one in ring.newest()] == ["SELECT 2"]


def test_the_ring_forgets_the_oldest() -> None:
    ring = SlowStatements(kept=3)
    for number in range(5):
        ring.add(1, f"SELECT {number}")
    assert [one.statement for one in ring.newest()] == ["SELECT 4", "SELECT 3", "SELECT 2"]


def test_texts_inside_a_statement_are_taken_out() -> None:
    assert without_literals("SELECT *\n FROM x WHERE a = 'O''Neil 13800001234'") == (
        "SELECT * FROM x WHERE a = ?"
    )
    assert len(without_literals("SELECT " + "a, " * 1000)) == 601


def test_waiting_for_others_to_save_is_told_in_words() -> None:
    assert without_literals("BEGIN IMMEDIATE") == slow.WAITED
    assert without_literals("begin") == slow.WAITED
    assert without_literals("SELECT beginnings") != slow.WAITED
