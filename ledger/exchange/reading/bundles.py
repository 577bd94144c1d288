"""A zip of tables: what the villages send back, packed together.

The archive is taken for untrusted (:mod:`geo.zip_members`): names in it are never used as paths,
links, locked archives and archives within the archive are refused, what is unpacked is counted. The
tables themselves are checked where they are opened, each by itself.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geo.errors import BoundaryFileError
from geo.zip_members import copy, members, opened, shown
from ledger.domain.errors import Invalid, in_file
from ledger.domain.settings import settings
from ledger.exchange.reading.books import ENDINGS

ENDING = ".zip"
_MOST_FILES = 500
_LONGEST_NAME = 80
_ADVICE = "不像正常的表格；请分几次压缩后导入。"
_NESTED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
# What systems leave in folders, and Excel beside a workbook that is open.
_CLUTTER = ("thumbs.db", "desktop.ini", ".ds_store")
_OPEN = "~$"
_PARTS_OF_ONE_FILE = ("[Content_Types].xml", "mimetype", "content.xml")


@dataclass(frozen=True)
class Member:
    """One table of a bundle: what it is called there, and where it is unpacked."""

    name: str
    path: Path


@dataclass(frozen=True)
class Bundle:
    """The tables of a zip in the order of their names; ``others`` are files that are no tables."""

    tables: Sequence[Member]
    others: tuple[str, ...] = ()


def is_bundle(path: Path) -> bool:
    """Whether a file is a zip of files, and not a workbook or document, which are zips as well."""
    if path.suffix.lower() != ENDING or not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return not any(part in packed.namelist() for part in _PARTS_OF_ONE_FILE)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True  # what is wrong with it is said where it is unpacked


@contextmanager
def unpacked(path: Path) -> Iterator[Bundle]:
    """The tables of a zip, unpacked as long as the block lasts.

    Raises
    ------
    InvalidFile
        If the archive is damaged, locked, too large, holds another archive, or no table.
    """
    with in_file(path), tempfile.TemporaryDirectory() as folder:
        try:
            bundle = _unpack(path, Path(folder))
        except BoundaryFileError as error:
            raise Invalid(str(error)) from None
        except OSError:
            raise Invalid("解不开，请检查磁盘空间后重试") from None
        yield bundle


def files_in(path: Path) -> tuple[str, ...]:
    """The names of the tables in a zip. Raises as `unpacked`."""
    with unpacked(path) as bundle:
        return tuple(one.name for one in bundle.tables)


def picked(path: Path, places: Sequence[int]) -> tuple[str, bytes]:
    """Some tables of a zip, by their places in it, as a file: the name and the bytes of the only
    one, else of another zip. Raises as `unpacked`."""
    with unpacked(path) as bundle:
        chosen = [bundle.tables[at] for at in places]
        if len(chosen) == 1:
            return chosen[0].path.name, chosen[0].path.read_bytes()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as packed:
            for at, one in enumerate(chosen):
                # In folders of their own, so that two of the same name stay two.
                packed.write(one.path, f"第{at + 1}份/{one.path.name}")
    return f"{len(chosen)} 份表格{ENDING}", stream.getvalue()


def _unpack(path: Path, folder: Path) -> Bundle:
    if path.stat().st_size > settings().max_upload_megabytes * 1_000_000:
        raise Invalid(f"超过 {settings().max_upload_megabytes} MB，请分几次压缩后导入")
    with opened(path) as packed:
        found = [
            one for one in members(packed, _MOST_FILES, "要导入的表格") if not _is_clutter(one)
        ]
        for info in found:
            if info.flag_bits & 1:
                raise Invalid("设有密码，请取消密码后重新压缩")
            if _ending(info) in _NESTED:
                raise Invalid(f"里面还有压缩包“{shown(info)}”，请解开后只把表格压缩在一起")
        tables = [info for info in found if _ending(info) in ENDINGS]
        if not tables:
            raise Invalid("里面没有表格，请把要导入的表格压缩在一起")
        left = settings().max_unpacked_megabytes * 1_000_000
        unpacked_: list[Member] = []
        for at, (info, name) in enumerate(_named(tables)):
            place = folder / str(at) / Path(name).name
            place.parent.mkdir()
            left = copy(packed, info, place, left, _ADVICE)
            unpacked_.append(Member(name, place))
        others = tuple(shown(info) for info in found if info not in tables)
        return Bundle(sorted(unpacked_, key=lambda one: one.name), others)


def _named(tables: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Each table with its name; where two have the same, the folder is named too."""
    times = Counter(_tidy(shown(info)) for info in tables)
    taken: set[str] = set()
    for info in tables:
        name = _tidy(shown(info))
        if times[name] > 1:
            above = PurePosixPath(info.filename.replace("\\", "/")).parent.name
            name = f"{_tidy(_decoded(info, above)).strip('.')}／{name}" if above else name
        if name in taken:
            raise Invalid(f"里面有两个“{name}”，请只留一个，或改成不同的文件名")
        taken.add(name)
        yield info, name


def _decoded(info: zipfile.ZipInfo, name: str) -> str:
    part = zipfile.ZipInfo(name)
    part.flag_bits = info.flag_bits
    return shown(part)


def _tidy(name: str) -> str:
    """A name without what a line of text or the name of a file cannot hold."""
    kept = "".join(sign for sign in name if sign.isprintable() and sign not in '/\\:*?"<>|')
    return kept.strip()[-_LONGEST_NAME:]


def _ending(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(shown(info)).suffix.lower()


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    name = shown(info).lower()
    return name in _CLUTTER or name.startswith(_OPEN)
