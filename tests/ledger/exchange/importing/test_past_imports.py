"""Imports as a list, and withdrawn by number: at any time, and never what others changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, NotFound
from ledger.exchange.importing.past_imports import past_imports, undo_import
from ledger.records.service import Edit, save
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_VILLAGE, actor
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import workbook

HEAD = ("编号", "机构名称", "所属区域", "床位数")


def test_an_import_is_withdrawn_by_its_number_three_way(store: Store, tmp_path: Path) -> None:
    rows = [HEAD, ("J-1", "甲院", WEST_VILLAGE, 10), ("J-2", "乙院", WEST_VILLAGE, 20)]
    take(store, workbook(tmp_path / "一月.xlsx", rows))
    more = [HEAD, ("J-1", "甲院", WEST_VILLAGE, 11), ("J-2", "乙院", WEST_VILLAGE, 21)]
    take(store, workbook(tmp_path / "二月.xlsx", [*more, ("J-3", "丙院", WEST_VILLAGE, 30)]))
    now = stored(store)["J-2"]
    save(store, SYSTEM, "institutions", [Edit(now["id"], now["version"], {"beds": 25})])
    second, first = past_imports(store, SYSTEM, "institutions")
    assert (first.file, first.created, second.file) == ("一月.xlsx", 2, "二月.xlsx")
    back = undo_import(store, SYSTEM, second.number, reason="导错了")
    assert back.left == ("J-2“床位数”",)
    found = stored(store)
    assert {number: row["beds"] for number, row in found.items()} == {
        "J-1": 10,
        "J-2": 25,
        "J-3": 30,
    }
    assert [number for number, row in found.items() if row["deleted"]] == ["J-3"]
    assert past_imports(store, SYSTEM, "institutions")[0].withdrawn
    with pytest.raises(Invalid, match="已经撤回过"):
        undo_import(store, SYSTEM, second.number, reason="再来一次")


def test_an_office_sees_its_own_imports_alone(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEAD, ("J-1", "甲院", WEST_VILLAGE, 10)]))
    west, east = (actor(Role.OFFICE_STAFF, code) for code in (WEST, EAST))
    (mine,) = past_imports(store, west, "institutions")
    assert past_imports(store, east, "institutions") == ()
    with pytest.raises(NotFound):
        undo_import(store, east, mine.number, reason="不是我的")
    assert undo_import(store, west, mine.number, reason="导错了").records == 1


def test_the_command_lists_and_withdraws(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ledger.__main__ import main

    take(store, workbook(tmp_path / "a.xlsx", [HEAD, ("J-1", "甲院", WEST_VILLAGE, 10)]))
    number = past_imports(store, SYSTEM)[0].number
    assert main(["import", "list"]) == 0
    assert f"{number}　" in capsys.readouterr().out
    assert main(["import", "undo", str(number), "--reason", "导错了"]) == 0
    assert stored(store)["J-1"]["deleted"]
    assert main(["import", "undo", "甲"]) == 1
    with pytest.raises(SystemExit, match="2"):
        main(["import", "institutions"])
