"""KML as 奥维 and Google Earth write it: all folders as one layer, with the folder of each shape.

A KML mixes what is drawn with what is written on it: pins and lines lie between the areas. Each
folder is a layer of its own, often one a village or township. Only what stands in the file itself
is read: entities are refused, links to other files are not followed.

Source: OGC KML 2.3, https://docs.ogc.org/is/12-007r2/12-007r2.html
"""

import codecs
import html
import mmap
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import FileTypeError, LayerChoiceError
from geo.gdal import pyogrio
from geo.json_files import as_utf8

FOLDER = "文件夹"
_ENTITIES = re.compile(rb"<!\s*(?:doctype|entity)", re.IGNORECASE)
# Names of own fields; the driver writes every sign that is not ASCII as "_".
_FIELD = re.compile(
    rb"""(<(?:\w+:)?(?:Data|SimpleData|SimpleField)\b[^>]*?\sname=)(?:"([^"]*)"|'([^']*)')"""
)
_DECLARED = re.compile(rb"^(<\?xml[^>]*encoding=[\"'])([^\"']+)")
# What the driver adds to every row about how it is drawn.
_LOOKS = (
    *("timestamp", "begin", "end", "altitudemode", "tessellate", "extrude"),
    *("visibility", "draworder", "icon", "snippet", "id"),
)


def looks_like_kml(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a KML."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return text[:1] == b"<" and b"<kml" in text[:4096].lower()


def read_kml(file: Path, folder: Path) -> gpd.GeoDataFrame:
    """All shapes of a KML, in the order of its folders; column ``文件夹`` names the folder.

    Raises
    ------
    BoundaryFileError
        With entities in it, in an unknown encoding, or without any shape.
    """
    readable, names = _plain_copy(as_utf8(file, folder), folder)
    frames = []
    for position, (name, _) in enumerate(pyogrio.list_layers(readable)):
        part = pyogrio.read_dataframe(readable, layer=position, on_invalid="ignore")
        if isinstance(part, gpd.GeoDataFrame) and len(part):
            frames.append(part.assign(**{FOLDER: str(name)}))
    if not frames:
        raise LayerChoiceError("KML 里没有图形，请在导出时选上要载入的区域。")
    joined = pd.concat(frames, ignore_index=True).rename(columns=names)
    return gpd.GeoDataFrame(joined.drop(columns=_needless(joined)))


def _needless(frame: pd.DataFrame) -> list[str]:
    """Columns about how a shape is drawn, and those that no row fills."""
    return [
        column
        for column in frame.columns
        if column.casefold() in _LOOKS or (column != "geometry" and frame[column].isna().all())
    ]


def _plain_copy(file: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    """A copy named ``.kml`` that says it is in UTF-8, as which it was read, and whose own fields
    have names that the driver keeps; these names and what they stand for."""
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        if _ENTITIES.search(held) is not None:
            raise FileTypeError("KML 里有自定义实体(DOCTYPE)，本系统不读，请重新导出为普通 KML。")
        content = held[:].removeprefix(codecs.BOM_UTF8).lstrip()
    kept: dict[str, str] = {}

    def renamed(found: re.Match[bytes]) -> bytes:
        name = html.unescape((found[2] or found[3] or b"").decode(errors="replace"))
        plain = kept.setdefault(name, f"field{len(kept)}")
        return b'%s"%s"' % (found[1], plain.encode())

    content = _FIELD.sub(renamed, _DECLARED.sub(rb"\1UTF-8", content, count=1))
    copy = folder / "shapes.kml"
    copy.write_bytes(content)
    return copy, {plain: name for name, plain in kept.items()}
