"""A second reading of the default tier table (DESIGN "Tier rules"), in plain Python.

It shares nothing with the rule engine: a home whose facts are all known is judged by ordinary
comparisons; one with unknown facts by trying every value that could make a difference.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Home = dict[str, Any]

RISKS = (
    "suspected_crime", "public_attention", "prosecuted", "complained", "blacklisted",
    "promised_returns", "rapid_expansion", "frequent_changes",
)  # fmt: skip
FEES = ("prepaid_service_fee", "prepaid_deposit", "prepaid_membership")
USES = ("none", "operation", "facility_gap", "irregular")
LITTLE = Fraction(1, 10**6)
# What an unknown fact may be: for numbers nothing, next to nothing, and more than all others.
EVERY: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys((*RISKS, "assets_cover_debts", "stable_operation", "custody"), (True, False)),
    "prepaid_use": USES,
    "filing": ("licensed", "filed", "none"),
    "prepaid_months": (0, 2, 13),
    "monthly_bed_fee": (0, LITTLE, 10**9),
    "max_deposit": (0, LITTLE, 10**12),
    **dict.fromkeys(FEES, (0, LITTLE, 10**16)),
    "net_fixed_assets": (0, 10**14),
    "prepaid_people": (0, 10**8),
    "beds": (0, 10**7),
    "confirmed_leads": (0, 1),
    "representative_changes_24m": (0, 3),
}
COUNTED = ("confirmed_leads", "representative_changes_24m")
# The tier that a risk makes by itself, whatever else is known, and what is no risk.
RISKY: dict[str, tuple[int, Any]] = {
    **dict.fromkeys(("suspected_crime", "public_attention"), (4, False)),
    **dict.fromkeys(("prosecuted", "complained", "blacklisted", "promised_returns"), (3, False)),
    **dict.fromkeys(("rapid_expansion", "frequent_changes"), (2, False)),
    "confirmed_leads": (3, 0),
    "representative_changes_24m": (2, 0),
}
# What an answer may be: more than all limits, and still less than what stays unknown may be.
ANSWERED: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(FEES, (0, LITTLE, 10**12)),
    "net_fixed_assets": (0, 10**13),
    "max_deposit": (0, LITTLE, 10**9),
    "prepaid_people": (0, 10**6),
}


def tier_of(home: Mapping[str, Any]) -> int | None:
    """The tier of a home whose facts are all known; None where they contradict each other."""
    takes = home["prepaid_use"] != "none"
    fee, deposit = home["monthly_bed_fee"], home["max_deposit"]
    service, held, member = (home[key] for key in FEES)
    over = home["prepaid_months"] > 12 or (fee > 0 and deposit > 12 * fee)
    large = takes and over
    breach = takes and (
        (not home["custody"] and held + member > 0)
        or home["prepaid_people"] > home["beds"]
        or service + held + member > home["net_fixed_assets"]
    )
    irregular = home["prepaid_use"] == "irregular" or breach
    insolvent = not home["assets_cover_debts"]
    if home["suspected_crime"] or home["public_attention"] or (large and insolvent):
        return 4
    if home["prosecuted"] or home["complained"] or home["blacklisted"]:
        return 3
    if home["confirmed_leads"] >= 1:
        return 3
    if irregular or home["promised_returns"] or (takes and insolvent):
        return 3
    if large or home["rapid_expansion"] or home["frequent_changes"]:
        return 2
    if home["representative_changes_24m"] >= 3:
        return 2
    if home["filing"] == "none" or insolvent or not home["stable_operation"]:
        return 2
    return None if clashes(home) else 1


def clashes(home: Mapping[str, Any]) -> bool:
    """Whether a home says that nothing is prepaid and beside it what is."""
    paid = [home["max_deposit"], *(home[key] for key in FEES)]
    return home["prepaid_use"] == "none" and (
        home["prepaid_months"] > 1 or any(amount > 0 for amount in paid)
    )


def completions(home: Mapping[str, Any]) -> Iterator[Home]:
    """The home with its unknown facts filled in, in every way that could make a difference."""
    unknown = [key for key in EVERY if home[key] is None]
    for values in product(*(EVERY[key] for key in unknown)):
        yield {**home, **dict(zip(unknown, values, strict=True))}


def read_again(home: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Tier and highest tier still possible of a home with unknown facts, by brute force."""
    found = {tier_of(full) for full in completions(home)}
    sure = [tier for tier in found if tier is not None]
    highest = max(sure, default=None)
    if found == {1}:
        return 1, 1
    lowest = None if None in found else min(sure)
    return (lowest if lowest is not None and lowest > 1 else None), highest


def random_homes(count: int, seed: int, blank: float = 0.18) -> Iterator[Home]:
    """Homes with few risks, amounts near every limit, and each fact unknown now and then."""
    draw = random.Random(seed)
    for _ in range(count):
        fee = draw.choice([0, 800, 2000, 3500])
        fees = [draw.choice([0, 0, 50_000, 400_000, 2_000_000]) for _ in FEES]
        beds = draw.choice([10, 60, 200])
        home: Home = {
            **{key: draw.random() < 0.06 for key in RISKS},
            "assets_cover_debts": draw.random() < 0.85,
            "stable_operation": draw.random() < 0.9,
            "custody": draw.random() < 0.7,
            "prepaid_use": draw.choice(USES),
            "filing": draw.choice(["licensed", "filed", "filed", "none"]),
            "prepaid_months": draw.choice([0, 1, 6, 12, 13, 36]),
            "monthly_bed_fee": fee,
            "max_deposit": draw.choice([0, 0, 3000, 12 * fee, 12 * fee + 1]),
            **dict(zip(FEES, fees, strict=True)),
            "net_fixed_assets": sum(fees) + draw.choice([-1000, 0, 1000, 10**6]) * (sum(fees) > 0),
            "prepaid_people": beds + draw.choice([-9, 0, 1]),
            "beds": beds,
            "confirmed_leads": draw.choice([0] * 12 + [1, 2]),
            "representative_changes_24m": draw.choice([0] * 6 + [1, 2, 3, 4]),
        }
        yield {key: None if draw.random() < blank else value for key, value in home.items()}


def ways_again(home: Home, tier: int, kept: Collection[str] = ()) -> set[frozenset[str]]:
    """The smallest sets of facts that lower the tier for sure when they get better, by trying
    every set without those ``kept``.

    A risk that by itself makes the tier, or one above it, is in every set; one that makes a lower
    tier only is in none. The bed fee is left alone: neither a low one nor a high one is worse.
    """
    must = frozenset(key for key, (least, _) in RISKY.items() if least >= tier and risky(home, key))
    if must & set(kept):
        return set()
    calm = {**home, **{key: good for key, (_, good) in RISKY.items()}}
    alone = {"monthly_bed_fee", *RISKY, *kept}
    facts = [key for key in EVERY if key not in alone and better(home, key)]
    for size in range(len(facts) + 1):
        found = {must | set(some) for some in combinations(facts, size) if _lower(calm, some, tier)}
        if found:
            return found
    return set()


def risky(home: Home, key: str) -> bool:
    """Whether a risk of `RISKY` is there, or not known not to be."""
    now = home[key]
    most = {"confirmed_leads": 0, "representative_changes_24m": 2}.get(key, 0)
    return now is None or now > most


def _lower(home: Home, some: tuple[str, ...], tier: int) -> bool:
    for values in product(*(better(home, key) for key in some)):
        changed = {**home, **dict(zip(some, values, strict=True))}
        if all(_is_lower(full, tier) for full in completions(changed)):
            return True
    return False


def _is_lower(home: Home, tier: int) -> bool:
    now = tier_of(home)
    return now is not None and now < tier and not clashes(home)


def better(home: Home, key: str) -> list[Any]:
    """What a fact may be set to: of a known one what is no worse, of an unknown one anything but
    the worst."""
    now = home[key]
    if now is None:
        worst = {"prepaid_use": "irregular", "filing": "none", **dict.fromkeys(RISKS, True)}
        good = ("assets_cover_debts", "stable_operation", "custody")
        bad = {**worst, **dict.fromkeys(good, False)}.get(key, "")
        return [value for value in EVERY[key] if value is not bad]
    if key == "prepaid_use":
        step = {"none": 0, "operation": 1, "facility_gap": 1, "irregular": 2}
        return [use for use in USES if use != now and step[use] <= step[now]]
    if key == "filing":
        return [one for one in EVERY[key] if one != now and (one != "none" or now == "none")]
    if key in ("assets_cover_debts", "stable_operation", "custody"):
        return [] if now else [True]
    if key in ("beds", "net_fixed_assets"):
        return [value for value in EVERY[key] if value > now]
    return [value for value in EVERY[key] if value < now]


def first_again(home: Home) -> dict[str, Fraction]:
    """Of each unknown fact, how many tiers its answers leave on average; only those that tell."""
    now = {tier_of(full) for full in completions(home)}
    found = {}
    for key in (key for key in EVERY if home[key] is None and len(now) > 1):
        kinds = {
            frozenset(tier_of(full) for full in completions({**home, key: value}))
            for value in answers_to(home, key)
        }
        if any(left != now for left in kinds):
            found[key] = Fraction(sum(map(len, kinds)), len(kinds))
    return found


def answers_to(home: Home, key: str) -> list[Any]:
    """Answers to a question that could differ: round every limit that the known facts set."""
    values = list(ANSWERED.get(key, EVERY[key]))
    fees = [home[fee] for fee in FEES if fee != key]
    limits: list[Any] = {
        "max_deposit": [home["monthly_bed_fee"] and 12 * home["monthly_bed_fee"]],
        "monthly_bed_fee": [home["max_deposit"] and Fraction(home["max_deposit"], 12)],
        "prepaid_people": [home["beds"]],
        "beds": [home["prepaid_people"]],
        "net_fixed_assets": [sum(fee for fee in fees if fee is not None)],
        **{fee: [_room(home, fees)] for fee in FEES},
    }.get(key, [])
    for limit in (limit for limit in limits if limit is not None):
        values += [max(limit + step, 0) for step in (-LITTLE, 0, LITTLE)]
    return values


def _room(home: Home, fees: list[Any]) -> Any:
    assets = home["net_fixed_assets"]
    return None if assets is None else assets - sum(fee for fee in fees if fee is not None)
