"""GDAL has the drivers that are used and no other, whoever imported it first."""

import os
import subprocess
import sys

import pytest

from geo.gdal import DRIVERS, DataSourceError, pyogrio
from tests.conftest import PROJECT_ROOT
from tests.house.sources import imported_packages, name_of, product_files, syntax_tree

FIRST = "import geopandas, pyogrio; pyogrio.list_drivers(); from geo.gdal import pyogrio as ours"
ASK = "print(sorted(ours.list_drivers()))"


def test_no_driver_is_left_that_runs_or_fetches():
    assert set(pyogrio.list_drivers()) == set(DRIVERS)


@pytest.mark.parametrize("skipped", ["", "GDALG,OGR_VRT", "GPKG"])
def test_drivers_that_were_registered_before_are_taken_out(skipped):
    done = subprocess.run(
        [sys.executable, "-c", f"{FIRST}; {ASK}"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "GDAL_SKIP": skipped},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(sorted(DRIVERS))


@pytest.mark.parametrize(
    "path",
    ["/vsicurl/http://127.0.0.1:1/x.geojson", "http://127.0.0.1:1/x.geojson", "CSV:/etc/passwd"],
)
def test_an_address_or_another_driver_opens_nothing(path):
    with pytest.raises(DataSourceError):
        pyogrio.read_info(path)


def test_nobody_else_imports_the_library():
    importing = [
        name_of(file)
        for file in product_files(".py")
        if "pyogrio" in set(imported_packages(syntax_tree(file)))
    ]
    assert importing == ["geo/gdal.py"], "import pyogrio from geo.gdal: others are not limited"
    texts = {file: file.read_text(encoding="utf-8") for file in product_files(".py")}
    by_geopandas = [
        name_of(file)
        for file, text in texts.items()
        if (".to_file(" in text or "read_file(" in text) and "geopandas" in text
    ]
    assert by_geopandas == [], "geopandas opens with every driver unless geo.gdal was imported"
