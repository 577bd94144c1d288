"""The sample as files: the same bytes each time, and in the words of an office."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from data.sample import Sample
from data.sample.columns import HEADERS
from data.sample.files import write_files


@pytest.fixture(scope="module")
def folder(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this process."""
    here = tmp_path_factory.mktemp("here")
    write_files(sample, here)
    return here


@pytest.mark.thorough
def test_same_seed_writes_the_same_bytes_in_another_process(
    folder: Path, project_root: Path, tmp_path: Path
) -> None:
    """One with other hashes of texts."""
    subprocess.run(
        [sys.executable, "-m", "data.sample", str(tmp_path)],
        cwd=project_root,
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        check=True,
        capture_output=True,
    )
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "areas_county.geojson",
        "areas_grid.geojson",
        "areas_township.geojson",
        "areas_village.geojson",
        "backdrop.geojson",
        "institutions.xlsx",
    ]
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_area_files_read_back_as_they_were(sample: Sample, folder: Path) -> None:
    read = gpd.read_file(folder / "areas_village.geojson")
    drawn = sample.areas[sample.areas["level"] == "village"]
    assert read["code"].tolist() == drawn["code"].tolist()
    assert read["elderly"].tolist() == drawn["elderly"].tolist()
    assert read.geometry.geom_equals_exact(drawn.geometry.reset_index(drop=True), 0).all()


def test_workbook_speaks_as_an_office_does(sample: Sample, folder: Path) -> None:
    table = pd.read_excel(folder / "institutions.xlsx", engine="calamine", dtype=str)
    assert table.columns.tolist() == list(HEADERS.values())
    assert len(table) == len(sample.institutions)
    assert set(table["涉嫌犯罪"]) == {"是", "否", "不详"}
    assert set(table["预收资金用途"].dropna()) == {
        "未预收",
        "弥补设施建设资金不足",
        "日常运营",
        "使用不规范",
    }
    assert table["统一社会信用代码"].dropna().str.len().eq(18).all()
