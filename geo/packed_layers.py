"""Zipped layers: a Shapefile, a MapInfo table (TAB or MIF) or a KML in an archive.

The archive is checked and unpacked within limits. Names in it are never used as paths, and only the
files that belong to the layer are unpacked: no link, no archive within the archive. Chinese
Shapefiles are written in UTF-8 or GBK and their ``.cpg`` is often missing or wrong, so the bytes of
the table decide.
"""

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geo.errors import FileDamagedError, FileTypeError, LayerChoiceError
from geo.zip_members import copy, members, opened, shown


@dataclass(frozen=True, slots=True)
class _Kind:
    """Files that make up one layer; the first of the needed ones is opened."""

    label: str
    driver: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()


_KINDS = (
    _Kind("Shapefile", "ESRI Shapefile", (".shp", ".shx", ".dbf"), (".prj", ".cpg")),
    _Kind("MapInfo TAB", "MapInfo File", (".tab", ".dat", ".map", ".id")),
    _Kind("MapInfo MIF", "MapInfo File", (".mif", ".mid")),
    _Kind("KML", "LIBKML", (".kml",)),
)
_KIND_OF = {kind.needed[0]: kind for kind in _KINDS}
_MOST_MEMBERS = 2_000
_ADVICE = "可能不是正常的边界文件；请简化边界或分批载入。"
_SAMPLE_BYTES = 8 << 20
_ASCII = bytes(range(128))
# A TAB file of its own, not one that leads to other tables, databases or pictures.
_NATIVE_TAB = re.compile(rb"definition\s+table\s+type\s+native\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s+\"?(\w+)", re.IGNORECASE)
_MAPINFO_HEAD = 64 << 10
_LEADS_ELSEWHERE = re.compile(rb"open\s+table|create\s+view|isseamless", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One layer out of an archive: its format, the driver that reads it, the file to open, and the
    encoding of its texts (None: the file says it)."""

    format: str
    driver: str
    path: Path
    encoding: str | None = None


def layers_packed(archive: Path) -> tuple[str, ...]:
    """The names of the layers in a zip, in its order.

    Raises
    ------
    BoundaryFileError
        If it is no such archive.
    """
    with opened(archive) as packed:
        return tuple(_stem(info) for info in _leaders(packed))


def unpack_layer(archive: Path, folder: Path, limit: int, layer: str | None = None) -> Unpacked:
    """Unpack one layer of a zip into ``folder`` as ``layer.*``.

    Parameters
    ----------
    limit
        Bounds the unpacked bytes, counted while unpacking, because the sizes that an archive
        declares may be wrong.
    layer
        Which one, by its name in `layers_packed`; needed where there are several.

    Raises
    ------
    BoundaryFileError
        Damaged, locked, too large, or no single layer in it.
    """
    with opened(archive) as packed:
        kind, parts = _members(packed, layer)
        left = limit
        for suffix, member in parts.items():
            left = copy(packed, member, folder / f"layer{suffix}", left, _ADVICE)
    path, encoding = folder / f"layer{kind.needed[0]}", None
    if kind.driver == "ESRI Shapefile":
        _check_lengths(folder)
        encoding = table_encoding(folder)
    elif kind.driver == "MapInfo File":
        encoding = _mapinfo_encoding(path)
    return Unpacked(kind.label, kind.driver, path, encoding)


def table_encoding(folder: Path) -> str:
    """The encoding of ``layer.dbf``: ``utf-8`` or ``gb18030`` by its bytes, else what .cpg says."""
    with (folder / "layer.dbf").open("rb") as table:
        sample = table.read(_SAMPLE_BYTES)
    foreign = len(sample.translate(None, delete=_ASCII))
    # Values are cut at the width of their column, so some broken characters are normal; text in
    # the other encoding has hardly anything but broken ones.
    for encoding in ("utf-8", "gb18030"):
        broken = sample[32:].decode(encoding, errors="replace").count("\ufffd")
        if broken <= foreign * 0.2:
            return encoding
    return _declared_encoding(folder)


def _leaders(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that are opened for a layer, one each."""
    files = _files(packed)
    if not files:
        raise FileDamagedError("压缩包是空的，请把 .shp、.shx、.dbf 等文件一起压缩。")
    leaders = [info for info in files if _suffix(info) in _KIND_OF]
    if not leaders:
        raise FileTypeError(_no_shape_message(files))
    return leaders


def _members(
    packed: zipfile.ZipFile, layer: str | None
) -> tuple[_Kind, dict[str, zipfile.ZipInfo]]:
    """The kind of a layer of the archive, and its members by suffix."""
    leader = _chosen(_leaders(packed), layer)
    kind, stem = _KIND_OF[_suffix(leader)], PurePosixPath(leader.filename).with_suffix("")
    wanted = (*kind.needed, *kind.optional)
    found: dict[str, zipfile.ZipInfo] = {}
    for info in _files(packed):
        suffix = _suffix(info)
        if suffix not in wanted or PurePosixPath(info.filename).with_suffix("") != stem:
            continue
        if suffix in found:
            raise FileTypeError(f"压缩包里有两个“{shown(info)}”，请只留一个。")
        found[suffix] = info
    missing = [suffix for suffix in kind.needed if suffix not in found]
    if missing:
        raise FileDamagedError(
            f"压缩包里的 {kind.label} 缺少 {'、'.join(missing)} 文件，"
            f"请与 {kind.needed[0]} 一起压缩。"
        )
    return kind, {suffix: found[suffix] for suffix in wanted if suffix in found}


def _chosen(leaders: list[zipfile.ZipInfo], layer: str | None) -> zipfile.ZipInfo:
    names = tuple(_stem(info) for info in leaders)
    if layer is None and len(leaders) > 1:
        raise LayerChoiceError.several(names)
    if layer is None:
        return leaders[0]
    if layer not in names:
        raise LayerChoiceError.unknown(layer, names)
    return leaders[names.index(layer)]


def _mapinfo_encoding(head: Path) -> str | None:
    """The encoding of a MapInfo table; Chinese ones that name none are in GBK."""
    with head.open("rb") as file:
        text = file.read(_MAPINFO_HEAD)
    if head.suffix == ".tab":
        _refuse_elsewhere(text)
    said = _CHARSET.search(text)
    return "gb18030" if said is None or said[1].lower() == b"neutral" else None


def _refuse_elsewhere(text: bytes) -> None:
    if _NATIVE_TAB.search(text) is None or _LEADS_ELSEWHERE.search(text) is not None:
        raise FileTypeError(
            "这个 MapInfo 表只是指向别的表、数据库或图片，里面没有边界；"
            "请在 MapInfo 里“表另存为”普通表后再压缩。"
        )


def _files(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return members(packed, _MOST_MEMBERS, "要载入的图层")


def _suffix(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(info.filename).suffix.lower()


def _stem(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(shown(info)).stem


def _no_shape_message(files: list[zipfile.ZipInfo]) -> str:
    names = {info.filename for info in files}
    if "xl/workbook.xml" in names:
        return (
            "这是 Excel 工作簿，不是边界文件；边界要用 GeoJSON、GeoPackage、Shapefile(zip)等格式。"
            "只有代码和名称的名单，请按“没有边界的名单”载入。"
        )
    listed = "、".join(shown(info) for info in files[:5])
    return f"压缩包里没有 .shp 文件，里面有：{listed}。请把 .shp、.shx、.dbf 等文件一起压缩。"


def _check_lengths(folder: Path) -> None:
    """Files shorter than their own headers say were cut off."""
    shape, table = folder / "layer.shp", folder / "layer.dbf"
    with shape.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or header[:4] != b"\x00\x00\x27\x0a":
        raise FileDamagedError("Shapefile 的 .shp 文件为空或已损坏，请重新导出。")
    if struct.unpack(">i", header[24:28])[0] * 2 > shape.stat().st_size:
        raise FileDamagedError("Shapefile 的 .shp 文件不完整(被截断)，请重新导出或重新复制。")
    with table.open("rb") as file:
        header = file.read(32)
    if len(header) < 32:
        raise FileDamagedError("Shapefile 的 .dbf 属性表为空或已损坏，请重新导出。")
    rows, start, width = struct.unpack("<IHH", header[4:12])
    if start + rows * width > table.stat().st_size:
        raise FileDamagedError("Shapefile 的 .dbf 属性表不完整(被截断)，请重新导出或重新复制。")


def _declared_encoding(folder: Path) -> str:
    declared = folder / "layer.cpg"
    name = declared.read_text("ascii", errors="ignore").strip() if declared.exists() else ""
    try:
        b"".decode(name or "latin-1")
    except LookupError:
        return "latin-1"
    return name or "latin-1"
