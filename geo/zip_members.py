"""The members of a zip that came from outside, within limits.

Names in an archive are never used as paths; links are refused, and what is unpacked is counted
while it is unpacked, because the sizes that an archive declares may be wrong.
"""

import contextlib
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from geo.errors import FileDamagedError, FileTooLargeError, FileTypeError

_COPY_BYTES = 1 << 20
# Tables padded with blanks pack to a few hundredths; beyond that much, from that size on, it is a
# file that was made to fill the disk.
_MOST_TIMES, _TIMES_FROM = 500, 256 << 20
_CLUTTER = ("__MACOSX/", "._")
_LONGEST = 60


@contextlib.contextmanager
def opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    """The archive. Raises `BoundaryFileError` where it is damaged or locked, also later."""
    try:
        with zipfile.ZipFile(archive) as packed:
            yield packed
    except (zipfile.BadZipFile, EOFError, zipfile.zlib.error, struct.error) as error:  # type: ignore[attr-defined]
        raise FileDamagedError("压缩包已损坏或不完整，请重新压缩或重新下载后再试。") from error
    except (NotImplementedError, RuntimeError) as error:
        raise FileTypeError(
            "压缩包的压缩方式不受支持或设有密码，请用普通 zip 重新压缩。"
        ) from error


def members(packed: zipfile.ZipFile, most: int, what: str) -> list[zipfile.ZipInfo]:
    """The files in an archive, without folders and what Macintosh adds.

    Raises `FileTypeError` for more than ``most`` entries, of which only ``what`` is wanted, and
    for a link.
    """
    count = len(packed.infolist())
    if count > most:
        raise FileTypeError(f"压缩包里有 {count} 个文件，超过 {most} 个，请只压缩{what}。")
    for info in packed.infolist():
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileTypeError(f"压缩包里的“{shown(info)}”是指向别处的链接，请换成文件本身。")
    return [info for info in packed.infolist() if not info.is_dir() and not _is_clutter(info)]


def shown(info: zipfile.ZipInfo) -> str:
    """The member's name without folders; old Chinese archives name files in GBK."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return PurePosixPath(name.replace("\\", "/")).name[-_LONGEST:]


def copy(
    packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int, advice: str
) -> int:
    """Unpack one file to ``target``; how many bytes of ``left`` remain for the others.

    Raises `FileTooLargeError` with ``advice`` when they do not suffice.
    """
    most = max(_TIMES_FROM, member.compress_size * _MOST_TIMES)
    with packed.open(member) as source, target.open("wb") as sink:
        while block := source.read(_COPY_BYTES):
            left, most = left - len(block), most - len(block)
            if min(left, most) < 0:
                raise FileTooLargeError(f"压缩包解开后过大，{advice}")
            sink.write(block)
    return left


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    return info.filename.startswith(_CLUTTER[0]) or shown(info).startswith(_CLUTTER[1])
