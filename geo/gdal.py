"""GDAL for this process: seven drivers, no address fetched, no plugin.

GDAL opens a file with the first of its 64 drivers that recognises the content. Some of them run
commands in the file (GDALG), read other files (VRT) or send requests (WFS, HTTP …). This module
removes all drivers that the package does not use, before any file is opened, for the whole process.
Modules that read or write boundary files must import pyogrio from here; a test finds other imports.

A closed port as proxy, and ``CPL_VSIL_CURL_ALLOWED_FILENAME``, keep GDAL's remaining network code
from reaching any address; there is no switch that turns it off.

Source: https://gdal.org/user/security.html, https://gdal.org/user/configoptions.html
"""

import os

DRIVERS = (
    "GeoJSON",
    "TopoJSON",
    "ESRIJSON",
    "GPKG",
    "ESRI Shapefile",
    "MapInfo File",
    "LIBKML",
)
_NOWHERE = "http://127.0.0.1:1"
_SETTINGS = {
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_HTTP_PROXY": _NOWHERE,
    "GDAL_HTTPS_PROXY": _NOWHERE,
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/vsicurl/nothing",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "PROJ_NETWORK": "OFF",
}
# Read when the drivers are registered, which importing pyogrio does.
os.environ.update(_SETTINGS)

import pyogrio  # noqa: E402
from pyogrio import _ogr  # noqa: E402
from pyogrio.errors import DataLayerError, DataSourceError  # noqa: E402


def _limit() -> None:
    """Remove every driver that is not used, and assert that the used ones are there."""
    # First all of them, whatever the environment says, so that all others can be named.
    pyogrio.set_gdal_config_options({**_SETTINGS, "GDAL_SKIP": ""})
    _ogr._register_drivers()
    others = [name for name in pyogrio.list_drivers() if name not in DRIVERS]
    pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(others)})
    _ogr._register_drivers()
    left = set(pyogrio.list_drivers())
    if left != set(DRIVERS):
        raise ImportError(f"GDAL has drivers {sorted(left)}, wanted {sorted(DRIVERS)}")


_limit()

__all__ = ["DRIVERS", "DataLayerError", "DataSourceError", "pyogrio"]
