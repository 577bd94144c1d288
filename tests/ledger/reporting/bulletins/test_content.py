"""What a bulletin says, held against the services it speaks of; nobody is in it."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from docx import Document

from ledger.domain.access import SYSTEM
from ledger.records.query import Selection
from ledger.records.service import search
from ledger.reporting.bulletins.annex import annex_of
from ledger.reporting.bulletins.document import word_file
from ledger.reporting.bulletins.gathering import without_people
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.reporting.bulletins.kinds import KINDS, covered
from ledger.reporting.bulletins.model import Table, Text, from_json, shown, to_json
from ledger.reporting.bulletins.movements import KINDS as MOVEMENTS
from ledger.reporting.figures import figures
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST
from tests.ledger.reporting.bulletins.office import PERSON, PHONE, UNTIL, on


def table(weekly: Bulletin, key: str) -> Table:
    return next(one for one in weekly.content.tables if one.key == key)


def sentences(weekly: Bulletin, section: str) -> str:
    blocks = weekly.content.section(section).blocks
    return "\n".join(block.text for block in blocks if isinstance(block, Text))


def word_tables(weekly: Bulletin) -> list[list[list[str]]]:
    document = Document(io.BytesIO(word_file(weekly.paper, weekly.pictures)))
    return [[[c.text for c in row.cells] for row in one.rows] for one in document.tables]


def test_every_figure_is_that_of_the_figures_service_to_the_last_digit(weeks, weekly) -> None:
    with on(UNTIL):
        found = figures(weeks, SYSTEM, covered(KINDS["weekly"], UNTIL), WEST)
    full = table(weekly, "all_figures")
    assert len(full.rows) == len(found.previous) > 30
    label = {(value.group, value.part or "", value.label): value for value in found}
    for row in full.rows:
        name, _, part = str(row[1]).partition("：")
        value = label[str(row[0]), part, name]
        before, year = found.previous[value.key], found.year_before.get(value.key)
        then = (before.value, None if year is None else year.value)
        assert row[2:6] == (value.unit, value.value, *then)
        compared = zip(("环比", "同比"), row[6:8], strict=True)
        said = tuple(f"{word}{text}" for word, text in compared if text is not None)
        assert said == found.comparisons(value.key)
        unit = value.unit if value.value is not None and value.unit != "%" else ""
        assert full.texts(row)[3] + unit == value.text
    assert found["petitions_registered"].value == 13
    # The ledger began within the same week of last year: that is no week to compare with.
    assert "信访登记量13件，环比增加2件（上升18.2%），同比暂无数据" in sentences(
        weekly, "situation"
    )


def test_word_annex_and_content_hold_the_same_numbers(weekly: Bulletin) -> None:
    book = openpyxl.load_workbook(io.BytesIO(annex_of(weekly.paper).content))
    on_paper = word_tables(weekly)
    printed = [one for one in weekly.content.tables if one.most != 0]
    assert len(on_paper) == len(printed)
    for one, rows in zip(printed, on_paper, strict=True):
        assert rows[0] == [field.header for field in one.fields]
        assert [tuple(row) for row in rows[1:]] == [one.texts(row) for row in one.on_paper]
    assert len(book.sheetnames) == len(weekly.content.tables)
    for one, sheet in zip(weekly.content.tables, book.worksheets, strict=True):
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        assert len(rows) == len(one.rows)
        for kept, written in zip(one.rows, rows, strict=True):
            for at, (cell, value) in enumerate(zip(kept, written, strict=True)):
                kind = one.kind_at(kept, at)
                if kind == "date" and cell:
                    assert value.date().isoformat() == cell
                elif isinstance(cell, int | float):
                    assert value == cell
                    assert isinstance(value, int | float)
                else:
                    assert value == shown(kind, cell)


def test_nobody_is_in_it(weekly: Bulletin) -> None:
    whole = to_json(weekly.content)
    for text in (PERSON, PHONE, "11010519491231002", "李四海"):
        assert text not in whole
    matters = str(table(weekly, "collective").rows)
    assert "某某(****)等人反映押金不退，身份证 ****" in matters
    assert "某某承诺高额返利" in str(table(weekly, "major_leads").rows)


@pytest.mark.parametrize(
    ("text", "known", "told"),
    [
        ("王小明反映王小明的事", ["王小明"], "某某反映某某的事"),
        ("电话138 0000 1234，座机0571-88886666", [], "电话****，座机****"),
        ("2026年5月缴费12000元", [], "2026年5月缴费12000元"),
        ("尾号 11010519491231002x 的", [], "尾号 **** 的"),
        # The longer name first: else 王小 would leave 明 behind.
        ("王小明和王小", ["王小", "王小明"], "某某和某某"),
        ("没有人", ["", "  "], "没有人"),
    ],
)
def test_persons_and_long_numbers_are_taken_out_of_free_texts(text, known, told) -> None:
    assert without_people(text, known) == told


def test_small_counts_of_villages_are_never_told(weeks: Store) -> None:
    """One petition of the east lies in a village of its own: it may not be told in any form."""
    from ledger.reporting.bulletins import making

    with on(UNTIL):
        question = making.asked(weeks, SYSTEM, "weekly", UNTIL, None)
        content, _ = making.gather(question)
    (spots,) = [one for one in content.tables if one.key == "hotspots"]
    assert [row[0] for row in spots.rows] == ["甲云镇演示一村"]
    assert "演示二村" not in json.dumps([spots.rows, spots.caption], ensure_ascii=False)
    assert "少于3" in "".join(
        b.text for b in content.section("hotspots").blocks if isinstance(b, Text)
    )


def test_the_paper_of_a_village_tells_no_small_count(weeks: Store) -> None:
    from ledger.reporting.bulletins import making, numbers

    with on(UNTIL):
        told, _ = numbers.blocks(making.asked(weeks, SYSTEM, "weekly", UNTIL, EAST_SOUTH))
    full = next(one for one in told if isinstance(one, Table) and one.key == "all_figures")
    (row,) = [one for one in full.rows if one[1] == "信访登记量"]
    assert row[3:10] == ("<3", "<3", "<3", "不显示", "不显示", "<3", "<3")
    assert full.texts(row)[3] == "<3"
    assert "信访登记量<3，环比不显示，同比不显示" in "".join(
        one.text for one in told if isinstance(one, Text)
    )


def test_movements_are_those_of_the_figures(weeks: Store, weekly: Bulletin) -> None:
    with on(UNTIL):
        found = figures(weeks, SYSTEM, covered(KINDS["weekly"], UNTIL), WEST)
    rows = table(weekly, "movements").rows
    assert [row[1:5] for row in rows] == [("松鹤养老院", "演示一村", "一类", "四类")]
    assert found["tier_rose"].value == 1
    assert f"{MOVEMENTS['rose']}1家" in sentences(weekly, "movements")


def test_the_overdue_list_is_complete_and_counted(weeks: Store, weekly: Bulletin) -> None:
    rows = table(weekly, "overdue").rows
    expected: list[str] = []
    for key in ("institutions", "inspections", "leads", "dispositions", "petitions", "measures"):
        page = search(weeks, SYSTEM, key, Selection(), size=200)
        expected += [
            row["number"]
            for row in page.rows
            if row["due_on"] and row["due_on"] < UNTIL and str(row["area_path"]).count(WEST)
        ]
    assert sorted(str(row[1]) for row in rows) == sorted(expected)
    assert len(rows) > 3
    assert f"共{len(rows)}件" in sentences(weekly, "overdue")
    days: list[Any] = [row[6] for row in rows]
    assert days == sorted(days, reverse=True)


def test_content_survives_its_json(weekly: Bulletin) -> None:
    text = to_json(weekly.content)
    assert from_json(text) == weekly.content
    assert to_json(from_json(text)) == text


def test_an_area_without_anything_says_so(weeks: Store) -> None:
    from ledger.reporting.bulletins import making
    from tests.ledger.conftest import EAST_NORTH

    with on(UNTIL):
        question = making.asked(weeks, SYSTEM, "monthly", UNTIL, EAST_NORTH)
        content, _ = making.gather(question)
    said = "\n".join(
        block.text
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Text)
    )
    for sentence in (
        "没有登记养老服务机构",
        "没有未办结的重大线索",
        "没有逾期",
        "没有机构的风险等级",
    ):
        assert sentence in said
    assert "未作热点分析" in said
    assert "发现问题率暂无数据" in said
    # Of people's own matters a village's paper does not even tell that there were none.
    assert "及时受理率<3" in said
