"""What kinds of institutions the sample holds: one case per way through the tier rules."""

from __future__ import annotations

from dataclasses import dataclass, field

Tri = bool | None

# The facts that rules ask for. The usual institution is in order.
IN_ORDER: dict[str, Tri] = {
    "assets_cover_debts": True,
    "stable_operation": True,
    "promised_returns": False,
    "rapid_expansion": False,
    "frequent_changes": False,
    "prosecuted": False,
    "complained": False,
    "blacklisted": False,
    "suspected_crime": False,
    "public_attention": False,
}
ALL_UNKNOWN: dict[str, Tri] = dict.fromkeys(IN_ORDER)


@dataclass(frozen=True)
class Case:
    """Institutions that one rule places.

    Attributes
    ----------
    rule : str
        The rule of the tier table meant to decide, or `undetermined`.
    count : int
        How many institutions of this case the sample holds.
    use : str or None
        Use of prepaid fees: none, facility_gap, operation, irregular; None unknown.
    months : (int, int) or None
        Range of the months paid ahead; None unknown. Over 12 is large.
    deposit : (int, int) or None
        Range of the largest deposit in monthly bed fees; None unknown. Over 12 is large.
    facts : dict
        Departures from `IN_ORDER`.
    unlicensed : float
        Share without licence, filing and credit code.
    remarks : str or None
        What the inspectors noted.
    visited : bool
        Whether somebody has been inside: what only a visit tells stays blank otherwise.
    """

    rule: str
    count: int
    use: str | None
    months: tuple[int, int] | None
    deposit: tuple[int, int] | None
    facts: dict[str, Tri] = field(default_factory=dict)
    unlicensed: float = 0.0
    remarks: str | None = None
    visited: bool = True

    @property
    def tier(self) -> int | None:
        """The tier of the rule, 1 to 4; None for undetermined."""
        return int(self.rule[1]) if self.rule.startswith("T") else None


SMALL = (1, 12)
DEPOSIT = (1, 8)
# fmt: off
CASES: tuple[Case, ...] = (
    Case("T1", 20, "none", (0, 0), (0, 0)),
    Case("T1", 20, "operation", SMALL, DEPOSIT),
    Case("T1", 6, "facility_gap", SMALL, DEPOSIT),
    Case("T1", 2, "operation", (12, 12), (12, 12), remarks="预收月数和押金均恰为国家限额"),
    Case("T2a", 7, "facility_gap", (18, 36), DEPOSIT, remarks="预收费用主要用于弥补建设资金缺口"),
    Case("T2a", 4, "facility_gap", SMALL, (15, 30), remarks="押金超过月床位费的12倍"),
    Case("T2b", 5, "operation", SMALL, DEPOSIT, {"rapid_expansion": True},
         remarks="一年内新增三处网点"),
    Case("T2b", 5, "none", (0, 0), (0, 0), {"frequent_changes": True},
         remarks="法定代表人半年内变更两次"),
    Case("T2b", 3, "operation", SMALL, DEPOSIT,
         {"frequent_changes": True, "suspected_crime": None, "complained": None},
         remarks="注册地址多次变更，其余情况待核"),
    Case("T2c", 2, "operation", (18, 30), DEPOSIT, remarks="预收较多，资可抵债"),
    Case("T2c", 2, "operation", (18, 30), DEPOSIT, {"assets_cover_debts": None},
         remarks="预收较多，资产情况待核"),
    Case("T2d", 3, "none", (0, 0), (0, 0), unlicensed=1.0, remarks="无照经营，正在补办备案"),
    Case("T2d", 3, None, None, None, ALL_UNKNOWN, 1.0, "仅有门牌线索，尚未入户", visited=False),
    Case("T3a", 2, "operation", SMALL, DEPOSIT, {"prosecuted": True},
         remarks="负责人因合同诈骗被起诉"),
    Case("T3a", 6, "operation", (3, 24), DEPOSIT, {"complained": True}, 0.15,
         "家属投诉退费困难"),
    Case("T3a", 2, "none", (0, 0), (0, 0), {"blacklisted": True}, remarks="列入严重失信名单"),
    Case("T3b", 5, "irregular", (6, 24), DEPOSIT, remarks="部分预收款转入关联公司账户"),
    Case("T3c", 4, "operation", (6, 12), DEPOSIT, {"promised_returns": True}, 0.25,
         "宣传资料承诺年化返利"),
    Case("T3d", 2, "irregular", SMALL, DEPOSIT, {"assets_cover_debts": None}),
    Case("T3d", 1, "irregular", SMALL, DEPOSIT,
         {"assets_cover_debts": False, "stable_operation": None}),
    Case("T3e", 3, "operation", SMALL, DEPOSIT, {"assets_cover_debts": False},
         remarks="借款开办，资产不足以抵债"),
    Case("T4a", 3, None, None, None,
         ALL_UNKNOWN | {"suspected_crime": True, "promised_returns": True}, 0.7,
         "涉嫌非法集资，已移送公安机关"),
    Case("T4b", 6, "irregular", (24, 60), (18, 40),
         {"assets_cover_debts": False, "stable_operation": False}, 0.3, "资金链紧张，退费逾期"),
    Case("T4c", 3, "operation", SMALL, DEPOSIT, {"public_attention": True, "complained": None},
         remarks="媒体报道后引发集中关注"),
    Case("undetermined", 6, "operation", SMALL, DEPOSIT, {"complained": None}),
    Case("undetermined", 4, "none", (0, 0), (0, 0),
         {"suspected_crime": None, "prosecuted": None}),
    Case("undetermined", 4, None, SMALL, DEPOSIT, remarks="资金用途未提供"),
    Case("undetermined", 2, "operation", None, None, remarks="合同未提供，预收期限不详"),
    Case("undetermined", 3, "facility_gap", SMALL, DEPOSIT, {"promised_returns": None},
         remarks="是否承诺回报各方说法不一"),
    Case("undetermined", 1, "none", (0, 0), (2, 4), remarks="称未预收，却收押金，两处说法矛盾"),
)
# fmt: on
