"""Which kinds of files can be attached, told by their content; a name's ending is not trusted.

Office files with macros, and encrypted ones, are refused: nobody could see what they do or hold.
"""

from __future__ import annotations

import io
import zipfile

from ledger.domain.errors import Invalid

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD_WORD, OLD_EXCEL = "application/msword", "application/vnd.ms-excel"
ENDINGS = ("jpg", "jpeg", "png", "pdf", "doc", "docx", "xls", "xlsx")
SUFFIX_OF = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    WORD: "docx",
    EXCEL: "xlsx",
    OLD_WORD: "doc",
    OLD_EXCEL: "xls",
}
"""The media types that are taken, and the ending of a file of that type."""
# First bytes of a file → its media type.
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
_PACKED, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The part that makes a package a document or a workbook (ECMA-376), and the stream that makes a
# compound file one (MS-DOC 2.1, MS-XLS 2.1).
_PARTS = {"word/document.xml": WORD, "xl/workbook.xml": EXCEL}
_STREAMS = {"WordDocument": OLD_WORD, "Workbook": OLD_EXCEL, "Book": OLD_EXCEL}
_MACROS = "vbaProject.bin"
_OLD_MACROS = "_VBA_PROJECT"
_ALLOWED = "只能上传 JPG、PNG 图片，PDF、Word 或 Excel 文件"


def media_type_of(content: bytes) -> str:
    """The media type of a file. Raises `Invalid` for other kinds, macros and encryption."""
    for sign, media_type in _SIGNS:
        if content.startswith(sign):
            return media_type
    if content.startswith(_PACKED):
        return _packed(content)
    if content.startswith(_COMPOUND):
        return _compound(content)
    raise Invalid(_ALLOWED)


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Invalid("这个文件已损坏，请重新保存后再上传") from None
    kinds = [kind for part, kind in _PARTS.items() if part in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise Invalid(_ALLOWED)
    if any(name.endswith(_MACROS) for name in names):
        raise Invalid("这个文件含有宏，请另存为不含宏的 Word 或 Excel 文件再上传")
    return kinds[0]


def _compound(content: bytes) -> str:
    """The names of streams stand in the directory as UTF-16, each after zeros of the one before."""

    def has(name: str) -> bool:
        return (name + "\0").encode("utf-16-le") in content

    if has(_OLD_MACROS):
        raise Invalid("这个文件含有宏，请另存为不含宏的 Word 或 Excel 文件再上传")
    if has("EncryptedPackage"):
        raise Invalid("这个文件加了密码，请去掉密码后再上传")
    kinds = {kind for name, kind in _STREAMS.items() if has(name)}
    if len(kinds) != 1:
        raise Invalid(_ALLOWED)
    return kinds.pop()
