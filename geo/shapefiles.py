"""Zipped Shapefiles: check the archive, unpack it within limits, find its table's encoding.

Names in the archive are never used as paths, and only the five files that belong to a Shapefile are
unpacked: no link, no archive within the archive. Chinese Shapefiles are written in UTF-8 or GBK and
their ``.cpg`` is often missing or wrong, so the bytes of the table decide.
"""

import contextlib
import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from geo.errors import FileDamagedError, FileTooLargeError, FileTypeError, LayerChoiceError

_NEEDED = (".shp", ".shx", ".dbf")
_OPTIONAL = (".prj", ".cpg")
_COPY_BYTES = 1 << 20
_MOST_MEMBERS = 2_000
# Tables padded with blanks pack to a few hundredths; beyond that much, from that size on, it is a
# file that was made to fill the disk.
_MOST_TIMES, _TIMES_FROM = 500, 256 << 20
_SAMPLE_BYTES = 8 << 20
_ASCII = bytes(range(128))


def unpack_shapefile(archive: Path, folder: Path, limit: int) -> Path:
    """Unpack the one Shapefile of a zip into ``folder`` as ``layer.*``; the path of its ``.shp``.

    ``limit`` bounds the unpacked bytes, counted while unpacking, because the sizes that an archive
    declares may be wrong.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = _members(packed)
            left = limit
            for suffix, member in members.items():
                left = _copy(packed, member, folder / f"layer{suffix}", left)
    except (zipfile.BadZipFile, EOFError, zipfile.zlib.error, struct.error) as error:  # type: ignore[attr-defined]
        raise FileDamagedError("压缩包已损坏或不完整，请重新压缩或重新下载后再试。") from error
    except (NotImplementedError, RuntimeError) as error:
        raise FileTypeError(
            "压缩包的压缩方式不受支持或设有密码，请用普通 zip 重新压缩。"
        ) from error
    _check_lengths(folder)
    return folder / "layer.shp"


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


def _members(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Suffix → member of the only Shapefile in the archive."""
    if len(packed.infolist()) > _MOST_MEMBERS:
        raise FileTypeError(
            f"压缩包里有 {len(packed.infolist())} 个文件，超过 {_MOST_MEMBERS} 个，"
            "请只压缩要载入的一个图层。"
        )
    for info in packed.infolist():
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileTypeError(f"压缩包里的“{_shown(info)}”是指向别处的链接，请换成文件本身。")
    files = [info for info in packed.infolist() if not info.is_dir() and not _is_clutter(info)]
    if not files:
        raise FileDamagedError("压缩包是空的，请把 .shp、.shx、.dbf 等文件一起压缩。")
    shapes = [info for info in files if PurePosixPath(info.filename).suffix.lower() == ".shp"]
    if not shapes:
        raise FileTypeError(_no_shape_message(files))
    if len(shapes) > 1:
        names = "、".join(_shown(info) for info in shapes[:10])
        raise LayerChoiceError(f"压缩包里有 {len(shapes)} 个图层：{names}。请每次只压缩一个图层。")
    stem = PurePosixPath(shapes[0].filename).with_suffix("")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in files:
        suffix = PurePosixPath(info.filename).suffix.lower()
        if PurePosixPath(info.filename).with_suffix("") != stem:
            continue
        if suffix in found and suffix in (*_NEEDED, *_OPTIONAL):
            raise FileTypeError(f"压缩包里有两个“{_shown(info)}”，请只留一个。")
        found[suffix] = info
    missing = [suffix for suffix in _NEEDED if suffix not in found]
    if missing:
        raise FileDamagedError(
            f"压缩包里的 Shapefile 缺少 {'、'.join(missing)} 文件，请与 .shp 一起压缩。"
        )
    return {suffix: found[suffix] for suffix in (*_NEEDED, *_OPTIONAL) if suffix in found}


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    return info.filename.startswith("__MACOSX/")


def _no_shape_message(files: list[zipfile.ZipInfo]) -> str:
    names = {info.filename for info in files}
    if "xl/workbook.xml" in names:
        return (
            "这是 Excel 工作簿，不是边界文件；边界要用 GeoJSON、GeoPackage、Shapefile(zip)等格式。"
        )
    listed = "、".join(_shown(info) for info in files[:5])
    return f"压缩包里没有 .shp 文件，里面有：{listed}。请把 .shp、.shx、.dbf 等文件一起压缩。"


def _shown(info: zipfile.ZipInfo) -> str:
    """The member's name for a message; old Chinese archives name files in GBK."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return PurePosixPath(name).name[:60]


def _copy(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    most = max(_TIMES_FROM, member.compress_size * _MOST_TIMES)
    with packed.open(member) as source, target.open("wb") as sink:
        while block := source.read(_COPY_BYTES):
            left, most = left - len(block), most - len(block)
            if min(left, most) < 0:
                raise FileTooLargeError(
                    "压缩包解开后过大，可能不是正常的边界文件；请简化边界或分批载入。"
                )
            sink.write(block)
    return left


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
