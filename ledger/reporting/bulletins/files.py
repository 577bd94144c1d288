"""A bulletin as a file to be sent: Word or the annex, checked and on the record."""

from __future__ import annotations

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.exchange.writing import formats
from ledger.exchange.writing.formats import Exported
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.annex import workbook_of
from ledger.reporting.bulletins.document import word_file
from ledger.storage import Store

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": formats.MEDIA_TYPES["xlsx"],
}


def bulletin_file(store: Store, actor: Actor, bulletin_id: int, suffix: str) -> Exported:
    """The Word file (``docx``) or the annex (``xlsx``) of a bulletin.

    Raises
    ------
    Refused
        If the actor may not read bulletins or may not export.
    NotFound
        Alike for one that is not there and one of somebody else's area.
    Invalid
        For any other kind of file.
    """
    actor.require(Action.READ_BULLETIN)
    actor.require(Action.EXPORT)
    if suffix not in MEDIA_TYPES:
        raise Invalid(f"通报不能下载为“{suffix}”，只有 docx 和 xlsx")
    found = archive.read(store, actor, bulletin_id)
    if suffix == "docx":
        content, ending = word_file(found.paper, found.pictures), ""
    else:
        content, ending = workbook_of(found.paper), "附件"
    rows = sum(len(table.rows) for table in found.content.tables)
    filename = f"{found.entry.title}{found.paper.label}{ending}.{suffix}"
    archive.remember_download(store, actor, found.entry, filename)
    return Exported(filename, content, MEDIA_TYPES[suffix], rows)
