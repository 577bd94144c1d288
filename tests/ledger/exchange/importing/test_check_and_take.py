"""Checking a file with what was settled about it, and taking over exactly what was shown."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Cancelled, Invalid, Outdated, Refused
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.imports import check, import_file, take
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.writing.exports import export
from ledger.records import service as records
from ledger.records.putting_back import extent_of_save, put_back_save
from ledger.records.query import Selection
from ledger.records.service import search
from ledger.storage import Store, open_store
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor
from tests.ledger.exchange.taking import stored
from tests.ledger.sheets import fingerprint, workbook

HEADER = ("机构名称", "所属区域", "床位数", "联系电话", "地址")
GOOD = ("甲院", "演示一村", 10, "0580-1111111", "云东路1号")
MAPPING = FileMapping(columns={"name": "机构名称"})


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Row 2 is good; 3 names a village nearly right; 4 has no number of beds; 5 only doubts."""
    rows = [
        HEADER,
        GOOD,
        ("乙院", "演示壹村", 20, "0580-2222222", "云东路2号"),
        ("丙院", "演示一村", "许多", "0580-3333333", "云东路3号"),
        ("丁院", "演示一村", "约30张", "0580-4444444", "云东路4号"),
    ]
    return workbook(tmp_path / "来文.xlsx", rows)


def look(store: Store, path: Path, who: Actor = SYSTEM, **options: Any) -> Checked:
    """Check as somebody else's file of institutions."""
    return check(store, who, "institutions", path, mapping=MAPPING, **options)


def write(store: Store, path: Path, checked: Checked, **options: Any) -> Any:
    """Take over what was checked."""
    given = {"mapping": MAPPING, "batch": "b" * 32, "choices": Choices(), **options}
    return take(store, SYSTEM, checked, path, given.pop("choices"), **given)


def test_each_kind_of_finding_stands_where_it_is_looked_for(store: Store, mixed: Path) -> None:
    before = fingerprint(store)
    checked = look(store, mixed)
    assert fingerprint(store) == before, "a check writes nothing"
    found = {(item.row, item.kind, item.key, item.was) for item in checked.findings.kept}
    assert (3, "place", "area_code", "演示壹村") in found
    assert (4, "error", "beds", "许多") in found
    assert (5, "doubtful", "beds", "约30张") in found
    assert checked.findings.counts["error"] == 1
    assert checked.blocked == {3, 4}
    assert checked.new == {2, 5}
    area = next(item for item in checked.findings.kept if item.key == "area_code")
    assert WEST_VILLAGE in area.suggestions


def test_corrections_are_read_as_if_they_stood_in_the_file(store: Store, mixed: Path) -> None:
    content = mixed.read_bytes()
    settled = Corrections({(3, "area_code"): WEST_VILLAGE, (4, "beds"): "25"}, frozenset({5}))
    checked = look(store, mixed, corrections=settled)
    assert not checked.blocked
    assert checked.read == 3
    done = write(store, mixed, checked, corrections=settled)
    assert (done.created, done.left_out) == (3, 0)
    assert mixed.read_bytes() == content
    there = {row["name"]: row for row in stored(store).values()}
    assert {name: row["beds"] for name, row in there.items()} == {
        "甲院": 10,
        "乙院": 20,
        "丙院": 25,
    }
    assert there["乙院"]["area_code"] == WEST_VILLAGE


def test_what_is_wrong_stops_everything_unless_it_is_left_out(store: Store, mixed: Path) -> None:
    checked, before = look(store, mixed), fingerprint(store)
    with pytest.raises(Invalid, match="还有 2 行"):
        write(store, mixed, checked)
    assert fingerprint(store) == before
    done = write(store, mixed, checked, leave_out=True)
    assert (done.created, done.left_out) == (2, 2)


def test_a_second_press_writes_nothing(store: Store, mixed: Path) -> None:
    checked = look(store, mixed)
    done = write(store, mixed, checked, leave_out=True)
    after = fingerprint(store)
    assert write(store, mixed, checked, leave_out=True) == done
    assert fingerprint(store) == after
    assert extent_of_save(store, str(done.batch)) == (2, 0)
    put_back_save(store, SYSTEM, str(done.batch), reason="导错了文件")
    assert search(store, SYSTEM, "institutions", Selection()).total == 0


def test_a_ledger_that_changed_since_the_check_asks_for_another(store: Store, mixed: Path) -> None:
    checked = look(store, mixed)
    values = {"name": "甲院", "address": "云东路1号", "area_code": WEST_VILLAGE}
    records.create(store, SYSTEM, "institutions", values)
    before = fingerprint(store)
    with pytest.raises(Outdated, match="请重新检查"):
        write(store, mixed, checked, leave_out=True)
    assert fingerprint(store) == before
    assert 2 in look(store, mixed).likely


def test_a_likely_duplicate_waits_for_a_word(store: Store, mixed: Path) -> None:
    values = {"name": "甲院", "address": "云东路1号", "area_code": WEST_VILLAGE}
    records.create(store, SYSTEM, "institutions", values)
    checked = look(store, mixed, corrections=Corrections(left_out=frozenset({3, 4})))
    assert checked.undecided(Choices()) == {2}
    options = {"corrections": Corrections(left_out=frozenset({3, 4}))}
    with pytest.raises(Invalid, match="没有选定"):
        write(store, mixed, checked, **options)
    no, yes = Choices(new={2: False}), Choices(new={2: True})
    assert (checked.outcome(no).created, checked.outcome(no).refused) == (1, 1)
    assert checked.outcome(yes).created == 2
    assert write(store, mixed, checked, choices=no, **options).created == 1


def test_stopping_leaves_nothing_and_only_the_office_may(store: Store, mixed: Path) -> None:
    checked, before = look(store, mixed), fingerprint(store)

    def stop(words: str, done: int, total: int) -> None:
        if words == "写入台账":
            raise Cancelled

    with pytest.raises(Cancelled):
        write(store, mixed, checked, leave_out=True, progress=stop)
    assert fingerprint(store) == before
    with pytest.raises(Refused):
        look(store, mixed, actor(Role.LEADER, WEST))


@pytest.fixture
def returned(store: Store, tmp_path: Path) -> Path:
    """An export in which beds became 11; meanwhile the ledger says 12. A new row is a duplicate."""
    values = {"name": "甲院", "address": "云东路1号", "area_code": WEST_VILLAGE, "beds": 10}
    one = records.create(store, SYSTEM, "institutions", {**values, "number": "J-1"})
    path = tmp_path / "回来.xlsx"
    path.write_bytes(export(store, SYSTEM, "institutions", Selection(), "xlsx").content)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if any(c.value == "床位数" for c in row))
    at = {cell.value: cell.column for cell in header}
    first = header[0].row + 1
    sheet.cell(first, at["床位数"]).value = 11
    name = next(column for text, column in at.items() if str(text).startswith("机构名称"))
    sheet.cell(first + 1, name).value = "甲院"
    sheet.cell(first + 1, at["地址"]).value = "云东路1号"
    sheet.cell(first + 1, at["所属区域"]).value = WEST_VILLAGE
    book.save(path)
    records.save(store, SYSTEM, "institutions", [records.Edit(one, 1, {"beds": 12})])
    return path


def test_a_return_is_settled_cell_by_cell(store: Store, returned: Path) -> None:
    checked = check(store, SYSTEM, "institutions", returned)
    assert checked.comparison is not None
    ((line, cell),) = checked.comparison.conflicts
    (twin,) = checked.likely
    assert checked.undecided(Choices()) == {line.row, twin}
    choices = Choices({(line.row, cell.key): "file"}, {twin: False})
    outcome = checked.outcome(choices)
    assert (outcome.created, outcome.updated, outcome.refused) == (0, 1, 1)
    done = take(store, SYSTEM, checked, returned, choices, batch="c" * 32)
    assert (done.created, done.updated) == (0, 1)
    assert stored(store)["J-1"]["beds"] == 11
    assert take(store, SYSTEM, checked, returned, choices, batch="c" * 32) == done


def test_a_correction_of_a_return_is_compared_too(store: Store, returned: Path) -> None:
    first = check(store, SYSTEM, "institutions", returned)
    assert first.comparison is not None
    row = first.comparison.conflicts[0][0].row
    settled = Corrections({(row, "beds"): "12"}, frozenset(first.likely))
    again = check(store, SYSTEM, "institutions", returned, corrections=settled)
    assert again.comparison is not None
    assert not again.comparison.conflicts
    assert not again.likely


@pytest.mark.parametrize("file", ["mixed", "returned"])
def test_the_command_line_tells_what_the_page_writes(
    store: Store, file: str, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(file)
    told = import_file(store, SYSTEM, "institutions", path, dry_run=True)
    checked = check(store, SYSTEM, "institutions", path)
    done = take(store, SYSTEM, checked, path, Choices(), batch="d" * 32, leave_out=True)
    assert (told.created, told.updated, told.unchanged, told.rejected) == (
        done.created,
        done.updated,
        done.unchanged,
        done.left_out,
    )
    refused = {problem.row for problem in told.problems if problem.severity == "error"}
    assert len(refused) == told.rejected > 0


@given(
    beds=st.lists(st.sampled_from(["5", "许多", "约7", ""]), min_size=1, max_size=4),
    mended=st.dictionaries(st.integers(2, 5), st.sampled_from(["8", "更多", ""]), max_size=3),
    out=st.frozensets(st.integers(2, 5), max_size=2),
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_shown_is_what_is_written(
    drawn_county: Path, tmp_path: Path, beds: list[str], mended: dict[int, str], out: frozenset[int]
) -> None:
    copy = tmp_path / "ledger.db"
    shutil.copyfile(drawn_county, copy)
    store = open_store(f"sqlite:///{copy.as_posix()}")
    rows = [(f"院{at}", "演示一村", text, "", f"路{at}") for at, text in enumerate(beds)]
    path = workbook(tmp_path / "a.xlsx", [HEADER, *rows])
    settled = Corrections({(row, "beds"): text for row, text in mended.items()}, out)
    checked = look(store, path, corrections=settled)
    expected = checked.outcome(Choices())
    if expected.waiting or expected.blocked:
        done = write(store, path, checked, corrections=settled, leave_out=True)
        assert (done.created, done.updated) == (expected.created, expected.updated)
    meant = {}
    for at, text in enumerate(beds):
        said = mended.get(at + 2, text)
        if at + 2 not in out and said not in ("许多", "更多"):
            meant[f"院{at}"] = {"5": 5, "约7": 7, "8": 8, "": None}[said]
    assert {row["name"]: row["beds"] for row in stored(store).values()} == meant
    store.dispose()
