"""The command line in this process, and a county to load."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geo.levels import LEVELS
from ledger.__main__ import main
from ledger.domain.settings import settings
from ledger.storage import open_store
from tests.conftest import fold
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


def draw_files(folder: Path) -> Path:
    """One boundary file per level in the folder: the small county of the ledger's tests."""
    for level in LEVELS:
        rows = [row for row in TREE if row[2] == level]
        frame = gpd.GeoDataFrame(
            {"code": [row[0] for row in rows], "name": [row[1] for row in rows]},
            geometry=[shapely.box(*row[4]) for row in rows],
            crs="EPSG:4326",
        )
        frame.to_file(folder / f"{level}.geojson", driver="GeoJSON")
    return folder


def loading(folder: Path, level: str) -> tuple[object, ...]:
    """The command that loads one level from that folder."""
    fields = ("--code-field", "code", "--name-field", "name", "--crs", "wgs84")
    return ("areas", "load", folder / f"{level}.geojson", "--level", level, *fields, "--json")


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A folder with the county's boundary files."""
    return draw_files(tmp_path)


@pytest.fixture
def load(run: Run, county: Path) -> Callable[[str], Told]:
    """Load one level of the county."""
    return lambda level: run(*loading(county, level))


@pytest.fixture(scope="session")
def made_ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with areas and three institutions, made once by commands."""
    folder = draw_files(tmp_path_factory.mktemp("ready"))
    workbook(folder / "list.xlsx", [HEADER, *ROWS])
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{(folder / 'ledger.db').as_posix()}")
        settings.cache_clear()
        lines = [("init",), *(loading(folder, level) for level in LEVELS)]
        for line in (*lines, ("import", "institutions", folder / "list.xlsx")):
            assert main([str(word) for word in line]) == 0
        fold(open_store())
    settings.cache_clear()
    return folder


@pytest.fixture
def ready(made_ready: Path, database_url: str, tmp_path: Path) -> Path:
    """A copy of that database as this test's own; gives the file that its institutions are from."""
    for name in ("ledger.db", "ledger.key", "list.xlsx"):
        shutil.copyfile(made_ready / name, tmp_path / name)
    return tmp_path / "list.xlsx"
