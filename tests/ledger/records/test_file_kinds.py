"""Kinds of files by their content."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest

from ledger.domain.errors import Invalid
from ledger.records.file_kinds import EXCEL, OLD_EXCEL, OLD_WORD, SUFFIX_OF, WORD, media_type_of

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def word() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def excel() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def with_part(package: bytes, name: str) -> bytes:
    out = io.BytesIO(package)
    with zipfile.ZipFile(out, "a") as more:
        more.writestr(name, b"x")
    return out.getvalue()


def stream(*names: str) -> bytes:
    """A compound file whose directory has entries of these names."""
    return COMPOUND + b"".join((name + "\0").encode("utf-16-le").ljust(64, b"\0") for name in names)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (word(), WORD),
        (excel(), EXCEL),
        (stream("Root Entry", "WordDocument"), OLD_WORD),
        (stream("Root Entry", "Workbook"), OLD_EXCEL),
    ],
)
def test_what_is_taken(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind
    assert kind in SUFFIX_OF


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "只能上传"),
        (b"MZ\x90", "只能上传"),
        (with_part(word(), "xl/workbook.xml"), "只能上传"),  # two kinds at once
        (with_part(word(), "word/vbaProject.bin"), "含有宏"),
        (with_part(excel(), "xl/vbaProject.bin"), "含有宏"),
        (word()[:200], "已损坏"),
        (b"PK\x03\x04", "已损坏"),
        (stream("Root Entry", "WordDocument", "_VBA_PROJECT"), "含有宏"),
        (stream("Root Entry", "EncryptedPackage"), "加了密码"),
        (stream("Root Entry", "__properties_version1.0"), "只能上传"),  # a message of Outlook
    ],
)
def test_what_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        media_type_of(content)
