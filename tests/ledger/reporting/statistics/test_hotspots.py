"""Hotspots of a ledger: what is found, what is said where nothing can be found, who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import update

from geo.hotspot_classes import HotspotClass, Null
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.reporting.statistics import hotspots as service
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.history import history, pattern_words
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.requests import Request
from ledger.reporting.statistics.wording import explain, notes, period_words
from ledger.storage import Store
from ledger.storage.tables import petitions as table
from tests.ledger.reporting.statistics.cases import (
    COUNTY,
    ROW,
    TOWN,
    A,
    B,
    C,
    D,
    E,
    F,
    draw,
    person,
    petitions,
)

TODAY = datetime(2026, 6, 30, 4, tzinfo=UTC)
JUNE = Period(date(2026, 6, 1), date(2026, 6, 30))
DAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def at_the_end_of_june() -> object:
    with clock.pretend(TODAY):
        yield


def ask(store: Store, who: Role | None = None, **changes: object) -> Answer:
    actor = SYSTEM if who is None else person(who)
    return hotspots(store, actor, replace(Request(JUNE), **changes))  # type: ignore[arg-type]


def said(store: Store, **changes: object) -> str:
    return "；".join(notes(ask(store, **changes)))  # type: ignore[arg-type]


def test_a_village_far_above_its_people_is_hot(store: Store) -> None:
    petitions(store, (A, 30, DAY), (B, 25, DAY), (C, 3, DAY), (D, 3, DAY), (E, 3, DAY))
    answer = ask(store)
    row = answer.table.loc[A]
    assert (row["count"], row["expected"], row["gi_class"]) == (30, pytest.approx(12.8), "hot")
    assert row["rate"] == 30.0
    # What the two villages have makes nobody else cold: peaks are taken out first.
    assert answer.table.at[E, "gi_class"] == "none"
    assert answer.total == 64


def test_the_same_question_has_the_same_answer_and_is_kept_until_something_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    petitions(store, (A, 5, DAY))
    counted = []
    real = service.count_cases

    def noted(*given: object, **named: object) -> object:
        counted.append(1)
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "count_cases", noted)
    first, again = ask(store), ask(store)
    pd.testing.assert_frame_equal(first.table, again.table)
    assert len(counted) == 1
    petitions(store, (A, 1, DAY))
    assert ask(store).total == 6
    assert len(counted) == 2
    newest = records.search(store, SYSTEM, "petitions", Selection(), size=20).rows[0]
    records.delete(store, SYSTEM, "petitions", {newest["id"]: newest["version"]}, reason="误录")
    assert ask(store).total == 5


def test_one_scope_does_not_get_the_answer_of_another(store: Store) -> None:
    petitions(store, (A, 5, DAY), (B, 4, DAY))
    assert ask(store).total == 9
    village = hotspots(store, person(Role.VILLAGE_STAFF, A), Request(JUNE))
    assert (list(village.names), village.total) == ([A], 5)


def test_filters_narrow_what_is_counted(store: Store) -> None:
    petitions(store, (A, 5, DAY), field="finance")
    petitions(store, (A, 4, DAY), field="justice")
    finance = Selection(conditions=(Condition("field", "in", ("finance",)),))
    assert ask(store, selection=finance).total == 5


def test_shuffled_null_and_other_seeds_can_be_asked_for(store: Store) -> None:
    petitions(store, (A, 30, DAY), (B, 25, DAY), (C, 3, DAY), (D, 3, DAY), (E, 3, DAY))
    shuffled = ask(store, null=Null.SHUFFLED)
    assert shuffled.table["gi_p"].notna().all()
    assert shuffled.table["gi_z"].tolist() == ask(store).table["gi_z"].tolist()


# --- bad input: each with a clear answer -----------------------------------------------------


def test_a_village_without_people_has_no_rate_and_is_named(store: Store, tmp_path: Path) -> None:
    nobody = {B: None, C: 0}
    draw(store, tmp_path, "village", dict(ROW), people=nobody, valid_from=date(2026, 1, 1))
    petitions(store, (A, 5, DAY), (B, 9, DAY), (C, 2, DAY))
    answer = ask(store)
    row = answer.table.loc[B]
    assert (row["count"], row["gi_class"]) == (9, HotspotClass.FEW)
    assert pd.isna(row["rate"])
    assert "乙村、丙村没有常住人口" in "；".join(notes(answer))
    assert "没有常住人口" in explain(answer, B)[0]


def test_an_island_is_joined_to_what_is_nearest_and_reported(bare: Store, tmp_path: Path) -> None:
    far = ROW | {E: (7, 8)}
    draw(bare, tmp_path, "county", {COUNTY: (0, 9)})
    draw(bare, tmp_path, "township", {TOWN: (0, 9)})
    draw(bare, tmp_path, "village", far)
    petitions(bare, (E, 5, DAY))
    answer = ask(bare)
    assert answer.attached == ((E, D),)
    assert "戊村(与丁村)" in "；".join(notes(answer))
    assert any("丁村" in line for line in explain(answer, E))


def test_one_area_alone_is_counted_and_not_judged(store: Store) -> None:
    petitions(store, (A, 5, DAY))
    answer = hotspots(store, SYSTEM, replace(Request(JUNE), scope=A))
    assert answer.table.at[A, "gi_class"] == HotspotClass.FEW
    assert "只有一个区域" in "；".join(notes(answer))


def test_equal_counts_are_no_hotspots(store: Store) -> None:
    petitions(store, *((code, 10, DAY) for code in ROW))
    answer = ask(store)
    assert set(answer.table["gi_class"]) == {HotspotClass.NONE}


def test_a_period_without_data_says_so(store: Store) -> None:
    answer = ask(store)
    assert set(answer.table["count"]) == {0}
    assert set(answer.table["gi_class"]) == {HotspotClass.FEW}
    assert "没有符合条件的数据" in said(store)


def test_a_period_still_to_come_is_refused_and_one_not_ended_is_told(store: Store) -> None:
    with pytest.raises(Invalid, match="晚于今天"):
        ask(store, period=Period(date(2026, 7, 1), date(2026, 7, 31)))
    half = Period(date(2026, 6, 16), date(2026, 7, 15))
    assert "现在的数字只到今天；统计期还没有结束，按前15天与同样天数比较" in said(
        store, period=half
    )


def test_records_of_days_to_come_are_left_out_and_told(store: Store) -> None:
    petitions(store, (A, 3, DAY), (A, 4, DAY))
    with store.writing() as connection:  # past the services, which refuse such a day
        late = [row.id for row in connection.execute(table.select().limit(4))]
        values = {"registered_on": date(2026, 7, 2)}
        connection.execute(update(table).where(table.c.id.in_(late)).values(**values))
    whole = Period(date(2026, 6, 1), date(2026, 7, 31))
    assert ask(store, period=whole).total == 3
    assert "另有4件日期晚于今天" in said(store, period=whole)


def test_what_lies_in_no_village_is_told(store: Store) -> None:
    petitions(store, (TOWN, 4, DAY), (A, 1, DAY))
    assert "另有4件没有落到村(社区)" in said(store)


def test_a_split_village_is_told_and_can_be_mapped_to_today(store: Store, tmp_path: Path) -> None:
    petitions(store, (C, 4, DAY))
    halves = {C: (2, 2.5), F: (2.5, 3)}
    draw(store, tmp_path, "village", ROW | halves, valid_from=date(2026, 6, 15))
    petitions(store, (F, 2, date(2026, 6, 20)))
    assert ask(store).table["count"].to_dict() == {A: 0, B: 0, C: 6, D: 0, E: 0}
    assert "拆分" in said(store)
    today = ask(store, basis="today")
    assert today.table["count"].to_dict() == {A: 0, B: 0, C: 4, D: 0, E: 0, F: 2}


@pytest.mark.parametrize(
    ("changes", "said_of_it"),
    [
        ({"ledger": "institutions"}, "信访事项"),
        ({"level": "street"}, "street"),
        ({"level": "grid"}, "网格"),
        ({"people": "cows"}, "口径"),
    ],
)
def test_questions_without_an_answer_are_refused_in_words(
    store: Store, changes: dict[str, object], said_of_it: str
) -> None:
    with pytest.raises(Invalid, match=said_of_it):
        ask(store, **changes)  # type: ignore[arg-type]


def test_rights_and_scope_are_checked(store: Store) -> None:
    with pytest.raises(Refused):
        ask(store, Role.ADMIN)
    with pytest.raises(NotFound) as there:
        hotspots(store, person(Role.VILLAGE_STAFF, A), replace(Request(JUNE), scope=B))
    with pytest.raises(NotFound) as nowhere:
        hotspots(store, person(Role.VILLAGE_STAFF, A), replace(Request(JUNE), scope="999"))
    assert str(there.value) == str(nowhere.value)


# --- words and history ---------------------------------------------------------------------


def test_one_area_is_explained_in_plain_chinese(store: Store) -> None:
    ninety = Period(date(2026, 4, 2), date(2026, 6, 30))
    petitions(store, (A, 30, DAY), (B, 25, DAY), (C, 3, DAY), (D, 3, DAY), (E, 3, DAY))
    petitions(store, (A, 2, date(2026, 1, 5)))
    lines = explain(ask(store, period=ninety), A)
    assert lines[0] == "近90天30件，按人口应为13件左右。"
    assert lines[1] == (
        "热点(自身和成片都偏多)：单看本区域，件数已远超其他区域的水平，随机出现的可能性小于0.1%；"
        "以“甲村”为中心的2个相邻区域共55件，应为26件左右，随机出现的可能性小于0.1%，"
        "去掉其中最突出的一个仍然偏多。"
    )
    # Before the ledger began there is nothing to compare with.
    assert "上期2件(增加28件)，去年同期暂无数据。" in lines
    assert period_words(JUNE) == "2026年6月"


def test_history_tells_emerging_from_persistent(store: Store) -> None:
    months = JUNE.last(12)
    for month in months:
        usual = [(code, 2, month.start) for code in (B, C, D)]
        petitions(store, (A, 20, month.start), *usual, (E, 2, month.start))
    petitions(store, (E, 60, DAY))
    past = history(store, SYSTEM, Request(JUNE))
    assert len(past.periods) == 12
    assert [count for _, count, _ in past.of(E)] == [2] * 11 + [62]
    assert past.patterns[E] == "emerging"
    assert "新出现" in pattern_words(past, E)
    assert past.patterns[A] in ("persistent", "fading")


def test_history_begins_with_the_first_record(store: Store) -> None:
    """Before anything was registered there is no data, which is not the same as no cases."""
    petitions(store, (A, 3, DAY - timedelta(days=40)), (A, 3, DAY))
    assert [period.start.month for period in history(store, SYSTEM, Request(JUNE)).periods] == [
        5,
        6,
    ]
