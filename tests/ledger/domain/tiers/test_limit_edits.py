"""Other limits in a rule file: only their own lines change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.limit_edits import with_limits
from ledger.domain.tiers.rulefile import read
from ledger.records.rulebook import TIERS, shipped

SHIPPED = shipped(TIERS).read_text(encoding="utf-8")
SIX, AMOUNT = Decimal(6), Decimal(500000)


def test_a_limit_is_changed_and_one_is_added_below_its_remark() -> None:
    changed = with_limits(SHIPPED, {"prepaid_months": SIX, "local_amount": AMOUNT}, "x")
    before, after = SHIPPED.split("\n"), changed.split("\n")
    added = [line for line in after if line not in before]
    assert added == [
        'version = "x"',
        "prepaid_months = 6 # 养老服务费最多预收的月数",
        "local_amount = 500000",
    ]
    assert after[after.index("local_amount = 500000") - 1].startswith("# local_amount")
    assert read(changed).version == "x"


def test_a_limit_is_taken_away_again() -> None:
    version = read(SHIPPED).version
    there = with_limits(SHIPPED, {"local_amount": AMOUNT}, version)
    assert with_limits(there, {"local_amount": None}, version) == SHIPPED


def test_a_limit_that_rules_need_cannot_be_left_out() -> None:
    with pytest.raises(RuleError):
        with_limits(SHIPPED, {"prepaid_months": None}, "x")


def test_a_file_without_limits_is_not_edited() -> None:
    with pytest.raises(RuleError, match="改文件后上传"):
        with_limits("version = '1'\n", {"a": SIX}, "x")
