"""Read boundary files: GeoJSON, TopoJSON, Esri JSON, GeoPackage, GeoParquet, KML, KMZ; Shapefile
and MapInfo in a zip.

The content tells the format, not the name, and one driver alone reads it (see :mod:`geo.gdal`);
nothing that the content names is opened. The coordinate system that a file claims is reported but
never applied: the person who loads it names the true one (see :mod:`geo.crs`).
"""

import codecs
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow
import pyarrow.parquet
from pyproj.exceptions import ProjError

from geo.errors import (
    BoundaryFileError,
    FileDamagedError,
    FileTooLargeError,
    FileTypeError,
    LayerChoiceError,
)
from geo.gdal import DataLayerError, DataSourceError, pyogrio
from geo.json_files import as_utf8, json_damage, json_driver, refuse_remote_crs
from geo.kml_files import looks_like_kml, read_kml
from geo.packed_layers import layers_packed, unpack_layer
from geo.sqlite_files import check_geopackage

FORMATS = (
    "GeoJSON、TopoJSON、Esri JSON、GeoPackage(.gpkg)、GeoParquet、KML、KMZ，"
    "或打包成 zip 的 Shapefile、MapInfo(TAB、MIF)"
)
MAX_FILE_BYTES = 512 << 20
MAX_UNPACKED_BYTES = 2 << 30
MAX_ROWS = 1_000_000

_HEAD_BYTES = 64 << 10
_Reader = Callable[[Path, Path, str | None], gpd.GeoDataFrame]
# First bytes of files that people mistake for boundary files.
_MISTAKEN = (
    (
        b"\x00\x00\x27\x0a",
        "单个 .shp 文件不够，请把 .shp、.shx、.dbf、.prj 一起压缩成 zip 再上传。",
    ),
    (b"Rar!", "这是 RAR 压缩包，请改用 zip 压缩。"),
    (b"7z\xbc\xaf\x27\x1c", "这是 7z 压缩包，请改用 zip 压缩。"),
    (b"\x1f\x8b", "这是 gzip 压缩文件，请解压后再上传。"),
    (b"%PDF", "这是 PDF 文件，里面没有可用的边界。"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Office 文件(.xls、.doc)，不是边界文件。"),
    (b"AC10", "这是 AutoCAD 图纸(DWG)，{convert}"),
    (b"AutoCAD Binary DXF", "这是 AutoCAD 图纸(DXF)，{convert}"),
    (b"!table", "单个 .tab 文件不够，请把 .tab、.dat、.map、.id 一起压缩成 zip 再上传。"),
    (b"Version ", "单个 .mif 文件不够，请把 .mif、.mid 一起压缩成 zip 再上传。"),
    (b"<", "这是 XML 或网页文件，请先转换为 GeoJSON 或 Shapefile。"),
)
# A drawing has lines and words, but no codes, and its coordinates are often those of a sheet.
_CONVERT = (
    "图纸里只有线条和文字。请绘图的单位在 GIS 软件里转成面，每个面带上区域代码和名称，"
    "导出为 Shapefile 或 GeoJSON。"
)
_DXF = re.compile(rb"^\s*0\r?\n\s*SECTION\b|^\s*999\r?\n", re.IGNORECASE)


def layers_of(path: Path | str) -> tuple[str, ...]:
    """The names of the layers of a GeoPackage or an archive, in the file's order.

    Empty for the other formats, in which no layer is chosen.

    Raises
    ------
    BoundaryFileError
        If the file cannot be opened.
    """
    file = Path(path)
    _checked_size(file)
    name, _ = _sniff(file, _head(file))
    if name == "Zip":
        return layers_packed(file)
    if name == "GeoPackage":
        check_geopackage(file)
        with tempfile.TemporaryDirectory(prefix="boundaries-") as folder:
            copied = shutil.copyfile(file, Path(folder) / "layer.gpkg")
            return tuple(name for _, name in _drawn(copied))
    return ()


def read_boundaries(path: Path | str, layer: str | None = None) -> gpd.GeoDataFrame:
    """The features of a boundary file, one row each, in file order.

    Parameters
    ----------
    path
        A file of at most ``MAX_FILE_BYTES``; its name does not matter.
    layer
        Which of the file's layers (see `layers_of`); needed where there are several.

    Returns
    -------
    GeoDataFrame
        Index 0…n-1, the columns of the file and ``geometry`` in the file's own, raw coordinates;
        ``crs`` is None. ``attrs`` holds ``claimed_crs`` (such as ``"EPSG:4326"``, or None) and
        ``format``. Rows without a usable geometry have None.

    Raises
    ------
    BoundaryFileError
        With one Chinese message: not a boundary file, empty, cut off, too large, several layers.
    """
    file = Path(path)
    size = _checked_size(file)
    name, reader = _sniff(file, _head(file))
    try:
        with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="boundaries-") as folder:
            # GDAL's remarks on single rows reappear as findings of the validation.
            warnings.simplefilter("ignore")
            frame = reader(file, Path(folder), layer)
    except BoundaryFileError:
        raise
    except (DataSourceError, DataLayerError, pyarrow.ArrowException, ValueError, OSError) as error:
        raise FileDamagedError(_damage_message(name, error)) from error
    except ProjError as error:
        raise FileTypeError(
            "文件里写的坐标系(crs)无法识别，请用常用软件重新导出，或去掉坐标系说明。"
        ) from error
    except MemoryError as error:
        raise FileTooLargeError(f"文件有 {size >> 20} MB，内存不够读取，请分批载入。") from error
    return _finished(frame, name)


def _checked_size(file: Path) -> int:
    if not file.is_file():
        raise BoundaryFileError(f"找不到文件({file})，请检查路径。")
    size = file.stat().st_size
    if size == 0:
        raise FileDamagedError("文件是空的(0 字节)，请重新导出。")
    if size > MAX_FILE_BYTES:
        raise FileTooLargeError(
            f"文件有 {size >> 20} MB，超过上限 {MAX_FILE_BYTES >> 20} MB，请简化边界或分批载入。"
        )
    return size


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _sniff(file: Path, head: bytes) -> tuple[str, _Reader]:
    """The format by content, and what reads it."""
    if head.startswith(b"SQLite format 3\x00"):
        return "GeoPackage", _read_geopackage
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "Zip", _read_packed
    if head.startswith(b"PAR1"):
        return "GeoParquet", _read_geoparquet
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return "JSON", _read_json
    if looks_like_kml(head):
        return "KML", _read_kml
    if _DXF.match(head):
        raise FileTypeError(f"这是 AutoCAD 图纸(DXF)，{_CONVERT}")
    for magic, message in _MISTAKEN:
        if head.lstrip().startswith(magic):
            raise FileTypeError(message.format(convert=_CONVERT))
    raise FileTypeError(f"认不出文件的格式，可用的有：{FORMATS}。")


def _read_json(file: Path, folder: Path, layer: str | None) -> gpd.GeoDataFrame:
    readable = as_utf8(file, folder)
    driver = json_driver(readable)
    refuse_remote_crs(readable)
    frame = _read_layer(f"{driver}:{readable.resolve()}", driver, layer)
    frame.attrs["format"] = driver
    return frame


def _read_kml(file: Path, folder: Path, _layer: str | None) -> gpd.GeoDataFrame:
    return read_kml(file, folder)


def _read_geopackage(file: Path, folder: Path, layer: str | None) -> gpd.GeoDataFrame:
    check_geopackage(file)
    # A copy, since SQLite takes a log that lies beside the file for a part of it.
    return _read_layer(shutil.copyfile(file, folder / "layer.gpkg"), "GPKG", layer)


def _read_packed(file: Path, folder: Path, layer: str | None) -> gpd.GeoDataFrame:
    unpacked = unpack_layer(file, folder, MAX_UNPACKED_BYTES, layer)
    if unpacked.format == "KML":
        frame = read_kml(unpacked.path, folder)
    else:
        frame = _read_layer(unpacked.path, unpacked.driver, encoding=unpacked.encoding)
    frame.attrs["format"] = unpacked.format
    return frame


def _drawn(source: Path | str) -> list[tuple[int, str]]:
    """The layers that have shapes: by position, since a nameless GeoJSON layer is named anew each
    time it is opened, and their names."""
    return [
        (position, str(name))
        for position, (name, kind) in enumerate(pyogrio.list_layers(source))
        if kind is not None
    ]


def _read_layer(
    source: Path | str, driver: str, layer: str | None = None, encoding: str | None = None
) -> gpd.GeoDataFrame:
    drawn = _drawn(source)
    names = tuple(name for _, name in drawn)
    if not drawn:
        raise LayerChoiceError("文件里没有带图形的图层，请检查导出时是否选对了图层。")
    if layer is None and len(drawn) > 1:
        raise LayerChoiceError.several(names)
    if layer is not None and len(drawn) > 1 and layer not in names:
        raise LayerChoiceError.unknown(layer, names)
    place = drawn[names.index(layer) if layer in names else 0][0]
    about = pyogrio.read_info(source, layer=place, encoding=encoding)
    if about["driver"] != driver:
        raise FileTypeError(f"文件的内容不是 {driver}，请重新导出。")
    _check_rows(about["features"])
    return pyogrio.read_dataframe(source, layer=place, encoding=encoding, on_invalid="ignore")


def _read_geoparquet(file: Path, _folder: Path, _layer: str | None) -> gpd.GeoDataFrame:
    metadata = pyarrow.parquet.read_metadata(file)
    _check_rows(metadata.num_rows)
    groups = (metadata.row_group(group) for group in range(metadata.num_row_groups))
    if sum(group.total_byte_size for group in groups) > MAX_UNPACKED_BYTES:
        raise FileTooLargeError("文件解开后过大，请简化边界或分批载入。")
    if b"geo" not in (metadata.metadata or {}):
        raise FileTypeError("这是普通 Parquet 表，没有图形列；请导出为 GeoParquet。")
    return gpd.read_parquet(file)


def _check_rows(count: int) -> None:
    if count > MAX_ROWS:
        raise FileTooLargeError(f"文件有 {count} 个要素，超过上限 {MAX_ROWS} 个，请分批载入。")


def _finished(frame: Any, name: str) -> gpd.GeoDataFrame:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerChoiceError("文件里没有图形，只有属性表；请检查导出时是否选对了图层。")
    if frame.empty:
        raise FileDamagedError("文件里没有任何要素(0 行)，请检查导出的内容。")
    claimed = frame.crs.to_string() if frame.crs is not None else None
    raw = frame.set_crs(None, allow_override=True).reset_index(drop=True)
    if raw.geometry.name != "geometry":
        others = [column for column in raw.columns if column != "geometry"]
        raw = raw[others].rename_geometry("geometry")
    raw.attrs = {"claimed_crs": claimed, "format": frame.attrs.get("format", name)}
    return raw


def _damage_message(name: str, error: Exception) -> str:
    if name == "JSON":
        line = re.search(r"line (\d+)", str(error))
        return json_damage(int(line[1]) if line else None)
    return f"这个 {name} 文件已损坏或不完整，无法读取，请重新导出或重新复制。"
