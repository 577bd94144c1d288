"""Templates that hold the records of an area: what stands in them, for whom, and the log."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.exchange.importing.imports import import_file
from ledger.exchange.writing.filled_templates import filled_template, templates_by_village
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import (
    EAST,
    EAST_NORTH,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    actor,
)
from tests.log_entries import recent

PHONE = "13912345678"


@pytest.fixture
def kept(store: Store) -> Store:
    """J-1 in a grid of the western village, J-2 and J-3 in the two eastern ones, J-4 nowhere."""
    for number, code in (("J-1", WEST_GRID), ("J-2", EAST_SOUTH), ("J-3", EAST_NORTH)):
        values = {"number": number, "name": f"{number}院", "area_code": code, "phone": PHONE}
        records.create(store, SYSTEM, "institutions", values)
    records.create(store, SYSTEM, "institutions", {"number": "J-4", "name": "无处院"})
    return store


def rows_of(content: bytes) -> list[dict[str, object]]:
    """The rows of the sheet to fill in, by header."""
    sheet: Worksheet = openpyxl.load_workbook(io.BytesIO(content))["填写"]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def unpacked(content: bytes) -> dict[str, list[str]]:
    """Name of a file in the zip → the names of the institutions in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {
            name.partition("_")[0]: [str(row["*机构名称"]) for row in rows_of(packed.read(name))]
            for name in packed.namelist()
        }


def test_it_holds_last_values_and_the_villages_to_choose_from(kept: Store, office: Actor) -> None:
    content = filled_template(kept, office, "institutions", area_code=WEST_VILLAGE).content
    (row,) = rows_of(content)
    assert (row["编号"], row["*机构名称"]) == ("J-1", "J-1院")
    assert row["所属区域"] == f"一村第一网格({WEST_GRID})"
    book = openpyxl.load_workbook(io.BytesIO(content))
    rules = book["填写"].data_validations.dataValidation
    (rule,) = [one for one in rules if one.promptTitle == "所属区域"]
    offered = str(rule.formula1).strip('"').split(",")
    assert offered[0] == f"演示一村({WEST_VILLAGE})"
    assert f"一村第一网格({WEST_GRID})" in offered
    assert book["往返信息"].sheet_state == "veryHidden"


def test_protected_texts_are_masked_and_masks_come_back_unchanged(
    store: Store, office: Actor, tmp_path: Path
) -> None:
    values = {"registered_on": date(2026, 5, 6), "matter": "退费", "area_code": WEST_VILLAGE}
    records.create(store, office, "petitions", {**values, "petitioner": "王某某"})
    made = filled_template(store, office, "petitions")
    assert rows_of(made.content)[0]["信访人"] == "王**"
    (tmp_path / "back.xlsx").write_bytes(made.content)
    report = import_file(store, office, "petitions", tmp_path / "back.xlsx")
    assert (report.read, report.unchanged, report.problems) == (1, 1, ())


def test_without_records_it_still_knows_the_areas(kept: Store, office: Actor) -> None:
    made = filled_template(kept, office, "institutions", area_code=WEST_VILLAGE, filled=False)
    assert (rows_of(made.content), made.rows) == ([], 0)


def test_every_village_gets_its_own_and_none_is_missing(kept: Store) -> None:
    made = templates_by_village(kept, SYSTEM, "institutions")
    assert unpacked(made.content) == {
        "演示一村": ["J-1院"],
        "演示二村": ["J-2院"],
        "演示三村": ["J-3院"],
        "未归入村(社区)的养老服务机构(场所).xlsx": ["无处院"],
    }
    assert made.rows == 4


def test_nobody_gets_another_area(kept: Store, office: Actor) -> None:
    assert unpacked(templates_by_village(kept, office, "institutions").content) == {
        "演示一村": ["J-1院"]
    }
    in_village = actor(Role.OFFICE_STAFF, EAST_SOUTH)
    whole = filled_template(kept, in_village, "institutions")
    assert [row["编号"] for row in rows_of(whole.content)] == ["J-2"]
    for make in (filled_template, templates_by_village):
        with pytest.raises(NotFound):
            make(kept, office, "institutions", area_code=EAST)
        with pytest.raises(Refused):
            make(kept, actor(Role.GRID_WORKER, WEST_GRID), "institutions")
    village = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)
    assert rows_of(filled_template(kept, village, "institutions").content)
    with pytest.raises(NotFound):
        filled_template(kept, village, "institutions", area_code=EAST_SOUTH)
    with pytest.raises(Refused):
        templates_by_village(kept, village, "institutions")


def test_what_went_out_is_logged_without_what_stands_in_it(kept: Store, office: Actor) -> None:
    made = templates_by_village(kept, office, "institutions", area_code=WEST)
    with kept.reading() as connection:
        (entry,) = recent(connection, action="export")
    assert (entry.number, entry.after["rows"]) == (made.filename, 1)
    assert "1 个村(社区)各一份" in str(entry.after["title"])
    assert not [secret for secret in (PHONE, "J-1院") if secret in str(entry)]


def test_where_there_is_no_village_it_is_said(kept: Store) -> None:
    with pytest.raises(Invalid, match="没有村"):
        templates_by_village(kept, actor(Role.OFFICE_STAFF, WEST_GRID), "institutions")
