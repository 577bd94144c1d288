"""A bulletin as files: Word and the annex to be sent, the rows of its numbers for the inside."""

from __future__ import annotations

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.exchange.writing import formats
from ledger.exchange.writing.formats import Exported
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.annex import annex_of, workbook_of
from ledger.reporting.bulletins.document import word_file
from ledger.reporting.bulletins.number_rows import NUMBERS, rows_of
from ledger.storage import Store

# A file of its own: what is passed on keeps "<3", and the rows behind it would say the number.
ROWS = "rows.xlsx"
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": formats.MEDIA_TYPES["xlsx"],
    ROWS: formats.MEDIA_TYPES["xlsx"],
}


def bulletin_file(store: Store, actor: Actor, bulletin_id: int, suffix: str) -> Exported:
    """The Word file (``docx``), the annex (``xlsx``) or the rows of every number (`ROWS`).

    Raises
    ------
    Refused
        If the actor may not read bulletins or may not export.
    NotFound
        Alike for one that is not there and one of somebody else's area.
    Invalid
        For any other kind of file; for the rows of a bulletin made before its numbers kept them.
    """
    actor.require(Action.READ_BULLETIN)
    actor.require(Action.EXPORT)
    if suffix not in MEDIA_TYPES:
        raise Invalid(f"通报不能下载为“{suffix}”，只有 docx、xlsx 和 {ROWS}")
    found = archive.read(store, actor, bulletin_id)
    if suffix == "docx":
        rows = sum(len(table.rows) for table in found.content.tables)
        filename = f"{found.entry.title}{found.paper.label}.docx"
        content = word_file(found.paper, found.pictures)
        made = Exported(filename, content, MEDIA_TYPES[suffix], rows)
    elif suffix == "xlsx":
        made = annex_of(found.paper)
    else:
        tables = rows_of(store, actor, bulletin_id)
        if not tables:
            raise Invalid("这份通报制作时还没有存下各数所计的记录，只能下载通报和附件")
        made = workbook_of(found.paper, tables, NUMBERS)
    archive.remember_download(store, actor, found.entry, made.filename)
    return made
