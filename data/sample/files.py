"""The sample as files, for trying the loading of areas and the import by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.sample.areas import LEVELS
from data.sample.columns import CHOICES, HEADERS, TRI_COLUMNS, TRI_LABELS
from data.sample.generate import Sample

_CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def write_files(sample: Sample, folder: Path) -> list[Path]:
    """Write the sample into `folder`, made if missing; the same sample gives the same bytes.

    Returns
    -------
    The files: `areas_<level>.geojson` for county, township, village and grid,
    `backdrop.geojson` (water, then roads) and `institutions.xlsx` with Chinese headers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for level in LEVELS:
        part = sample.areas[sample.areas["level"] == level]
        written.append(_write_geojson(part, folder / f"areas_{level}.geojson"))
    backdrop = pd.concat([sample.water, sample.roads], ignore_index=True)
    written.append(_write_geojson(backdrop, folder / "backdrop.geojson"))
    written.append(_write_workbook(sample.institutions, folder / "institutions.xlsx"))
    return written


def in_office_words(institutions: pd.DataFrame) -> pd.DataFrame:
    """Headers and choices as an office's file has them: 是/否/不详 instead of True/False/None."""
    frame = institutions.copy()
    for column in TRI_COLUMNS:
        frame[column] = [TRI_LABELS[value] for value in frame[column]]
    for column, labels in CHOICES.items():
        frame[column] = [labels.get(value) for value in frame[column]]
    return frame.rename(columns=HEADERS)


def _write_geojson(frame: gpd.GeoDataFrame, path: Path) -> Path:
    text = json.dumps(frame.to_geo_dict(drop_id=True), ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(text.encode("utf-8"))
    return path


def _write_workbook(institutions: pd.DataFrame, path: Path) -> Path:
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        # The workbook would carry the time of writing otherwise.
        writer.book.set_properties({"created": _CREATED, "comments": "演示数据，全部虚构"})
        in_office_words(institutions).to_excel(writer, sheet_name="养老服务机构", index=False)
    return path
