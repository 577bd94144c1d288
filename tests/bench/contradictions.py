"""Contradictions counted a second time, in pandas, without a word of our rules or SQL.

The tables are read as they stand; each rule is written here as somebody would who was given its
Chinese name only. An office of any size is made by SQLite, with every contradiction planted at
random.

    python -m tests.bench.contradictions [DATABASE]    without one: an office of 2,000 homes
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import insert, select

from ledger.casework.contradiction_counts import overview
from ledger.casework.contradictions import rules_for
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.domain.timing.clock import OFFICE
from ledger.records.contradicted import facts_of, found
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, open_store
from ledger.storage.own_tables import settled_findings
from tests.bench.contradiction_office import TABLES, office
from tests.bench.many_institutions import COUNTY, township

SECONDS = 0.3
COUNTY_LEADER = Actor("测量", Role.LEADER, COUNTY, f"/{COUNTY}/")
TOWN = Actor("测量", Role.OFFICE_STAFF, township(2), f"/{COUNTY}/{township(2)}/")
Frames = dict[str, pd.DataFrame]


# -- the second count -----------------------------------------------------------------------------


def frames_of(store: Store, actor: Actor) -> Frames:
    """What the actor sees of each ledger: records that are not deleted, by their path alone."""
    frames = {}
    with store.reading() as connection:
        for name, table in TABLES.items():
            rows = connection.execute(select(table)).mappings().all()
            frame = pd.DataFrame([dict(row) for row in rows], columns=[c.name for c in table.c])
            paths = frame["area_path"].fillna("").astype(str)
            seen = paths.str.startswith(actor.scope_path) | (actor.scope_path == "/")
            frames[name] = frame[seen & ~frame["deleted"].astype(bool)].reset_index(drop=True)
    return frames


def counted(frames: Frames) -> dict[str, set[int]]:
    """Ids of the records that contradict themselves, by rule."""
    return {name: set(count(frames)["id"]) for name, count in COUNTS.items()}


def _number(frame: pd.DataFrame, key: str) -> pd.Series[Any]:
    return pd.to_numeric(frame[key])


def _complained(frames: Frames) -> pd.DataFrame:
    homes, reports = frames["institutions"], frames["leads"]
    concluded = reports["finding"].isin(["true", "partly"]) & reports["verified_on"].notna()
    named = reports.loc[concluded, "institution"].dropna()
    said_no = homes["complained"].map(
        lambda said: said is False or (said == 0 and said is not None)
    )
    return homes[said_no & homes["number"].isin(named)]


def _closed_homes(frames: Frames) -> pd.DataFrame:
    visits = frames["inspections"].sort_values(["inspected_on", "id"])
    last = visits.groupby("institution").tail(1)
    homes = frames["institutions"]
    return homes[homes["number"].isin(last.loc[last["result"] == "closed", "institution"])]


def _with_open_leads(frames: Frames) -> pd.DataFrame:
    homes, reports = _closed_homes(frames), frames["leads"]
    going = reports.loc[~reports["state"].isin(["closed", "archived"]), "institution"]
    return homes[homes["number"].isin(going.dropna())]


def _with_open_dispositions(frames: Frames) -> pd.DataFrame:
    homes, measures = _closed_homes(frames), frames["dispositions"]
    going = measures.loc[measures["state"] != "closed", "institution"]
    return homes[homes["number"].isin(going.dropna())]


def _closed_leads(frames: Frames) -> pd.DataFrame:
    reports, measures = frames["leads"], frames["dispositions"]
    over = reports[reports["state"].isin(["closed", "archived"])]
    return over[over["number"].isin(measures.loc[measures["state"] != "closed", "lead"].dropna())]


def _more(one: str, other: str) -> Callable[[Frames], pd.DataFrame]:
    def count(frames: Frames) -> pd.DataFrame:
        homes = frames["institutions"]
        return homes[_number(homes, one) > _number(homes, other)]

    return count


def _prepaid(frames: Frames) -> pd.DataFrame:
    homes = frames["institutions"]
    fees = ("prepaid_service_fee", "prepaid_deposit", "prepaid_membership")
    total = sum((_number(homes, fee).fillna(0) for fee in fees), start=0 * _number(homes, "id"))
    return homes[total > _number(homes, "net_fixed_assets")]


def _without_code(frames: Frames) -> pd.DataFrame:
    homes = frames["institutions"]
    return homes[(homes["filing"] == "licensed") & homes["credit_code"].isna()]


def _twins(*keys: str) -> Callable[[Frames], pd.DataFrame]:
    def count(frames: Frames) -> pd.DataFrame:
        homes = frames["institutions"].dropna(subset=list(keys))
        return homes[homes.duplicated(list(keys), keep=False)]

    return count


def _tiers(frames: Frames) -> pd.DataFrame:
    homes = frames["institutions"]
    same = homes["tier_confirmed"] == homes["tier_computed"]
    return homes[homes["tier_confirmed"].notna() & ~same]


def _day(value: Any) -> date | None:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.astimezone(OFFICE).date()
    return value if isinstance(value, date) else None


def _disordered(ledger: str, *chains: str) -> Callable[[Frames], pd.DataFrame]:
    def wrong(row: pd.Series[Any]) -> bool:
        for chain in chains:
            days = [day for key in chain.split() if (day := _day(row[key])) is not None]
            if days != sorted(days):
                return True
        return False

    def count(frames: Frames) -> pd.DataFrame:
        frame = frames[ledger]
        return frame[[wrong(row) for _, row in frame.iterrows()]]

    return count


COUNTS: dict[str, Callable[[Frames], pd.DataFrame]] = {
    "lead_true_not_complained": _complained,
    "closed_open_leads": _with_open_leads,
    "closed_open_dispositions": _with_open_dispositions,
    "lead_closed_open_dispositions": _closed_leads,
    "payers_over_beds": _more("prepaid_people", "beds"),
    "prepaid_over_assets": _prepaid,
    "residents_over_beds": _more("residents", "beds"),
    "licensed_without_code": _without_code,
    "same_code": _twins("credit_code"),
    "same_position": _twins("lon", "lat"),
    "confirmed_not_computed": _tiers,
    "inspection_dates": _disordered(
        "inspections", "inspected_on rectify_by", "inspected_on rectified_on"
    ),
    "lead_dates": _disordered(
        "leads",
        "registered_at verification_started_on verified_on replied_on closed_on",
        "registered_at reported_at",
        "registered_at police_told_on",
    ),
    "disposition_dates": _disordered(
        "dispositions",
        "opened_on planned_on done_on closed_on",
        "opened_on deadline",
        "opened_on police_transfer_on",
    ),
    "petition_dates": _disordered(
        "petitions",
        "registered_on transferred_on received_on",
        "registered_on responded_on",
        "registered_on accepted_on finished_on reply_received_on",
        "finished_on review_requested_on review_opinion_on review_received_on",
        "review_opinion_on rereview_requested_on rereview_opinion_on",
        "registered_on closed_on",
    ),
}


def ours(store: Store, actor: Actor) -> dict[str, set[int]]:
    """The same by the product."""
    with store.reading() as connection:
        return {
            rule.id: set(connection.execute(select(found(rule, actor).subquery().c.id)).scalars())
            for rule in rules_for(store, actor)
        }


# -- comparing ------------------------------------------------------------------------------------


def compare(store: Store, actor: Actor) -> list[tuple[str, int, int, bool]]:
    """Rule, our count, the count in pandas, and whether they are the very same records."""
    mine, theirs = ours(store, actor), counted(frames_of(store, actor))
    return [(rule, len(mine[rule]), len(theirs[rule]), mine[rule] == theirs[rule]) for rule in mine]


def settle_most(store: Store) -> int:
    """Settle nine of ten findings of every rule; returns how many."""
    settled = 0
    with store.writing() as connection:
        for rule in rules_for(store, SYSTEM):
            ids = select(found(rule, SYSTEM).subquery().c.id)
            rows = connection.execute(facts_of(rule, SYSTEM, ids)).all()
            kept = [
                {
                    "rule": rule.id,
                    "ledger": rule.ledger,
                    "record_id": row.id,
                    "facts": row.facts,
                    "reason": "核对过",
                    "settled_on": clock.today(),
                    "settled_at": clock.now(),
                    "settled_by": "测量",
                }
                for at, row in enumerate(rows)
                if at % 10
            ]
            if kept:
                connection.execute(insert(settled_findings), kept)
            settled += len(kept)
    return settled


def timed(store: Store, actor: Actor, rounds: int = 7) -> float:
    """Processor seconds of the page's count, the best of some rounds."""
    atlas, best = current_atlas(store), float("inf")
    for _ in range(rounds):
        start = time.process_time()
        overview(store, actor, atlas)
        best = min(best, time.process_time() - start)
    return best


def main() -> int:
    """Print the comparison; 1 if anything differs."""
    if len(sys.argv) > 1:
        store = open_store(f"sqlite:///{Path(sys.argv[1]).resolve().as_posix()}")
        return _print(store, {"whole database": SYSTEM})
    with tempfile.TemporaryDirectory() as folder:
        store = office(Path(folder))
        try:
            wrong = _print(store, {"county": COUNTY_LEADER, "one township": TOWN})
            settled = settle_most(store)
            spent = timed(store, COUNTY_LEADER) * 1000
            print(f"county, {settled:,} findings settled: count of the page {spent:.0f} ms")
            return wrong
        finally:
            store.dispose()


def _print(store: Store, readers: dict[str, Actor]) -> int:
    wrong = 0
    for name, reader in readers.items():
        print(f"{name}: count of the page {timed(store, reader) * 1000:.0f} ms")
        for rule, mine, theirs, same in compare(store, reader):
            print(f"  {rule:32}{mine:6}{theirs:6}  {'equal' if same else 'DIFFERENT'}")
            wrong += not same
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
