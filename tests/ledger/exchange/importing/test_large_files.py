"""A large file is taken in pieces as one import: as if it had been read at once, or nothing."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.importing.imports import import_file
from ledger.exchange.importing.past_imports import past_imports, undo_import
from ledger.exchange.reading import pieces, text_tables
from ledger.exchange.writing import fingerprints
from ledger.records.history import chain_check
from ledger.storage import Store, open_store
from tests.ledger.conftest import WEST_VILLAGE
from tests.ledger.exchange.killed_import import killed
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import fingerprint, text_table, workbook

HEAD = ("编号", "机构名称", "所属区域", "地址", "床位数", "联系电话")
WRITTEN = ("number", "name", "area_path", "address", "beds", "tier", "due_on", "deleted")
Row = Sequence[Any]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large, and a piece has some ten rows."""
    monkeypatch.setenv("LEDGER_PIECES_FROM_MEGABYTES", "0")
    monkeypatch.setenv("LEDGER_PIECE_MEGABYTES", "0")
    settings.cache_clear()
    monkeypatch.setattr(pieces, "CHUNK", 3_000)
    monkeypatch.setattr(pieces, "_TOP", 6_000)
    monkeypatch.setattr(pieces, "_ROWS_OF_TEXT", 10)


def rows(count: int) -> list[Row]:
    return [
        HEAD,
        *(
            (f"J-{at}", f"第{at}院", WEST_VILLAGE, f"演示路{at}号", at % 90, f"1380000{at:04d}")
            for at in range(count)
        ),
    ]


def odd_rows() -> list[Row]:
    """A title, blank rows, a bad cell, a doubtful one, a sum: all far from each other."""
    table: list[Row] = [("养老机构台账",), *rows(60)]
    table[30] = ("J-28", "第28院", WEST_VILLAGE, "演示路28号", "很多", "")
    table[45] = ("J-43", "第43院", WEST_VILLAGE, "演示路43号", "约20张", "")
    return [*table[:50], (), (), *table[50:], ("合计", "", "", "", 900, "")]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_pieces_are_what_the_whole_is(
    tmp_path: Path, store: Store, ending: str, request: pytest.FixtureRequest
) -> None:
    make = workbook if ending == "xlsx" else text_table
    path = make(tmp_path / f"a.{ending}", odd_rows())
    whole = take(store, path, accept_valid=True)
    at_once = [[row[key] for key in WRITTEN] for row in stored(store).values()]
    undo_import(store, SYSTEM, past_imports(store, SYSTEM)[0].number, reason="再来")
    request.getfixturevalue("small_pieces")
    renamed = [("另" + str(row[0]), *row[1:]) if len(row) > 1 else row for row in odd_rows()]
    renamed[1] = HEAD
    renamed[-1] = odd_rows()[-1]
    told: list[str] = []
    found = take(
        store,
        make(tmp_path / f"b.{ending}", renamed),
        accept_valid=True,
        progress=lambda words, done, total: told.append(words),
    )
    assert sum("已处理" in words for words in told) > 3
    in_pieces = [[row[key] for key in WRITTEN] for row in stored(store).values()]
    assert [row[1:] for row in in_pieces if row[0].startswith("另")] == [row[1:] for row in at_once]
    assert replace(found, file="", problems=(), notes=()) == replace(
        whole, file="", problems=(), notes=()
    )
    assert [(p.row, p.column, p.message) for p in found.problems] == [
        (p.row, p.column, p.message) for p in whole.problems
    ]
    assert {(n.row, n.message) for n in found.notes} == {(n.row, n.message) for n in whole.notes}
    with store.reading() as connection:
        assert chain_check.verify(connection).sound


@pytest.mark.usefixtures("small_pieces")
def test_a_row_that_cannot_be_taken_stops_all_pieces(store: Store, tmp_path: Path) -> None:
    table = rows(60)
    table[50] = ("J-49", "", WEST_VILLAGE, "", "", "")
    before = fingerprint(store)
    report = take(store, workbook(tmp_path / "a.xlsx", table))
    assert (report.written, report.rejected, report.created) == (False, 1, 0)
    assert [problem.row for problem in report.problems] == [51]
    assert fingerprint(store) == before
    dry = take(store, workbook(tmp_path / "b.xlsx", rows(60)), dry_run=True)
    assert (dry.created, dry.written) == (60, False)
    assert fingerprint(store) == before


@pytest.mark.usefixtures("small_pieces")
def test_pieces_know_of_each_other(store: Store, tmp_path: Path) -> None:
    """The same 编号, name and address, telephone or name in a later piece; a number of ours."""
    table = rows(60)
    table[3] = ("", "无号院", WEST_VILLAGE, "演示路3号", 3, "")
    table[41] = ("J-5", "别的院", WEST_VILLAGE, "别的路1号", 1, "")
    table[46] = ("J-45", "第9院", WEST_VILLAGE, "演示路9号", 1, "")
    table[51] = ("J-50", "电话院", WEST_VILLAGE, "电话路1号", 1, "13800000011")
    table[54] = ("J-53", "第12院", WEST_VILLAGE, "", 1, "")
    table[58] = ("YL-000003", "占号院", WEST_VILLAGE, "占号路1号", 1, "")
    report = take(store, workbook(tmp_path / "a.xlsx", table), accept_valid=True)
    said = {problem.row: problem.message for problem in report.problems}
    assert said[42].startswith("编号“J-5”与第7行重复")
    assert "第11行重复(名称和地址相同)" in said[47]
    assert "第13行重复(联系电话相同)" in said[52]
    assert "第14行重复(名称相同" in said[55]
    assert "已由系统编给前面" in said[59]
    assert sorted(said) == [42, 47, 52, 55, 59]
    again = take(store, workbook(tmp_path / "b.xlsx", [HEAD, ("N-1", *table[9][1:])]))
    assert "可能与J-8“第8院”重复(名称和地址相同)" in again.problems[0].message


@pytest.mark.usefixtures("small_pieces")
def test_a_large_import_is_one_batch(store: Store, tmp_path: Path) -> None:
    report = take(store, workbook(tmp_path / "a.xlsx", rows(60)))
    (one,) = past_imports(store, SYSTEM)
    assert (report.created, one.created, one.file) == (60, 60, "a.xlsx")
    assert undo_import(store, SYSTEM, one.number, reason="导错了").records == 60
    assert all(row["deleted"] for row in stored(store).values())


@pytest.mark.sqlite_only  # on PostgreSQL: tests/postgres/test_large_import.py
@pytest.mark.usefixtures("small_pieces")
def test_a_killed_import_leaves_nothing(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", rows(60))
    before = fingerprint(store)
    done = killed(store.engine.url.render_as_string(False), path)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "2\n")
    again = open_store(store.engine.url.render_as_string(False))
    assert fingerprint(again) == before
    assert import_file(again, SYSTEM, "institutions", path).created == 60
    again.dispose()


@pytest.mark.usefixtures("small_pieces")
def test_what_pieces_cannot_do_is_said(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", rows(3))
    with pytest.raises(Invalid, match="不能指定更新哪几行"):
        take(store, path, as_update=(2,))
    ours = workbook(tmp_path / "ours.xlsx", rows(3), sheets={fingerprints.SHEET: [("a",)]})
    with pytest.raises(Invalid, match=r"从本系统导出的表.*分开导出"):
        take(store, ours)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(path.read_bytes()[:2_000])
    with pytest.raises(Invalid, match="已损坏"):
        take(store, broken)
    with pytest.raises(Invalid, match="没有名为“二月”的工作表"):
        take(store, path, sheet="二月")


def test_a_table_too_large_for_memory_says_what_to_do(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_MAX_IMPORT_MEGABYTES", "1")
    settings.cache_clear()
    monkeypatch.setattr(text_tables, "_LOOKED_AFTER", 100)
    table = rows(1_500)
    for path in (workbook(tmp_path / "a.xlsx", table), text_table(tmp_path / "a.csv", table)):
        with pytest.raises(Invalid, match=r"万格，一次读入约需 \d MB 内存，最多 1 MB.*命令行"):
            take(store, path)
