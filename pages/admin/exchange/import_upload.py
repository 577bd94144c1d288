"""导入, step 1: what was chosen: one file, or several that are packed into one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.exchange.reading.bundles import ENDING
from ledger.exchange.reading.tables_in import ENDINGS

KINDS = [ending.removeprefix(".") for ending in (*ENDINGS, ENDING)]


@dataclass(frozen=True)
class Together:
    """Several uploads as one, packed; it answers as an upload of Streamlit's does."""

    name: str
    file_id: str
    content: bytes

    def getbuffer(self) -> memoryview:
        """The bytes of the zip."""
        return memoryview(self.content)


def identity(uploads: Sequence[Any]) -> str:
    """What tells one choice of files from another."""
    return "+".join(str(one.file_id) for one in uploads)


def together(uploads: Sequence[Any]) -> Any:
    """The one upload, or all of them packed into a zip."""
    if len(uploads) == 1:
        return uploads[0]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as packed:
        for at, one in enumerate(uploads):
            # In folders of their own, so that two of the same name stay two.
            packed.writestr(f"第{at + 1}份/{one.name}", one.getbuffer())
    return Together(f"{len(uploads)} 份表格{ENDING}", identity(uploads), stream.getvalue())
