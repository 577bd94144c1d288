"""A whole campaign through the services: every state is reached, every clock runs out somewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger.casework.coverage import current_round
from ledger.demo import campaign
from ledger.demo.petitions import EMERGED_DAYS, EMERGING, HOT
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.ledgers.entities import STATUS
from ledger.domain.ledgers.leads import FRAUD_TYPE, SOURCE
from ledger.domain.ledgers.petitions import CHANNEL, FIELD, KIND, RATING
from ledger.domain.masks import is_sealed
from ledger.domain.timing import clock
from ledger.domain.timing.deadline import State
from ledger.domain.timing.deadlines import deadlines_of
from ledger.domain.timing.periods import Period
from ledger.domain.workflows import WORKFLOWS
from ledger.records.bulk import create_many
from ledger.records.history import chain_check
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import surroundings_of
from ledger.reporting.statistics.history import history
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store, migrate, open_store
from ledger.storage.joined import joined
from ledger.storage.tables import LEDGER_TABLES, changes, inspections, institutions
from tests.ledger.conftest import WEST_VILLAGE, draw_county
from tests.ledger.records.test_saving import standing_otherwise
from tests.ledger.records.test_tallies import agree
from tests.sample import PLAYED_UNTIL, played_sample
from tests.shipped_rules import shipped_clocks

EXPIRED = {State.OVERDUE, State.DONE_LATE, State.LAPSED}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample with its campaign at full scale; tests only look."""
    path: Path = tmp_path_factory.mktemp("campaign") / "ledger.db"
    played_sample(path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    with clock.pretend(PLAYED_UNTIL):
        yield store
    store.dispose()


def rows(store: Store, ledger: str) -> Rows:
    table = LEDGER_TABLES[ledger]
    with store.reading() as connection:
        query = select(table).where(table.c.deleted.is_(False)).order_by(table.c.id)
        return [dict(row) for row in connection.execute(query).mappings()]


@pytest.mark.slow
def test_campaign_is_of_the_size_that_was_asked_for(county: Store) -> None:
    sizes = {key: len(rows(county, key)) for key in LEDGER_TABLES if key != "areas"}
    assert sizes["institutions"] >= 137
    assert (sizes["leads"], sizes["dispositions"], sizes["petitions"]) == (300, 260, 2_400)
    assert sizes["inspections"] > 230
    assert sizes["entities"] == 40
    assert sizes["outreach"] > 100
    first = min(row["registered_on"] for row in rows(county, "petitions"))
    assert 530 <= (clock.today() - first).days <= 549


@pytest.mark.slow
@pytest.mark.parametrize("ledger", WORKFLOWS)
def test_every_state_and_every_step_is_reached(county: Store, ledger: str) -> None:
    reached, told = Counter[str](), Counter[str]()
    with county.reading() as connection:
        query = select(changes.c.after, changes.c.reason).where(changes.c.ledger == ledger)
        for after, reason in connection.execute(query):
            reached[json.loads(after or "{}").get("state", "")] += 1
            told[(reason or "").split("：")[0]] += 1
    states = LEDGERS[ledger].by_key["state"].choice_labels
    assert {state for state in states if not reached[state]} == set()
    steps = {step.label for step in WORKFLOWS[ledger].steps}
    assert {label for label in steps if not told[label]} == set()
    # And somebody who opens the sample finds work in every state that is not passed in a day.
    standing = Counter(row["state"] for row in rows(county, ledger))
    assert len([state for state in states if standing[state]]) >= len(states) - 2


@pytest.mark.slow
def test_every_clock_runs_out_at_least_once(county: Store) -> None:
    atlas = current_atlas(county)
    with county.reading() as connection:
        around = surroundings_of(county, connection, atlas)
    expired: set[str] = set()
    clocks = shipped_clocks()
    for profile in clocks.profiles:
        some = clocks.with_profile(profile)
        for ledger in LEDGER_TABLES:
            for row in rows(county, ledger) if ledger != "areas" else []:
                found = deadlines_of(ledger, row, some, around.calendar, on=clock.now())
                expired |= {one.key for one in found if one.state in EXPIRED}
    known = {one.key for one in clocks.every if one.ledger in LEDGER_TABLES}
    assert known - expired == set()


@pytest.mark.slow
def test_log_of_the_campaign_is_sound_and_in_order(county: Store) -> None:
    with county.reading() as connection:
        assert chain_check.verify(connection).sound
        moments = [
            datetime.fromisoformat(at)
            for at in connection.execute(select(changes.c.at).order_by(changes.c.id)).scalars()
        ]
    assert moments == sorted(moments)
    assert moments[-1] <= PLAYED_UNTIL


@pytest.mark.slow
def test_every_kind_of_everything_is_there(county: Store) -> None:
    petitions, leads = rows(county, "petitions"), rows(county, "leads")
    for key, choices in {
        "kind": KIND,
        "channel": CHANNEL,
        "field": FIELD,
        "rating": RATING,
    }.items():
        assert {choice.key for choice in choices} <= {row[key] for row in petitions}, key
    assert {choice.key for choice in SOURCE} == {row["source"] for row in leads}
    assert {choice.key for choice in FRAUD_TYPE} == {row["fraud_type"] for row in leads}
    pairs = {(row["source"], row["fraud_type"]) for row in leads}
    assert len(pairs) == len(SOURCE) * len(FRAUD_TYPE)
    assert {choice.key for choice in STATUS} <= {row["status"] for row in rows(county, "entities")}
    repeats = [row for row in petitions if row["repeat"]]
    earlier = {row["number"]: row for row in petitions}
    assert len(repeats) > 100
    assert all(earlier[row["earlier"]]["registered_on"] < row["registered_on"] for row in repeats)
    assert sum(row["extension_days"] is not None for row in petitions) > 20
    assert sum(row["rereview_opinion_on"] is not None for row in petitions) > 5
    assert any(row["lead"] for row in rows(county, "dispositions"))


@pytest.mark.slow
def test_some_places_are_not_reached_in_the_second_round(county: Store) -> None:
    assert current_round(county) == 2
    with county.reading() as connection:
        second = connection.execute(
            select(func.count(inspections.c.institution.distinct())).where(inspections.c.round == 2)
        ).scalar_one()
        every = connection.execute(select(func.count()).select_from(institutions)).scalar_one()
    assert 0.6 * every < second < 0.9 * every


@pytest.mark.slow
def test_tiers_rose_and_fell(county: Store) -> None:
    moves = Counter[bool]()
    with county.reading() as connection:
        query = select(changes.c.before, changes.c.after).where(
            changes.c.ledger == "institutions", changes.c.action == "update"
        )
        for before, after in connection.execute(query):
            was, now = json.loads(before).get("tier"), json.loads(after).get("tier")
            if was and now and was != now:
                moves[now > was] += 1
    assert moves[True] > 0
    assert moves[False] > 0


@pytest.mark.slow
def test_protected_texts_are_sealed_and_invented(county: Store) -> None:
    for ledger, keys in {"leads": ("informant", "suspect"), "petitions": ("petitioner",)}.items():
        for row in rows(county, ledger):
            for key in keys:
                assert row[key] is None or is_sealed(row[key])
    opened = county.sealer.open(rows(county, "petitions")[0]["petitioner"])
    assert opened.endswith("某某")


@pytest.mark.slow
def test_planted_clusters_stand_out(county: Store) -> None:
    atlas, petitions = current_atlas(county), rows(county, "petitions")
    villages = {code: atlas[code].population or 1 for code in atlas.codes("village")}
    counts = Counter(row["area_code"] for row in petitions)
    rate = len(petitions) / sum(villages.values())
    for code in HOT:
        assert counts[code] > 3 * rate * villages[code]
    since = clock.today() - timedelta(days=EMERGED_DAYS)
    late = [row for row in petitions if row["registered_on"] >= since]
    late_rate = len(late) / sum(villages.values())
    newly = Counter(row["area_code"] for row in late)[EMERGING]
    assert newly > 8 * late_rate * villages[EMERGING]
    before = counts[EMERGING] - newly
    assert before < 3 * rate * villages[EMERGING]


@pytest.mark.slow
def test_planted_clusters_are_found_as_hotspots(county: Store) -> None:
    """Over the last ninety days: two old ones that persist, and the one that emerged."""
    today = clock.today()
    request = Request(Period(today - timedelta(days=89), today))
    found = hotspots(county, SYSTEM, request)
    table, past = found.table, history(county, SYSTEM, request)
    for code in (*HOT, EMERGING):
        assert table.at[code, "gi_class"] == "hot", code
        assert table.at[code, "moran_class"] == "high-high", code
        assert table.at[code, "count"] > 4 * table.at[code, "expected"]
    assert [past.patterns[code] for code in HOT] == ["persistent", "persistent"]
    assert past.patterns[EMERGING] == "emerging"


@pytest.mark.slow
def test_work_is_open_and_due_around_today(county: Store) -> None:
    today = clock.today()
    for ledger in WORKFLOWS:
        due = [row["due_on"] for row in rows(county, ledger) if row["due_on"] is not None]
        assert any(day < today for day in due), ledger
        assert any(today <= day <= today + timedelta(days=30) for day in due), ledger
    overdue = [row for row in rows(county, "petitions") if row["due_on"] and row["due_on"] < today]
    assert len(overdue) < 200  # an office with some arrears, not one that gave up


@pytest.mark.slow
def test_tallies_of_the_whole_campaign_agree_with_its_records(county: Store) -> None:
    agree(county)


@pytest.mark.slow
def test_every_record_stands_as_it_would_be_worked_out(county: Store) -> None:
    """No act of a whole campaign leaves a tier or a deadline behind: lists say what records say."""
    assert standing_otherwise(county) == []


@pytest.mark.thorough
def test_same_seed_plays_the_same(store: Store, tmp_path: Path) -> None:
    def told(at: Store) -> list[tuple[Any, ...]]:
        with at.reading() as connection:
            keys = ("at", "actor", "action", "ledger", "record_id", "number", "version", "reason")
            query = select(*(changes.c[key] for key in keys)).order_by(changes.c.id)
            return [tuple(row) for row in connection.execute(query)]

    def play(at: Store) -> list[tuple[Any, ...]]:
        with clock.pretend(datetime(2026, 6, 30, 12, tzinfo=UTC)):
            homes = [{"name": f"演示院{n}", "area_code": WEST_VILLAGE} for n in range(6)]
            create_many(at, SYSTEM, "institutions", homes)
            campaign.play(at, seed=3, scale=0.02)
        return told(at)

    other = open_store(f"sqlite:///{(tmp_path / 'other.db').as_posix()}")
    migrate(other)
    draw_county(other)
    one, two = play(store), play(other)
    other.dispose()
    assert len(one) > 200
    assert one == two


def test_campaign_that_is_stopped_leaves_nothing(store: Store) -> None:
    def count(at: Store) -> int:
        with at.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(changes)).scalar_one())

    def stop(done: float) -> None:
        if done > 0.05:
            raise RuntimeError("stopped half way")

    create_many(store, SYSTEM, "institutions", [{"name": "甲", "area_code": WEST_VILLAGE}])
    before = count(store)
    with pytest.raises(RuntimeError, match="half way"):
        campaign.play(store, seed=1, scale=0.02, progress=stop)
    assert count(store) == before


def test_services_of_one_transaction_see_each_other(store: Store) -> None:
    with joined(store) as whole:
        create_many(whole, SYSTEM, "institutions", [{"name": "甲", "area_code": WEST_VILLAGE}])
        with pytest.raises(Invalid, match="乙村"):
            create_many(whole, SYSTEM, "institutions", [{"name": "乙", "area_code": "乙村"}])
        assert len(rows(whole, "institutions")) == 1
    assert [row["name"] for row in rows(store, "institutions")] == ["甲"]


def test_pretended_moment_holds_within_the_block_only() -> None:
    past = datetime(2025, 1, 31, 17, tzinfo=UTC)
    with clock.pretend(past):
        assert clock.now() == past
        assert clock.today().isoformat() == "2025-02-01"  # one in the morning in the office
    assert clock.now() > past
    with pytest.raises(ValueError, match="time zone"), clock.pretend(datetime(2025, 1, 1)):
        pass
