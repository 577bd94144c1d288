"""Areas by name alone: lists of codes and names, and boundary files that have no codes.

A list starts an office at once; boundaries of the same codes follow later. A boundary file without
codes gets them from such a list, by name and parent (`geo.code_lists`), with a review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow
import pyarrow.parquet
import shapely

from geo.code_lists import CodeList, NameMatch
from geo.findings import FIRST_ROW
from geo.levels import LEVEL_LABELS
from geo.validation import Fields, places_of_areas
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, InvalidFile
from ledger.exchange.reading.header_rows import labels_of
from ledger.exchange.reading.tables_in import Sheet, read_sheet
from ledger.records.area_layers import AreaFile, AreaLayer, Unplaced, read_layers, split
from ledger.records.area_loading import LoadReport, load_layers
from ledger.records.places.areas import current_atlas, require_reach
from ledger.storage import Store
from ledger.storage.own_files import refuse_own_files

CODE_BY_NAME = "代码(按名称查得)"
_SEARCHED = 40
_WORDS = {"code": ("代码", "编码", "code"), "name": ("名称", "name")}
# The widest list there is, of all villages of the country, has 620,000 rows.
_MOST_ROWS = 1_000_000


def list_columns(path: Path) -> list[str]:
    """What the columns of a list are called: its first row with two words or more.

    Raises
    ------
    InvalidFile
        If the file is no table.
    """
    return _header(_rows_of(path), path, ())[1]


def list_layer(path: Path, fields: Fields, level: str | None, scheme: str = "cn") -> AreaLayer:
    """A list of areas as a layer without shapes.

    Parameters
    ----------
    path
        A workbook or a text table, as `ledger.exchange.reading.tables_in.read_sheet` reads them, or
        Parquet; the header is the first row that has the columns of ``fields``.
    level
        Of all rows; None tells it by the length of each code (see
        `ledger.records.area_layers.split`).

    Raises
    ------
    InvalidFile
        If the file is no table.
    Invalid
        If it has no such columns.
    """
    rows = _rows_of(path)
    first, labels = _header(rows, path, fields.named())
    wanted = {name: labels.index(name) for name in fields.named()}
    body = [
        (at, row) for at, row in enumerate(rows[first + 1 :], start=first + 1) if not _blank(row)
    ]
    frame = gpd.GeoDataFrame(
        {
            name: pd.Series([_cell(row, at) for _, row in body], dtype=object)
            for name, at in wanted.items()
        },
        geometry=[shapely.Polygon()] * len(body),
    )
    # Row 2 of the sheet has place 0, wherever the header stands.
    frame.index = pd.Index([at + 1 - FIRST_ROW for at, _ in body])
    frame.attrs = {"claimed_crs": None, "format": "list"}
    return AreaLayer(frame, f"“{path.name}”", level or "", fields, "wgs84", scheme)


def code_list(path: Path, code: str | None = None, name: str | None = None) -> CodeList:
    """The codes and names of a list; the columns are those so called, or that look like it.

    Raises
    ------
    InvalidFile
        If the file is no table.
    Invalid
        If no column is a code, or none a name.
    """
    rows = _rows_of(path)
    first, labels = _header(rows, path, [one for one in (code, name) if one is not None])
    at = [
        labels.index(given) if given is not None else _looks_like(labels, kind, path)
        for kind, given in (("code", code), ("name", name))
    ]
    body = [row for row in rows[first + 1 :] if not _blank(row)]
    return CodeList([_cell(row, at[0]) for row in body], [_cell(row, at[1]) for row in body])


@dataclass(frozen=True)
class NamesOnly:
    """How a boundary file without codes gets them.

    ``codes`` is the list, ``under`` the code of the area in which all of the file lies, ``parents``
    the file's column with the name of the area above each, if it has one.
    """

    codes: Path
    under: str
    parents: str | None = None


def load_list(
    store: Store,
    actor: Actor,
    path: Path,
    fields: Fields,
    *,
    level: str | None = None,
    scheme: str = "cn",
    valid_from: date | None = None,
    retire_missing: bool = False,
    dry_run: bool = False,
) -> LoadReport:
    """Load areas by code and name, without boundaries. With any error nothing is stored.

    Raises
    ------
    As `ledger.records.area_loading.load_areas` and `list_layer`.
    """
    require_reach(store, actor, Action.LOAD_AREAS)
    refuse_own_files(store, path)
    layers, unplaced = split(list_layer(path, fields, level, scheme))
    return load_layers(
        store,
        actor,
        layers,
        unplaced=unplaced,
        valid_from=valid_from,
        retire_missing=retire_missing,
        dry_run=dry_run,
    )


def match_names(store: Store, actor: Actor, file: AreaFile, names: NamesOnly) -> list[NameMatch]:
    """What the list has for each row of a boundary file, for a review.

    ``file.fields.code`` is `CODE_BY_NAME`, its level is given.

    Raises
    ------
    As `ledger.records.area_loading.load_areas` and `code_list`.
    """
    return _matched(store, actor, file, names)[1]


def load_by_name(
    store: Store,
    actor: Actor,
    file: AreaFile,
    names: NamesOnly,
    *,
    chosen: Mapping[int, str] | None = None,
    valid_from: date | None = None,
    retire_missing: bool = False,
    dry_run: bool = False,
) -> LoadReport:
    """Load a boundary file whose codes stand in a list, see `match_names`.

    ``chosen`` decides what the list left open: a place in the file → the code, or "" to leave the
    row out. A row left open is an error.
    """
    layer, matches = _matched(store, actor, file, names)
    taken = {match.place: match.found.code for match in matches if match.found is not None}
    taken |= dict(chosen or {})
    unplaced = [
        Unplaced(layer.source, (match.place + FIRST_ROW,), _open_in_words(match), harmless=False)
        for match in matches
        if match.place not in taken
    ]
    # What is no area at all stays, for the note that it was passed over.
    dropped = {match.place for match in matches if not taken.get(match.place)}
    frame = layer.frame[[int(place) not in dropped for place in layer.frame.index]].copy()
    frame[CODE_BY_NAME] = [taken.get(int(place), "") for place in frame.index]
    frame.attrs = dict(layer.frame.attrs)
    return load_layers(
        store,
        actor,
        [replace(layer, frame=frame)] if len(frame) else [],
        unplaced=unplaced,
        valid_from=valid_from,
        retire_missing=retire_missing,
        dry_run=dry_run,
    )


def _matched(
    store: Store, actor: Actor, file: AreaFile, names: NamesOnly
) -> tuple[AreaLayer, list[NameMatch]]:
    require_reach(store, actor, Action.LOAD_AREAS)
    for path in (file.path, names.codes):
        refuse_own_files(store, path)
    layers, _ = read_layers([file])
    layer = layers[0]
    lacking = [
        column
        for column in (file.fields.name, names.parents)
        if column is not None and column not in layer.frame.columns
    ]
    if lacking:
        raise Invalid(f"{layer.source}里没有列“{lacking[0]}”")
    codes = code_list(names.codes).with_known(current_atlas(store))
    if not codes.below(layer.level, names.under):
        raise Invalid(
            f"“{names.codes.name}”里，{names.under}之下没有{LEVEL_LABELS[layer.level]}的代码，"
            "请核对代码表和所在区域"
        )
    named = layer.frame.iloc[places_of_areas(layer.frame, (file.fields.name,))[0]]
    parents = None if names.parents is None else _texts(named, names.parents)
    called = _texts(named, file.fields.name)
    return layer, codes.matches(layer.level, names.under, called, parents, named.index.tolist())


def _texts(frame: gpd.GeoDataFrame, column: str) -> list[str]:
    texts: list[str] = frame[column].astype("string").fillna("").str.strip().tolist()
    return texts


def _open_in_words(match: NameMatch) -> str:
    if not match.proposed:
        return f"“{match.name[:40]}”在代码表里没有，请改名称或在文件里写上代码。"
    some = "、".join(f"{one.name}({one.code})" for one in match.proposed)
    return f"“{match.name[:40]}”在代码表里没有唯一的对应，可能是：{some}。"


def _rows_of(path: Path) -> Sequence[Sequence[Any]]:
    if _is_parquet(path):
        return _parquet_rows(path)
    return read_sheet(path).rows


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError as error:
        raise InvalidFile("找不到文件，请检查路径", path.name) from error


def _parquet_rows(path: Path) -> list[list[Any]]:
    try:
        if pyarrow.parquet.read_metadata(path).num_rows > _MOST_ROWS:
            raise InvalidFile(f"超过 {_MOST_ROWS:,} 行，请只留下要用的区域", path.name)
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise InvalidFile("文件已损坏或不完整，请重新导出", path.name) from error
    columns = [column.to_pylist() for column in table.columns]
    return [list(table.column_names), *map(list, zip(*columns, strict=True))]


def _header(
    rows: Sequence[Sequence[Any]], path: Path, wanted: Sequence[str]
) -> tuple[int, list[str]]:
    """The row that has all wanted columns, or the first one with two words; and its texts."""
    seen: list[str] = []
    for at, labels in _first_rows(rows):
        words = [label for label in labels if label]
        if wanted and all(name in labels for name in wanted):
            return at, labels
        if len(words) >= 2 and not seen:
            seen = words
            if not wanted:
                return at, labels
    if not wanted or not seen:
        raise InvalidFile("里面没有带表头的名单，请在第一行写上列名，如“代码”“名称”", path.name)
    missing = "、".join(f"“{name}”" for name in wanted if name not in seen)
    raise Invalid(f"“{path.name}”里没有列{missing or '要找的列'}，有的是：{'、'.join(seen)}")


def _first_rows(rows: Sequence[Sequence[Any]]) -> Iterator[tuple[int, list[str]]]:
    sheet = Sheet(rows[:_SEARCHED], "", is_text=True)
    for at in range(len(sheet.rows)):
        yield at, [label.leaf for label in labels_of(sheet, at, at)]


def _looks_like(labels: Sequence[str], kind: str, path: Path) -> int:
    for word in _WORDS[kind]:
        found = [at for at, label in enumerate(labels) if word in label.lower()]
        if found:
            return found[0]
    called = "代码" if kind == "code" else "名称"
    raise Invalid(f"“{path.name}”里看不出哪一列是{called}，请把列名改为“{called}”")


def _cell(row: Sequence[Any], at: int) -> Any:
    return row[at] if at < len(row) else None


def _blank(row: Sequence[Any]) -> bool:
    return all(cell is None or str(cell).strip() == "" for cell in row)
