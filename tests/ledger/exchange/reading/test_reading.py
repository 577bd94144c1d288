"""Reading as a wizard sees it, as the command line tells it, and within its limits."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from ledger.commands.import_ import as_json
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.settings import settings
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.proposals import candidates
from ledger.exchange.reading.reading import read_file
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.conftest import WEST, actor
from tests.ledger.exchange.reading.messy.building import Page, one, xlsx
from tests.ledger.sheets import workbook

ROWS = [
    ("机构名称", "床位数", "押金"),
    ("甲院", "约20张", 100),
    ("乙院", "十张", "/"),
    ("丙院", "很多", ""),
    ("丁院", 3, 5.5),
]


def test_each_cell_says_how_it_was_understood(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)
    reading = read_file(store, SYSTEM, INSTITUTIONS, path)
    beds = reading.cells("beds")
    assert [(cell.row, cell.raw, cell.value, cell.state) for cell in beds] == [
        (2, "约20张", 20, "doubtful"),
        (3, "十张", 10, "understood"),
        (4, "很多", None, "refused"),
        (5, 3.0, 3, "plain"),
    ]
    assert "请核对" in beds[0].message
    assert "不是数字" in beds[2].message
    states = [cell.state for cell in reading.cells("prepaid_deposit")]
    assert states == ["plain", "doubtful", "blank", "plain"]


def test_the_command_line_lists_what_it_understood(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [*ROWS[:3], ("合计", "", 100)])
    result = as_json(import_file(store, SYSTEM, "institutions", path))
    assert (result["created"], result["rejected"], result["problems"]) == (2, 0, [])
    told = [(note["row"], note["column"], note["sure"]) for note in result["notes"]]
    assert set(told) == {
        (2, "床位数", False),
        (3, "床位数", True),
        (3, "押金", False),
        (4, None, True),
    }
    note = next(note for note in result["notes"] if note["row"] == 2)
    assert (note["was"], note["understood"]) == ("约20张", "20")


def test_blank_keeps_and_none_empties(store: Store, tmp_path: Path) -> None:
    values = {"number": "J-1", "name": "甲院", "beds": 9, "phone": "12345", "remarks": "旧"}
    records.create(store, SYSTEM, "institutions", values)
    header = ("编号", "机构名称", "床位数", "联系电话", "备注")
    blank = workbook(tmp_path / "a.xlsx", [header, ("J-1", "甲院", "", "", "")])
    assert import_file(store, SYSTEM, "institutions", blank).unchanged == 1
    none = workbook(tmp_path / "b.xlsx", [header, ("J-1", "甲院", "无", "无", "/")])
    assert import_file(store, SYSTEM, "institutions", none).updated == 1
    assert import_file(store, SYSTEM, "institutions", none).unchanged == 1
    (record,) = records.search(store, SYSTEM, "institutions", Selection()).rows
    assert (record["beds"], record["phone"], record["remarks"]) == (0, None, "无")


def test_a_stroke_that_was_typed_in_stays(store: Store, tmp_path: Path) -> None:
    values = {"number": "J-1", "name": "夕阳红 养老院", "remarks": "——"}
    records.create(store, SYSTEM, "institutions", values)
    rows = [("编号", "机构名称", "备注"), ("J-1", "夕阳红 养老院", "——")]
    report = import_file(store, SYSTEM, "institutions", workbook(tmp_path / "a.xlsx", rows))
    assert (report.unchanged, report.updated) == (1, 0)


def test_similar_areas_are_suggested_within_the_scope(store: Store, tmp_path: Path) -> None:
    office: Actor = actor(Role.OFFICE_STAFF, WEST)
    path = workbook(tmp_path / "a.xlsx", [("机构名称", "村(社区)"), ("甲院", "演示七村")])
    (problem,) = import_file(store, office, "institutions", path).problems
    assert "是否指“演示一村”" in problem.message
    assert "演示二村" not in problem.message


def test_what_a_column_could_be_is_offered(store: Store) -> None:
    rows = [("甲", "13800000001"), ("乙", "0571-88880001"), ("丙", "13800000003")]
    assert candidates(rows, 1, INSTITUTIONS) == ("phone",)
    assert candidates(rows[:2], 1, INSTITUTIONS) == ()


def test_only_who_may_import_may_read(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ROWS)
    with pytest.raises(Refused):
        read_file(store, actor(Role.LEADER, WEST), INSTITUTIONS, path)


def test_too_many_formulas(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_MAX_FORMULAS", "2")
    settings.cache_clear()
    formulas = {(at, 1): ("=1+1", 2) for at in range(1, 4)}
    path = tmp_path / "a.xlsx"
    xlsx(Page([("机构名称", "床位数"), ("甲",), ("乙",), ("丙",)], formulas=formulas))(path)
    with pytest.raises(Invalid, match="公式超过 2 个"):
        read_file(store, SYSTEM, INSTITUTIONS, path)


def test_formulas_without_results_macros_and_links_are_told(store: Store, tmp_path: Path) -> None:
    plain = tmp_path / "a.xlsx"
    xlsx(Page([("机构名称", "床位数"), ("甲",)], formulas={(1, 1): ("=[1]b!A1", 7)}))(plain)
    path = tmp_path / "b.xlsm"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b"<v>7</v>", b"")
            target.writestr(name, content)
        target.writestr("xl/vbaProject.bin", b"macro")
        target.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    reading = read_file(store, SYSTEM, INSTITUTIONS, path)
    messages = "".join(note.message for note in reading.notes)
    for words in ("带有宏，没有运行", "引用了别的工作簿，没有去取", "1个公式没有保存结果"):
        assert words in messages
    assert reading.rows.rows[0].values == {"name": "甲"}


def test_what_a_file_is_its_content_says(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    one([("机构名称", "床位数"), ("甲院", 1)])(path)
    for name in ("a.xls", "a.et", "a.csv"):
        shutil.copyfile(path, tmp_path / name)
        reading = read_file(store, SYSTEM, INSTITUTIONS, tmp_path / name)
        assert reading.rows.rows[0].values == {"name": "甲院", "beds": 1}
