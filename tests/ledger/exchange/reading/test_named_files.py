"""Every refusal raised while a file is read carries the file, and the sheet where there is one."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from geo.errors import FileDamagedError, GeoError
from geo.validation import Fields
from ledger.commands import import_ as import_command
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, InvalidFile, Problem, in_file
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.importing.first_look import look_at
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.importing.marked_up import marked_up
from ledger.exchange.reading.mapping import read_mapping
from ledger.exchange.writing.exports import export
from ledger.operations import parcels
from ledger.records.area_layers import AreaFile, columns_of
from ledger.records.area_loading import load_areas
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.sheets import HEADER, ROWS, text_table, workbook

INSTITUTIONS = LEDGERS["institutions"]
Entrance = Callable[[Store, Path], Any]
ENTRANCES: dict[str, Entrance] = {
    "import": lambda store, path: import_file(store, SYSTEM, "institutions", path),
    "check": lambda store, path: check(store, SYSTEM, "institutions", path),
    "look": lambda store, path: look_at(store, SYSTEM, INSTITUTIONS, path),
}
# What reads a part of a file, and whether the sheet is known by then.
STEPS = [
    ("reading.books._content", ""),
    ("reading.books.check_workbook_archive", ""),
    ("reading.reading.choose", ""),
    ("reading.books.with_errors", "台账"),
    ("reading.tables_in.check_size", "台账"),
    ("reading.packed._check_kind", ""),
    ("reading.packed._measure", "台账"),
    ("reading.packed.check_formulas", "台账"),
]
LATER = [("reading.reading.find_layout", "台账"), ("reading.reading.read_rows", "台账")]
LOOKED = [("importing.first_look.find_rows", "台账")]


def refusing(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    module, _, name = step.rpartition(".")

    def refuse(*_: object, **__: object) -> None:
        raise Invalid([Problem(3, "床位数", "读不懂")])

    monkeypatch.setattr(import_module(f"ledger.exchange.{module}"), name, refuse)


@pytest.mark.parametrize(
    ("entrance", "step", "sheet"),
    [(name, *step) for name in ENTRANCES for step in STEPS]
    + [(name, *step) for name in ("import", "check") for step in LATER]
    + [("look", *step) for step in LOOKED],
)
def test_whatever_step_of_reading_refuses_names_file_and_sheet(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entrance: str,
    step: str,
    sheet: str,
) -> None:
    path = workbook(tmp_path / "村表.xlsx", [HEADER, *ROWS])
    refusing(monkeypatch, step)
    with pytest.raises(InvalidFile) as caught:
        ENTRANCES[entrance](store, path)
    assert (caught.value.file, caught.value.sheet) == ("村表.xlsx", sheet)
    place = "“村表.xlsx”" + (f"工作表“{sheet}”" if sheet else "")
    assert str(caught.value) == f"{place}第3行“床位数”列：读不懂"


def test_a_returned_workbook_is_named_with_its_sheet(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_file(store, SYSTEM, "institutions", workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    path = tmp_path / "回来.xlsx"
    path.write_bytes(export(store, SYSTEM, "institutions", Selection(), "xlsx").content)
    refusing(monkeypatch, "importing.round_trip.read_returned")
    with pytest.raises(InvalidFile) as caught:
        import_file(store, SYSTEM, "institutions", path)
    assert caught.value.file == "回来.xlsx"
    assert caught.value.sheet


# What people send, as it stands in the file; the sheet that the answer has to name.
SENT: list[tuple[str, Any, str, str]] = [
    ("twice.xlsx", [("机构名称", "床位数", "机构名称"), ("甲", 1, "乙")], "台账", "出现了两次"),
    ("title.xlsx", [("某镇台账",), ("甲",)], "台账", "没有找到表头"),
    ("header.xlsx", [("机构名称", "床位数")], "台账", "没有数据行"),
    ("names.xlsx", [("机构名称", "床位数"), ("甲", 3), ("场所名称", "")], "台账", "列名"),
    ("blank.xlsx", [], "台账", "是空的"),
    ("comma.csv", "单位、床位数\n甲院、10\n", "", "没有找到表头"),
    ("pipe.txt", "单位/床位数\n甲院/10\n", "", "没有找到表头"),
    ("quotes.csv", '机构名称,床位数\n"甲,1\n', "", "引号没有成对"),
]


@pytest.mark.parametrize(("name", "content", "sheet", "words"), SENT, ids=[s[0] for s in SENT])
@pytest.mark.parametrize("entrance", ["import", "check"])
def test_files_as_people_send_them_are_refused_by_name(
    store: Store, tmp_path: Path, entrance: str, name: str, content: Any, sheet: str, words: str
) -> None:
    path = tmp_path / name
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    else:
        workbook(path, content)
    with pytest.raises(InvalidFile, match=words) as caught:
        ENTRANCES[entrance](store, path)
    assert (caught.value.file, caught.value.sheet) == (name, sheet)
    assert str(caught.value).count(f"“{name}”") == 1


def test_mapping_and_boundary_files_are_named_too(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text("crs = 3\n", encoding="utf-8")
    broken = tmp_path / "border.geojson"
    broken.write_text("{", encoding="utf-8")
    file = AreaFile(broken, "township", Fields("code", "name"), "wgs84")
    for read, name in (
        (lambda: read_mapping(mapping, INSTITUTIONS), "m.toml"),
        (lambda: read_mapping(tmp_path / "none.toml", INSTITUTIONS), "none.toml"),
        (lambda: columns_of(broken), "border.geojson"),
        (lambda: load_areas(store, SYSTEM, [file]), "border.geojson"),
    ):
        with pytest.raises(InvalidFile, match=f"^“{name}”：") as caught:
            read()
        assert (caught.value.file, caught.value.sheet) == (name, "")

    def refuse(*_: object, **__: object) -> None:
        raise GeoError("坐标无法换算。")

    loading = import_module("ledger.records.area_loading")
    layers = import_module("ledger.records.area_layers")
    monkeypatch.setattr(layers, "read_boundaries", lambda *_: gpd.GeoDataFrame({"code": []}))
    monkeypatch.setattr(loading, "prepare_boundaries", refuse)
    with pytest.raises(InvalidFile, match=r"^“border\.geojson”：坐标无法换算"):
        load_areas(store, SYSTEM, [file])


def test_a_file_too_large_to_mark_up_is_named(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = text_table(tmp_path / "a.csv", [HEADER, ("J-1", "", 127.02, 29.05, 1)])
    checked = check(store, SYSTEM, "institutions", path)
    monkeypatch.setattr("ledger.exchange.importing.marked_up._MOST_CELLS", 1)
    with pytest.raises(InvalidFile, match=r"^“a\.csv”") as caught:
        marked_up(path, checked)
    assert caught.value.file == "a.csv"


def test_a_name_is_given_once_and_survives_the_way_between_processes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pytest.raises(InvalidFile) as caught, in_file(path), in_file(path, "甲表"):
        raise Invalid("读不懂")
    assert str(caught.value) == "“a.xlsx”工作表“甲表”：读不懂"
    one, other = socket.socketpair()
    with one, other:
        parcels.send(one, parcels.of_error(caught.value))
        again = parcels.raised(parcels.receive(other))
    assert isinstance(again, InvalidFile)
    assert (str(again), again.file, again.sheet) == (str(caught.value), "a.xlsx", "甲表")


def test_what_the_command_line_prints_as_json_holds_file_sheet_row_and_column() -> None:
    error = InvalidFile([Problem(1, "机构名称", "出现了两次")], "a.xlsx", "甲表")
    result = import_command.failed(str(error), error)
    assert (result["file"], result["sheet"]) == ("a.xlsx", "甲表")
    assert result["problems"] == [{"row": 1, "column": "机构名称", "message": str(error)}]
    for unnamed in (Invalid("没有"), FileDamagedError("坏"), None):
        assert import_command.failed("没有", unnamed)["file"] is None
