"""Pictures that WPS keeps in cells are attached to the records they came with."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

from ledger.domain.access import SYSTEM
from ledger.records.attachments import content_of, listed
from ledger.storage import Store
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import workbook

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
IMAGES = """<etc:cellImages xmlns:xdr="x" xmlns:a="a" xmlns:r="r" xmlns:etc="e"><etc:cellImage>
<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_5BA4"/></xdr:nvPicPr>
<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>"""
RELATIONS = """<Relationships xmlns="r"><Relationship Id="rId1" Type="image"
Target="media/image1.png"/></Relationships>"""


def with_picture(path: Path) -> Path:
    """A workbook with a picture in a cell, and one cell whose picture is gone."""
    rows = [
        ["机构名称", "备注"],
        ["甲院", '=_xlfn.DISPIMG("ID_5BA4",1)'],
        ["乙院", '=DISPIMG("ID_GONE",1)'],
    ]
    workbook(path, rows)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/cellimages.xml", IMAGES)
        archive.writestr("xl/_rels/cellimages.xml.rels", RELATIONS)
        archive.writestr("xl/media/image1.png", PNG)
    return path


def test_a_picture_in_a_cell_becomes_an_attachment(store: Store, tmp_path: Path) -> None:
    report = take(store, with_picture(tmp_path / "a.xlsx"))
    assert report.created == 2
    assert [(note.row, "附件" in note.message) for note in report.notes if note.sure] == [(2, True)]
    found = {row["name"]: row["id"] for row in stored(store).values()}
    (kept,) = listed(store, SYSTEM, "institutions", found["甲院"])
    assert kept.is_picture
    assert content_of(store, SYSTEM, kept.id)[1]
    assert listed(store, SYSTEM, "institutions", found["乙院"]) == []
