"""Cases of the past that a file brings in: closed as their days say, and nothing arises from them.

Named for the fault: 200 petitions of eighteen months, 186 of them answered, came in as 200 open
ones, 61 of them overdue, with red alarms and 18 villages proposed for talks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.casework.awaiting import Group
from ledger.casework.fact_questions import asked_of
from ledger.casework.steps import take_step
from ledger.casework.todo import todo
from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEADS, PETITIONS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, period_of
from ledger.exchange.importing.history import settle_cases
from ledger.exchange.importing.imports import check, import_file
from ledger.records.drafting import Draft
from ledger.records.historical import KEY
from ledger.records.places.areas import current_atlas
from ledger.records.service import create
from ledger.reporting.rating.points import rate
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE, actor
from tests.ledger.sheets import workbook

HEAD = (
    *("登记日期", "信访事项", "所属区域", "来访方式", "满意度", "是否重访"),
    *("办理状态", "受理日期", "办结日期"),
)


def eighteen_months(path: Path) -> Path:
    """200 petitions of the last eighteen months, 186 of them over, as an office's register."""
    today, rows = clock.today(), [HEAD]
    for at in range(200):
        came = today - timedelta(days=2 + at * 540 // 200)
        is_open = at % 14 == 7
        over = came + timedelta(days=1 if at < 30 else 20 + at % 70)
        over = min(over, today)
        rows.append(
            (
                came.isoformat(),
                f"第{at}件：反映某机构预收费退费问题",
                (WEST_VILLAGE, EAST_SOUTH)[at % 2],
                "12345",
                "" if is_open else "不满意",
                "重访" if at % 3 == 0 else "初访",
                "办理中" if is_open else "已办结",
                came.isoformat(),
                "" if is_open else over.isoformat(),
            )
        )
    return workbook(path, rows)


def stored(store: Store, ledger: str = "petitions") -> list[Mapping[str, Any]]:
    with store.reading() as connection:
        table = LEDGER_TABLES[ledger]
        found = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [dict(row) for row in found]


def points_of(store: Store, month: Period) -> list[tuple[str, Any]]:
    """The points of every village in a month."""
    rating = rate(store, actor(Role.LEADER, "*"), current_atlas(store), month)
    return [(one.area.code, one.points) for one in rating.villages]


def test_a_history_raises_no_alarm_no_to_do_and_no_rating(store: Store, tmp_path: Path) -> None:
    month = period_of("month", clock.today())
    before = points_of(store, month)
    report = import_file(store, SYSTEM, "petitions", eighteen_months(tmp_path / "a.xlsx"))
    rows = stored(store)
    over = Counter(row["state"] for row in rows)
    assert (report.created, over) == (200, {"closed": 186, "accepted": 14})
    assert {row["due_on"] for row in rows} == {None}
    still = {row["reply_due_on"] for row in rows if row["state"] != "closed"}
    assert still == {None}, "nothing runs that could be late"
    over_days = {row["replied_in_time"] for row in rows if row["state"] == "closed"}
    assert over_days <= {True, False}, "what the days themselves say is an outcome"
    assert all(row["closed_on"] and row["finished_on"] for row in rows if row["state"] == "closed")
    for role in (Role.VILLAGE_STAFF, Role.OFFICE_STAFF, Role.LEADER):
        place = WEST_VILLAGE if role is Role.VILLAGE_STAFF else "*"
        groups = {one.group: one.total for one in todo(store, actor(role, place), limit=0)}
        groups.pop(Group.CHANGED)
        assert not any(groups.values())
    assert points_of(store, month) == before


def test_what_a_history_misses_is_told(store: Store, tmp_path: Path) -> None:
    path = eighteen_months(tmp_path / "a.xlsx")
    notes = [str(one) for one in import_file(store, SYSTEM, "petitions", path, dry_run=True).notes]
    assert any("按历史数据导入：200条中186条已经办结，其余14条尚未办结" in one for one in notes)
    assert any("186条没有答复日期(按办结日期记)" in one for one in notes)
    assert check(store, SYSTEM, "petitions", path).is_history


def test_a_step_makes_a_case_of_the_past_one_like_any_other(store: Store, tmp_path: Path) -> None:
    import_file(store, SYSTEM, "petitions", eighteen_months(tmp_path / "a.xlsx"))
    row = next(one for one in stored(store) if one["state"] == "accepted")
    staff = actor(Role.OFFICE_STAFF, "*")
    values = {"acceptance_told_on": clock.today().isoformat()}
    take_step(store, staff, "petitions", row["id"], row["version"], "tell", values)
    (now,) = [one for one in stored(store) if one["id"] == row["id"]]
    assert now[KEY] is None
    assert now["due_label"]


@pytest.mark.parametrize(
    ("asked", "many", "history"),
    [("auto", 12, True), ("auto", 3, False), ("no", 12, False), ("yes", 3, True)],
)
def test_a_few_closed_cases_are_no_history(asked: Any, many: int, history: bool) -> None:
    day = date(2026, 3, 1)
    drafts = [(at, Draft({"registered_on": day, "finished_on": day})) for at in range(many)]
    settled = settle_cases(PETITIONS, drafts, asked)
    assert settled.is_history is history
    assert {one.values["state"] for _, one in drafts} == {"closed" if history else "answered"}
    assert {one.values.get(KEY) is not None for _, one in drafts} == {history}


DAY, LATER = date(2026, 3, 1), date(2026, 3, 9)
STATES: list[tuple[str, dict[str, Any], str, str]] = [
    # what the file says                       → state, what is told
    ("nothing", {}, "registered", ""),
    ("accepted", {"accepted_on": DAY}, "accepted", ""),
    ("answered", {"accepted_on": DAY, "finished_on": LATER}, "answered", ""),
    ("in review", {"finished_on": DAY, "review_requested_on": LATER}, "in_review", ""),
    ("said further on", {"accepted_on": DAY, "state": "closed"}, "closed", ""),
    ("said earlier", {"finished_on": LATER, "state": "accepted"}, "answered", "按日期理解"),
    ("ends before it began", {"finished_on": date(2026, 2, 1)}, "answered", "早于登记日期"),
]


@pytest.mark.parametrize(
    ("values", "state", "told"), [c[1:] for c in STATES], ids=[c[0] for c in STATES]
)
def test_the_state_follows_from_the_days(values: dict[str, Any], state: str, told: str) -> None:
    draft = Draft({"registered_on": DAY, **values})
    notes = settle_cases(PETITIONS, [(2, draft)]).notes
    assert draft.values["state"] == state
    assert [told in note.message for note in notes] == ([True] if told else [])


def test_steps_alone_change_the_state_of_a_record_that_is_there(
    store: Store, tmp_path: Path
) -> None:
    head = ("编号", "登记日期", "信访事项", "所属区域", "办理状态")
    first = ("XF-1", "2026-03-01", "甲", WEST_VILLAGE, "已受理")
    import_file(store, SYSTEM, "petitions", workbook(tmp_path / "a.xlsx", [head, first]))
    again = workbook(tmp_path / "b.xlsx", [head, (*first[:4], "已办结")])
    report = import_file(store, SYSTEM, "petitions", again)
    assert [row["state"] for row in stored(store)] == ["accepted"]
    assert any("要通过办理步骤改变" in str(note) for note in report.notes)


def test_leads_of_the_past_ask_for_no_signature_and_no_fact(store: Store, tmp_path: Path) -> None:
    create(store, SYSTEM, "institutions", {"number": "J-1", "name": "甲院"})
    head = (
        *("收到时间", "来源", "线索内容", "所属区域", "是否重大", "涉及机构编号"),
        *("核查结论", "核查完成日期", "办结日期"),
    )
    line = (
        "2025-03-01",
        "市场局移交",
        "某院预收费",
        WEST_VILLAGE,
        "是",
        "J-1",
        "属实",
        "2025-03-09",
    )
    rows = [head, *((*line[:2], f"{line[2]}{at}", *line[3:], "2025-04-01") for at in range(12))]
    rows += [(*line[:2], "还在核查", *line[3:6], "", "", "")]
    report = import_file(store, SYSTEM, "leads", workbook(tmp_path / "a.xlsx", rows))
    assert report.created == 13
    leader = actor(Role.LEADER, "*")
    assert {one.group: one.total for one in todo(store, leader, limit=0)}[Group.ALERTS] == 0
    assert asked_of(store, leader, "J-1") == ()
    assert LEADS.by_key[KEY].computed
