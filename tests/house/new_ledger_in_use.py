"""A ledger that was declared a minute ago, in use: run by test_new_ledger.py in a copy of the
project that has it, its migration and a new column of 宣传活动."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from ledger.casework.awaiting import Group
from ledger.casework.steps import take_step
from ledger.casework.todo import todo
from ledger.domain.access import SYSTEM, Action, Role, roles_with
from ledger.domain.errors import LedgerError, NotFound, Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.exchange.importing.imports import import_file
from ledger.exchange.writing.exports import export_to
from ledger.exchange.writing.templates import template
from ledger.records import service as records
from ledger.records.query import Condition, Selection, within
from ledger.storage.new_migration import write_migration
from pages._ui import guard
from tests.access.world import LEDGERS as WALKED
from tests.invented import invented
from tests.ledger.conftest import EAST_NORTH, WEST_GRID
from tests.menu import app_test, entry_of
from tests.pages.builders import Office, build_office

KEY = "hazards"
LEDGER = LEDGERS[KEY]
HERE = {"lon": 127.02, "lat": 29.05}  # in the western grid
SEEN = "2026-05-04"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}")
    yield built
    built.close()


def added(office: Office, mark: str, **values: Any) -> dict[str, Any]:
    """A record with every column filled in, in the western grid."""
    given = invented(LEDGER, mark, full=True) | HERE | {"found_on": date(2026, 5, 4)} | values
    return records.get(office.store, SYSTEM, KEY, records.create(office.store, SYSTEM, KEY, given))


def opened(
    office: Office, monkeypatch: pytest.MonkeyPatch, role: Role, key: str = KEY, **params: Any
) -> AppTest:
    token = office.token(role)
    monkeypatch.setattr(guard, "session_token", lambda: token)
    monkeypatch.setattr(guard, "store", lambda: office.store)
    page = app_test(entry_of(key))
    page.query_params.update(params)
    page.run()
    assert not page.exception
    return page


def told(page: AppTest) -> str:
    texts = [str(one.value) for one in [*page.markdown, *page.caption, *page.info, *page.warning]]
    return "\n".join([*texts, *(one.proto.body for one in page.get("html"))])


def test_page_filters_and_key_numbers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fire, food = (added(office, mark, kind=mark) for mark in ("fire", "food"))
    page = opened(office, monkeypatch, Role.OFFICE_STAFF)
    assert "安全隐患" in page.markdown[0].value
    table = page.dataframe[0].value
    assert {fire["number"], food["number"]} <= set(table["number"])
    assert {"kind", "found_on", "area_code"} <= set(table)
    assert "lon" not in table
    (found,) = opened(office, monkeypatch, Role.LEADER, **{"kind.in": "fire"}).dataframe
    assert food["number"] not in set(found.value["number"])
    assert fire["number"] in set(found.value["number"])
    assert "合计" in "".join(button.label for button in page.button)


def test_form_of_a_new_record_and_an_open_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(office, monkeypatch, Role.OFFICE_STAFF)
    next(one for one in page.button if one.key == "add").click().run()
    assert not page.exception
    fields = {one.label for one in [*page.text_input, *page.text_area, *page.selectbox]}
    assert any("隐患地点" in label for label in fields), fields
    record = added(office, "表单")
    shown = opened(office, monkeypatch, Role.OFFICE_STAFF, record=str(record["id"]))
    assert record["number"] in told(shown)
    for name in shown.segmented_control(key=f"record-section-{KEY}").options:
        page = opened(office, monkeypatch, Role.OFFICE_STAFF, record=str(record["id"]))
        page.segmented_control(key=f"record-section-{KEY}").set_value(name).run()
        assert not page.exception, name


def test_a_position_is_a_point_of_the_map_and_places_the_record(
    office: Office, tmp_path: Path
) -> None:
    record = added(office, "地图")
    assert (record["area_code"], record["placement"]) == (WEST_GRID, "position")
    out = tmp_path / "points.geojson"
    export_to(office.store, office.actor(Role.OFFICE_STAFF), KEY, out)
    points = {
        one["properties"]["编号"]: one["geometry"]["coordinates"]
        for one in json.loads(out.read_text(encoding="utf-8"))["features"]
    }
    assert points[record["number"]] == pytest.approx([127.02, 29.05])


def test_export_and_import_round_trip(office: Office, tmp_path: Path) -> None:
    clerk, out = office.actor(Role.OFFICE_STAFF), tmp_path / "out.xlsx"
    record = added(office, "来回")
    export_to(office.store, clerk, KEY, out)
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert {"编号", "隐患地点", "隐患类型", "发现日期", "所属区域"} <= set(heads)
    at = heads.index("编号") + 1
    row = next(
        r for r in range(2, sheet.max_row + 1) if sheet.cell(r, at).value == record["number"]
    )
    sheet.cell(row, heads.index("隐患地点") + 1).value = "改过的地点"
    book.save(out)
    report = import_file(office.store, clerk, KEY, out)
    assert (report.updated, report.created, report.rejected) == (1, 0, 0), report.problems
    assert records.get(office.store, SYSTEM, KEY, record["id"])["name"] == "改过的地点"
    (tmp_path / "new.csv").write_text(
        f"隐患地点,隐患类型,发现日期,经度,纬度\n新来的,消防,{SEEN},127.02,29.05\n", "utf-8-sig"
    )
    report = import_file(office.store, clerk, KEY, tmp_path / "new.csv")
    assert (report.created, report.rejected) == (1, 0), report.problems


def test_template_has_its_columns_and_choices(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(template(LEDGER))
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    heads = {str(cell.value).strip("* ") for cell in book.worksheets[0][1]}
    assert {"隐患地点", "发现日期", "经度"} <= heads
    texts = [str(cell) for sheet in book for row in sheet.values for cell in row if cell]
    assert any("消防" in text for text in texts)


def test_history_and_what_is_protected(office: Office) -> None:
    record = added(office, "历史")
    edit = records.Edit(record["id"], record["version"], {"remarks": "已整改"})
    records.save(office.store, office.actor(Role.OFFICE_STAFF), KEY, [edit])
    entries = records.history(office.store, SYSTEM, KEY, record["id"])
    assert [entry.action for entry in entries] == ["update", "create"]
    assert entries[0].after["remarks"] == "已整改"
    assert "历史报告人" not in json.dumps(record, default=str, ensure_ascii=False)


def test_rights_are_those_that_were_declared(office: Office) -> None:
    assert roles_with(Action.CREATE, KEY) == {Role.OFFICE_STAFF, Role.VILLAGE_STAFF}
    assert roles_with(Action.EDIT, KEY) == {Role.OFFICE_STAFF}
    assert Role.ADMIN not in roles_with(Action.READ, KEY)
    record = added(office, "权限")
    village, grid = office.actor(Role.VILLAGE_STAFF), office.actor(Role.GRID_WORKER)
    assert records.create(office.store, village, KEY, invented(LEDGER, "村") | HERE)
    with pytest.raises(Refused):
        records.create(office.store, grid, KEY, invented(LEDGER, "格") | HERE)
    with pytest.raises(Refused):
        records.get(office.store, office.actor(Role.ADMIN), KEY, record["id"])
    east = added(office, "东", lon=None, lat=None, area_code=EAST_NORTH)
    with pytest.raises(NotFound):
        records.get(office.store, village, KEY, east["id"])
    assert KEY in WALKED, "the access walk does not plant it"


def test_a_ledger_whom_not_all_may_see(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plainest ledger: no choice column, no day, no position; leaders and office staff only."""
    record = records.create(
        office.store, SYSTEM, "notes", {"name": "内部事项", "area_code": WEST_GRID}
    )
    page = opened(office, monkeypatch, Role.OFFICE_STAFF, "notes")
    assert list(page.dataframe[0].value["name"]) == ["内部事项"]
    assert "**1** 合计" in [button.label for button in page.button]
    grid = office.actor(Role.GRID_WORKER)
    with pytest.raises(Refused):
        records.get(office.store, grid, "notes", record)
    refused = opened(office, monkeypatch, Role.GRID_WORKER, "notes")
    assert not refused.dataframe
    assert "不能查看台账" in refused.warning[0].value


def test_a_ledger_with_a_workflow_and_a_clock(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, by = office.actor(Role.OFFICE_STAFF), clock.today() + timedelta(days=3)
    given = {"name": "报送名单", "area_code": WEST_GRID, "by": by, "given_at": clock.now()}
    task = records.get(
        office.store, SYSTEM, "tasks", records.create(office.store, clerk, "tasks", given)
    )
    assert (task["state"], task["due_on"], task["due_label"]) == ("open", by, "交办事项办结")
    groups = {one.group: [item.number for item in one.items] for one in todo(office.store, clerk)}
    assert task["number"] in groups[Group.DUE_SOON]
    assert task["number"] in groups[Group.WAITING]
    page = opened(office, monkeypatch, Role.OFFICE_STAFF, "tasks", record=str(task["id"]))
    assert "办结" in "".join(button.label for button in page.button)
    table = opened(office, monkeypatch, Role.OFFICE_STAFF, "tasks").dataframe[0].value
    assert {"state", "due_on"} <= set(table)
    with pytest.raises(LedgerError, match="办理结果"):
        take_step(office.store, clerk, "tasks", task["id"], task["version"], "finish")
    month = Period(clock.today() - timedelta(days=28), clock.today())
    of_month = Selection(conditions=within(LEDGERS["tasks"].by_key["given_at"], month))
    assert records.search(office.store, clerk, "tasks", of_month).total == 1
    done = {"answer": "已报送"}
    take_step(office.store, clerk, "tasks", task["id"], task["version"], "finish", done)
    task = records.get(office.store, SYSTEM, "tasks", task["id"])
    assert (task["state"], task["due_on"]) == ("done", None)


def test_the_new_column_of_an_old_ledger(office: Office) -> None:
    given = invented(LEDGERS["outreach"], "讲座") | {"area_code": WEST_GRID, "speaker": "王医生"}
    number = records.create(office.store, SYSTEM, "outreach", given)
    assert records.get(office.store, SYSTEM, "outreach", number)["speaker"] == "王医生"
    wanted = Selection(conditions=(Condition("speaker", "contains", "王"),))
    assert records.search(office.store, SYSTEM, "outreach", wanted).total == 1


@pytest.mark.sqlite_only
def test_nothing_else_has_to_be_written(tmp_path: Path) -> None:
    """With the migration, the schema is what the declarations ask for."""
    assert write_migration("again", tmp_path) is None
