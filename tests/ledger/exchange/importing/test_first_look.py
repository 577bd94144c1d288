"""What kind of file arrived, and that a settled mapping reads what was proposed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.crs import GCJ02
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.importing.first_look import BOTH, has_positions, look_at, settled_mapping
from ledger.exchange.reading.mapping import FileMapping, parse_mapping
from ledger.exchange.reading.mapping_text import mapping_text
from ledger.exchange.reading.reading import read_file
from ledger.exchange.reading.remembered import remember
from ledger.exchange.writing.exports import export
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store, open_store
from tests.ledger.exchange.reading.messy.building import Messy
from tests.ledger.exchange.reading.messy.headers import HEADERS
from tests.ledger.sheets import text_table, workbook

INSTITUTIONS = LEDGERS["institutions"]


@pytest.fixture(scope="module")
def county(drawn_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The small county; nothing is written into it here."""
    path = tmp_path_factory.mktemp("arrivals") / "ledger.db"
    shutil.copyfile(drawn_county, path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


@pytest.mark.parametrize("case", HEADERS, ids=[case.name for case in HEADERS])
def test_what_was_proposed_and_settled_reads_the_same(
    county: Store, tmp_path: Path, case: Messy
) -> None:
    path, ledger = tmp_path / case.file, LEDGERS[case.ledger]
    case.write(path)
    arrival = look_at(county, SYSTEM, ledger, path, sheet=case.sheet)
    mapping = settled_mapping(arrival, ledger, arrival.proposed)
    kept = parse_mapping(mapping_text(mapping), ledger)
    reading = read_file(county, SYSTEM, ledger, path, sheet=arrival.to_read, mapping=kept)
    assert {row.row: row.values for row in reading.rows.rows} == case.rows


def test_columns_come_with_examples_and_reasons(county: Store, tmp_path: Path) -> None:
    rows = [("机构名称", "床位", "x", "备注栏")] + [
        (f"院{at}", at, f"1380013800{at}", "好") for at in range(5)
    ]
    arrival = look_at(county, SYSTEM, INSTITUTIONS, workbook(tmp_path / "a.xlsx", rows))
    by_name = {column.name: column for column in arrival.columns}
    assert (by_name["机构名称"].key, by_name["机构名称"].why) == ("name", "列名相同")
    assert (by_name["x"].key, by_name["x"].why) == ("phone", "按内容看，请核对")
    assert by_name["机构名称"].examples == ("院0", "院1", "院2")
    assert by_name["备注栏"].key is None
    assert arrival.header == (1, 1)
    assert not has_positions(arrival.proposed)
    none = dict.fromkeys(arrival.proposed)
    assert arrival.missing(INSTITUTIONS, none) == ("机构名称",)
    assert settled_mapping(arrival, INSTITUTIONS, none).ignore[0] == "机构名称"


def test_a_column_for_two_is_refused_with_both_names(county: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [("机构名称", "简称"), ("甲院", "甲")])
    arrival = look_at(county, SYSTEM, INSTITUTIONS, path)
    with pytest.raises(Invalid, match="“机构名称”、“简称”都对应了"):
        settled_mapping(arrival, INSTITUTIONS, {0: "name", 1: "name"})
    with pytest.raises(Invalid, match="只留一种"):
        settled_mapping(arrival, INSTITUTIONS, {0: BOTH, 1: "lon"})


def test_what_cannot_be_told_apart_is_left_to_a_person(county: Store, tmp_path: Path) -> None:
    rows = [("机构名称", "床位数", "床位数(张)", "床位数"), ("甲院", 1, 2, 3)]
    arrival = look_at(county, SYSTEM, INSTITUTIONS, workbook(tmp_path / "a.xlsx", rows))
    assert "两次" in arrival.problem
    assert arrival.columns[0].name == "机构名称"


def test_a_remembered_layout_says_so_and_keeps_its_system(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [("院名", "经度", "纬度"), ("甲院", 127.02, 29.05)])
    first = look_at(
        store, SYSTEM, INSTITUTIONS, path, mapping=FileMapping(columns={"name": "院名"})
    )
    assert has_positions(first.proposed)
    mapping = settled_mapping(first, INSTITUTIONS, first.proposed, GCJ02)
    remember(store, SYSTEM, INSTITUTIONS, first.fingerprint, "某镇月报", mapping)
    again = look_at(store, SYSTEM, INSTITUTIONS, path)
    assert again.remembered is not None
    assert (again.remembered.name, again.mapping.crs) == ("某镇月报", GCJ02)
    assert again.columns[0].why == "记住的“某镇月报”"


def test_ours_and_others_are_told_apart(store: Store, tmp_path: Path) -> None:
    records.create(store, SYSTEM, "institutions", {"name": "甲院"})
    path = tmp_path / "out.xlsx"
    path.write_bytes(export(store, SYSTEM, "institutions", Selection(), "xlsx").content)
    assert look_at(store, SYSTEM, INSTITUTIONS, path).kind == "returned"
    text = text_table(tmp_path / "a.csv", [("机构名称", "床位数"), ("甲", "1")], "gb18030")
    found = look_at(store, SYSTEM, INSTITUTIONS, text)
    assert (found.kind, found.sheets) == ("foreign", ())
