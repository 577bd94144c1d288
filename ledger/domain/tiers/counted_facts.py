"""Facts that are counted from other records rather than written into the institution.

Rule files use them like any number. Each is a whole number from 0 upwards, and more is worse. A
count is unknown only where there is nothing to count by (`branches` without an operator).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.domain.tiers.facts import Fact, FactType


@dataclass(frozen=True)
class CountedFact:
    """One counted fact: its key, Chinese label, unit, and how it is counted, in words.

    ``ledgers`` are those whose records are counted; ``by_day``: the count may change by the
    passing of time alone.
    """

    key: str
    label: str
    unit: str
    help: str
    ledgers: tuple[str, ...]
    by_day: bool = False
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    worse: str = "higher"

    @property
    def fact(self) -> Fact:
        """Its declaration, as rules know it."""
        return Fact(
            self.key,
            FactType.NUMBER,
            self.label,
            self.minimum,
            self.maximum,
            worse=self.worse,
            whole=True,
        )


COUNTED_FACTS: Mapping[str, CountedFact] = {
    one.key: one
    for one in (
        CountedFact(
            "confirmed_leads",
            "属实线索数",
            "条",
            "涉及本机构、核查结论为属实或部分属实的线索；结论退回或重新办理的不算",
            ("leads",),
        ),
        CountedFact("open_leads", "未办结线索数", "条", "涉及本机构、尚未办结的线索", ("leads",)),
        CountedFact(
            "petitions_12m",
            "近12个月信访件数",
            "件",
            "涉及本机构、登记日期在近12个月内的信访事项",
            ("petitions",),
            by_day=True,
        ),
        CountedFact(
            "overdue_rectifications",
            "逾期未整改数",
            "项",
            "走访要求整改而过期未完成的，以及过期未销号的责令整改",
            ("inspections", "dispositions"),
            by_day=True,
        ),
        CountedFact(
            "branches",
            "同一运营主体的其他机构数",
            "家",
            "台账中运营主体相同的其他机构；运营主体空白的为不详",
            ("institutions",),
        ),
        CountedFact(
            "representative_changes_24m",
            "近24个月法定代表人、地址变更次数",
            "次",
            "台账历史中近24个月法定代表人由一人改为另一人、地址由一处改为另一处的次数，"
            "两项同时改的算两次；首次填写不算",
            ("institutions",),
            by_day=True,
        ),
    )
}
