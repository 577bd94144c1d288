"""Every number of a bulletin opens the rows that it counted, on the page and in their workbook."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator

import openpyxl
import pytest
from sqlalchemy import update

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.records import bulletin_rows
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.reporting.bulletins import archive, clusters, making, numbers, standing
from ledger.reporting.bulletins.counted_rows import Counted
from ledger.reporting.bulletins.files import ROWS, bulletin_file
from ledger.reporting.bulletins.kept_bulletin import Bulletin, digest_of
from ledger.reporting.bulletins.kinds import KINDS
from ledger.reporting.bulletins.model import Content, Table, Text, to_json
from ledger.reporting.bulletins.number_rows import NUMBERS, rows_of
from ledger.reporting.figures import figures_in_force
from ledger.storage import Store
from ledger.storage.own_tables import bulletins
from tests.ledger.conftest import COUNTY, EAST, EAST_SOUTH, WEST, actor
from tests.ledger.reporting.bulletins.office import PERSON, PHONE, UNTIL, on

# What is counted one by one: such a number is that of its rows.
_UNITS = "件家条项户次场个"
_WHOLE = re.compile(rf"([\d,]+)[{_UNITS}]")


@pytest.fixture
def unpictured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes the most time, and says nothing of rows."""
    monkeypatch.setattr(standing, "_map", lambda *_: None)
    monkeypatch.setattr(clusters, "_map", lambda *_: None)
    monkeypatch.setattr(numbers, "trend_picture", lambda *_: None)
    monkeypatch.setattr(numbers, "ranking_picture", lambda *_, **__: None)


def told(store: Store, content: Content) -> Iterator[tuple[str, int | None, Counted]]:
    """Every number: how it reads, what it is if it counts one by one, and its rows."""
    shares = {one.label for one in figures_in_force(store).figures if one.shape in _SHARES}
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Text):
                for start, end, at in block.counted:
                    text = block.text[start:end]
                    found = _WHOLE.fullmatch(text)
                    number = int(found[1].replace(",", "")) if found else None
                    yield text, number, content.counted[at]
            elif isinstance(block, Table):
                yield from _in_table(block, content, shares)


_SHARES = ("share", "parts")


def _in_table(
    table: Table, content: Content, shares: set[str]
) -> Iterator[tuple[str, int | None, Counted]]:
    heads = [field.header for field in table.fields]
    for at, column, number in table.counted:
        row = table.rows[at]
        cell, unit = row[column], table.unit_at(row, column)
        name = str(row[heads.index("指标")]).partition("：")[0] if "指标" in heads else ""
        one_by_one = table.fields[column].kind == "count" or unit in tuple(_UNITS)
        if heads[column] in ("分子", "分母"):
            one_by_one = name in shares or row[heads.index("单位")] in tuple(_UNITS)
        whole = int(cell) if one_by_one and isinstance(cell, int | float) else None
        yield f"{name or row[0]} {heads[column]} {cell}", whole, content.counted[number]


def listed(content: bytes) -> tuple[Counter[tuple[str, str]], dict[str, tuple[int, int]]]:
    """Of that workbook: the rows under each name by ledger, and its list of numbers."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows: Counter[tuple[str, str]] = Counter()
    for ledger in LEDGERS.values():
        if f"{ledger.label}明细" in book.sheetnames:
            sheet = book[f"{ledger.label}明细"]
            for name, *_ in sheet.iter_rows(min_row=4, values_only=True):
                rows[ledger.key, str(name)] += 1
    lines = book[NUMBERS].iter_rows(min_row=4, values_only=True)
    return rows, {str(label): (then, now) for _, label, _, _, then, now in lines}


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_is_that_of_its_rows_in_the_workbook(
    weeks: Store, clerk: Actor, unpictured: None, kind: str
) -> None:
    with on(UNTIL):
        one = archive.read(weeks, clerk, making.make(weeks, clerk, kind, UNTIL, None))
    rows, said = listed(bulletin_file(weeks, clerk, one.entry.id, ROWS).content)
    seen = Counter[bool]()
    for text, number, counted in told(weeks, one.content):
        assert number in (None, counted.rows), (text, counted)
        for group in counted.groups:
            assert rows[group.ledger, counted.label] == group.rows, (text, counted)
        assert said[counted.label] == (counted.rows, counted.rows)
        seen[number is not None] += 1
    assert seen[True] > 100
    assert seen[False] > 20


def test_every_number_of_the_paper_has_rows(weekly: Bulletin) -> None:
    """But those that say how much, how long, or what a figure would be elsewhere."""
    for section in weekly.content.sections:
        for block in section.blocks:
            if isinstance(block, Text) and section.key not in ("hotspots", "situation"):
                spans = {(start, end) for start, end, _ in block.counted}
                units = re.finditer(r"\d+[家条件]", block.text)
                assert {found.span() for found in units} == spans, block.text
    tables = {one.key: one for one in weekly.content.tables}
    for key, headers in {
        "standing": ("机构数", "四类", "三类", "二类", "一类", "待研判"),
        "figures": ("本期",),
        "hotspots": ("件数",),
    }.items():
        table = tables[key]
        columns = [at for at, one in enumerate(table.fields) if one.header in headers]
        known = {(row, column) for row, column, _ in table.counted}
        for at, row in enumerate(table.rows):
            for column in columns:
                assert (at, column) in known or row[column] is None, (key, row, column)


def opened(store: Store, who: Actor, one: Bulletin, counted: Counted) -> int:
    """How many records a ledger's page lists for a number."""
    (group,) = counted.groups
    text = bulletin_rows.text_of(one.entry.id, group.number)
    selection = Selection(conditions=(Condition(bulletin_rows.KEY, "set", text),))
    return records.search(store, who, group.ledger, selection, size=1).total


def number(one: Bulletin, label: str) -> Counted:
    return next(counted for counted in one.content.counted if counted.label == label)


def test_the_rows_are_those_of_then(weeks: Store, clerk: Actor, weekly: Bulletin, filled) -> None:
    """What came later is not among them; what was deleted is, and the workbook says so."""
    registered = number(weekly, "信访登记量")
    with on(UNTIL):
        later = {"registered_on": UNTIL, "matter": "后来补录", "area_code": EAST_SOUTH}
        records.create(weeks, SYSTEM, "petitions", later)
        records.delete(weeks, SYSTEM, "petitions", {filled.ids["collective"]: 1})
    assert opened(weeks, clerk, weekly, registered) == registered.rows == 13
    table = next(
        one for one in rows_of(weeks, clerk, weekly.entry.id) if one.title == "信访事项明细"
    )
    lines = [row for row in table.rows if row[0] == "信访登记量"]
    assert len(lines) == 13
    assert [row[-1] for row in lines].count("已在回收站") == 1


def test_a_reader_finds_the_rows_of_the_own_scope(
    weeks: Store, clerk: Actor, weekly: Bulletin, filled
) -> None:
    registered = number(weekly, "信访登记量")
    with on(UNTIL):
        edit = records.Edit(filled.ids["collective"], 1, {"area_code": EAST_SOUTH})
        records.save(weeks, SYSTEM, "petitions", [edit])
    assert opened(weeks, clerk, weekly, registered) == registered.rows - 1
    assert opened(weeks, actor(Role.LEADER, COUNTY), weekly, registered) == registered.rows
    # Who may not read the bulletin learns nothing of it.
    for other in (actor(Role.LEADER, EAST), actor(Role.VILLAGE_STAFF, EAST_SOUTH)):
        assert opened(weeks, other, weekly, registered) == 0
    _, said = listed(bulletin_file(weeks, clerk, weekly.entry.id, ROWS).content)
    assert said["信访登记量"] == (registered.rows, registered.rows - 1)


def test_the_rows_of_a_hidden_number_are_for_the_inside_and_name_nobody(
    weeks: Store, unpictured: None
) -> None:
    staff = actor(Role.OFFICE_STAFF, EAST)
    with on(UNTIL):
        made = making.make(weeks, staff, "weekly", UNTIL, EAST_SOUTH)
    one = archive.read(weeks, staff, made)
    texts = [text for text, _, counted in told(weeks, one.content) if counted.label == "信访登记量"]
    assert texts[0] == "<3"
    assert opened(weeks, staff, one, number(one, "信访登记量")) == 1
    west = actor(Role.OFFICE_STAFF, WEST)
    whole = str([table.rows for table in rows_of(weeks, west, 1)])
    assert "某某(****)等人反映押金不退" in whole
    assert PERSON not in whole
    assert PHONE not in whole


def test_what_is_passed_on_holds_no_row_behind_a_number(
    weeks: Store, clerk: Actor, weekly: Bulletin
) -> None:
    """The rows behind a "<3" would say the number: they are in a file of their own."""
    passed_on = sheets_of(bulletin_file(weeks, clerk, weekly.entry.id, "xlsx").content)
    inside = sheets_of(bulletin_file(weeks, clerk, weekly.entry.id, ROWS).content)
    assert passed_on == {table.caption for table in weekly.content.tables}
    assert not passed_on & inside
    assert NUMBERS in inside


def sheets_of(content: bytes) -> set[str]:
    return set(openpyxl.load_workbook(io.BytesIO(content), read_only=True).sheetnames)


def test_a_bulletin_made_before_numbers_kept_their_rows_is_read_as_it_was(
    weeks: Store, clerk: Actor, weekly: Bulletin
) -> None:
    plain = json.loads(to_json(weekly.content))
    for part in (plain, *(block for one in plain["sections"] for block in one["blocks"])):
        part.pop("counted", None)
        part.pop("groups", None)
    text, packed = json.dumps(plain, ensure_ascii=False), {"tiers": ""}
    values = {"content": text, "pictures": packed, "digest": digest_of(text, packed)}
    with weeks.writing() as connection:
        connection.execute(update(bulletins).values(**values))
    old = archive.read(weeks, clerk, weekly.entry.id)
    assert [one.rows for one in old.content.tables] == [one.rows for one in weekly.content.tables]
    assert rows_of(weeks, clerk, old.entry.id) == []
    with pytest.raises(Invalid, match="还没有存下"):
        bulletin_file(weeks, clerk, old.entry.id, ROWS)
