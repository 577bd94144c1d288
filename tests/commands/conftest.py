"""The command line in this process, and a county to load."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from ledger.__main__ import main
from tests.ledger.conftest import TREE
from tests.ledger.sheets import HEADER, ROWS, workbook

PASSWORD = "Wuyun-Shan-2026"


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the one JSON object that it must be."""
        assert self.out.count("\n") == 1
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Told]


@pytest.fixture
def run(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run one command against a database of this test's own."""

    def call(*words: object, typed: str = "") -> Told:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Told(code, said.out, said.err)

    return call


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A folder with one boundary file per level: the small county of the ledger's tests."""
    for level in ("county", "township", "village", "grid"):
        rows = [row for row in TREE if row[2] == level]
        frame = gpd.GeoDataFrame(
            {"code": [row[0] for row in rows], "name": [row[1] for row in rows]},
            geometry=[shapely.box(*row[4]) for row in rows],
            crs="EPSG:4326",
        )
        frame.to_file(tmp_path / f"{level}.geojson", driver="GeoJSON")
    return tmp_path


@pytest.fixture
def load(run: Run, county: Path) -> Callable[[str], Told]:
    """Load one level of the county."""

    def call(level: str) -> Told:
        fields = ("--code-field", "code", "--name-field", "name", "--crs", "wgs84")
        file = county / f"{level}.geojson"
        return run("areas", "load", file, "--level", level, *fields, "--json")

    return call


@pytest.fixture
def ready(run: Run, load: Callable[[str], Told], tmp_path: Path) -> Path:
    """A database with areas and three institutions; gives the file they came from."""
    assert run("init").code == 0
    for level in ("county", "township", "village", "grid"):
        assert load(level).code == 0
    path = workbook(tmp_path / "list.xlsx", [HEADER, *ROWS])
    assert run("import", "institutions", path).code == 0
    return path
