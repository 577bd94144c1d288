"""Elder-care institutions: facts that fit their case, money that adds up, a place in a grid."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from stdnum.cn import uscc

from data.sample.areas import COUNTY_CODE
from data.sample.cases import CASES, IN_ORDER, Case
from data.sample.columns import HEADERS
from data.sample.names import INSTITUTION_WORDS, person, phone
from data.sample.sites import Site, choose_sites

Row = dict[str, object]


@dataclass(frozen=True)
class Kind:
    """A kind of institution: range of beds, of the monthly bed fee (yuan), and its weight."""

    name: str
    beds: tuple[int, int]
    fee: tuple[int, int]
    weight: float


KINDS = (
    Kind("养老院", (40, 220), (1_200, 3_200), 0.40),
    Kind("护理院", (60, 260), (3_000, 6_500), 0.10),
    Kind("敬老院", (30, 120), (700, 1_300), 0.12),
    Kind("老年公寓", (60, 400), (2_000, 5_500), 0.14),
    Kind("日间照料中心", (8, 30), (300, 900), 0.14),
    Kind("康养中心", (80, 500), (2_600, 6_800), 0.10),
)
# Fee-taking beyond the limits is a matter of private, larger houses.
_RISKY_KINDS = ("养老院", "老年公寓", "康养中心")
_ADVANCE_SHARE = 0.6  # of the longest advance, what the average payer has paid


def draw_institutions(
    rng: np.random.Generator, areas: gpd.GeoDataFrame, water: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Every institution of `CASES`, in random order, with the rule meant to decide.

    Returns
    -------
    DataFrame of dtype object: the columns of `HEADERS`, then `intended` (rule). Choices are
    stored keys, yes/no/unknown is True/False/None, a missing value is None, money is in whole
    yuan. `area_code` is filled only where there is no position.
    """
    cases = [case for case in CASES for _ in range(case.count)]
    cases = [cases[i] for i in rng.permutation(len(cases))]
    sites = choose_sites(rng, areas, water, [case.tier for case in cases])
    words = [INSTITUTION_WORDS[i] for i in rng.permutation(len(INSTITUTION_WORDS))]
    rows = [
        _institution(rng, serial, case, site, word)
        for serial, (case, site, word) in enumerate(zip(cases, sites, words, strict=False), 1)
    ]
    return pd.DataFrame(rows, columns=[*HEADERS, "intended"], dtype=object)


def credit_code(rng: np.random.Generator, category: str) -> str:
    """A valid unified social credit code in the fictional county.

    `category` is two digits: 52 private non-enterprise unit, 91 company, 12 public institution.
    The organisation part carries its own check character (GB 11714).
    """
    body = "".join(str(d) for d in rng.integers(0, 10, 8))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = (11 - sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11) % 11
    stem = f"{category}{COUNTY_CODE}{body}{'X' if check == 10 else check}"
    return stem + uscc.calc_check_digit(stem)


def _institution(rng: np.random.Generator, serial: int, case: Case, site: Site, word: str) -> Row:
    kind = _kind(rng, case)
    row: Row = dict.fromkeys(HEADERS)
    row.update(IN_ORDER | case.facts)
    row.update(
        number=f"YS-{serial:04d}",
        name=f"演示·{word}{kind.name}",
        kind=kind.name,
        address=site.address,
        lon=site.lon,
        lat=site.lat,
        area_code=site.area_code,
        remarks="；".join(t for t in (case.remarks, site.remarks) if t) or None,
        intended=case.rule,
    )
    unlicensed = rng.random() < case.unlicensed
    row.update(_registration(rng, kind, word, unlicensed))
    if case.visited:
        row.update(_running(rng, kind, case))
        row.update(_money(rng, case, kind, row))
    return row


def _kind(rng: np.random.Generator, case: Case) -> Kind:
    risky = case.tier in (2, 3, 4)
    weights = np.array([k.weight * (not risky or k.name in _RISKY_KINDS) for k in KINDS])
    return KINDS[rng.choice(len(KINDS), p=weights / weights.sum())]


def _registration(rng: np.random.Generator, kind: Kind, word: str, unlicensed: bool) -> Row:
    if unlicensed:
        known = rng.random() < 0.5
        return {
            "filing": "none",
            "operator": f"{person(rng)}（个人）" if known else None,
            "legal_representative": None,
            "phone": phone(rng) if known else None,
        }
    if kind.name == "敬老院":
        category, operator = "12", f"演示{word}敬老服务中心"
    elif rng.random() < 0.5:
        category, operator = "52", f"演示{word}养老服务中心（民办非企业）"
    else:
        category, operator = "91", f"演示{word}养老服务有限公司"
    return {
        "filing": "licensed" if rng.random() < 0.3 else "filed",
        "credit_code": credit_code(rng, category),
        "operator": operator,
        "legal_representative": person(rng),
        "phone": phone(rng) if rng.random() < 0.9 else None,
        "affiliates": f"演示{word}健康管理有限公司" if rng.random() < 0.25 else None,
    }


def _running(rng: np.random.Generator, kind: Kind, case: Case) -> Row:
    beds = int(rng.integers(*kind.beds, endpoint=True))
    risky = case.tier in (3, 4)
    usual = ("社区宣传栏", "公众号推送", "老带新介绍", "上门走访")
    pushing = ("免费旅游体验", "免费体检讲座", "会销推介", "赠送礼品")
    pool = pushing + usual[2:] if risky else usual
    ways = rng.choice(len(pool), int(rng.integers(1, 3, endpoint=True)), replace=False)
    return {
        "beds": beds,
        "residents": round(beds * rng.uniform(0.35, 0.95)),
        "marketing": "、".join(pool[i] for i in sorted(ways)),
        "charging": _charging(rng, case),
        "risk_told": None if rng.random() < 0.1 else bool(rng.random() > 0.6 * risky + 0.1),
    }


def _charging(rng: np.random.Generator, case: Case) -> str:
    if case.use == "none":
        return "按月收取"
    if case.facts.get("promised_returns"):
        return "床位认购"
    if case.months and case.months[0] > 12:
        return "会员制" if rng.random() < 0.5 else "一次性预收多年"
    return "按季预收" if rng.random() < 0.5 else "按年预收"


def _money(rng: np.random.Generator, case: Case, kind: Kind, row: Row) -> Row:
    """Fees that lie within or beyond the limits as the case says; totals in whole yuan."""
    beds, residents = int(str(row["beds"])), int(str(row["residents"]))
    fee = int(rng.integers(kind.fee[0] // 50, kind.fee[1] // 50, endpoint=True)) * 50
    money: Row = {"monthly_bed_fee": fee}
    if case.use == "none":
        money.update(
            prepaid_use="none",
            prepaid_service_fee=0,
            prepaid_deposit=0,
            prepaid_membership=0,
            prepaid_people=0,
            prepaid_months=0,
            max_deposit=fee * (case.deposit or (0, 0))[1],
        )
        total = 0
    else:
        people = max(1, round(residents * rng.uniform(0.3, 0.95)))
        money.update(prepaid_use=case.use, prepaid_people=people)
        total = _prepaid(rng, case, fee, people, money)
    money["custody"] = _custody(rng, case)
    money["net_fixed_assets"] = _assets(rng, case, beds, total)
    return money


def _prepaid(rng: np.random.Generator, case: Case, fee: int, people: int, money: Row) -> int:
    """Fill the amounts paid ahead and return their sum."""
    sums = [0, 0, 0]
    if case.months is not None:
        months = int(rng.integers(*case.months, endpoint=True))
        sums[0] = round(people * fee * 1.6 * months * _ADVANCE_SHARE / 100) * 100
        money["prepaid_months"] = months
    if case.deposit is not None:
        times = int(rng.integers(*case.deposit, endpoint=True))
        sums[1] = round(people * fee * times * rng.uniform(0.6, 0.95) / 100) * 100
        money["max_deposit"] = fee * times
    member_scheme = bool(case.facts.get("promised_returns")) or (
        case.months is not None and case.months[0] > 12 and rng.random() < 0.6
    )
    if member_scheme:
        sums[2] = round(people * rng.uniform(0.2, 0.8)) * int(rng.integers(2, 9)) * 10_000
    if case.months is not None:
        money.update(
            zip(("prepaid_service_fee", "prepaid_deposit", "prepaid_membership"), sums, strict=True)
        )
    return sum(sums)


def _custody(rng: np.random.Generator, case: Case) -> bool | None:
    if case.use in (None, "none"):
        return None
    if case.tier in (3, 4) or case.use == "irregular":
        return None if rng.random() < 0.3 else False
    return True


def _assets(rng: np.random.Generator, case: Case, beds: int, total: int) -> int | None:
    """Net fixed assets: above everything prepaid where assets cover debts, below where not."""
    covered = (IN_ORDER | case.facts)["assets_cover_debts"]
    if covered is None:
        return None
    usual = beds * rng.uniform(25_000, 70_000)
    worth = max(usual, total * rng.uniform(1.2, 2.0)) if covered else total * rng.uniform(0.2, 0.6)
    return round(worth / 10_000) * 10_000
