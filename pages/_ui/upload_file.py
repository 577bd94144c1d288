"""Files that people send: on disk for as long as one call needs them, and the buttons that show
photos and papers in a dialog (``pages/_web/static/look.js``)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from ledger.domain.errors import Invalid
from ledger.records.attachments import Attachment
from ledger.records.file_kinds import EXCEL, OLD_EXCEL, OLD_WORD, WORD, media_type_of
from pages._text import markup, safe

SHOWN = 200
_KINDS = {"image/jpeg": "photo", "image/png": "photo", "application/pdf": "pdf"}
_WORDS = {
    "application/pdf": "PDF",
    WORD: "Word",
    OLD_WORD: "Word",
    EXCEL: "Excel",
    OLD_EXCEL: "Excel",
}


@contextmanager
def on_disk(upload: Any) -> Iterator[Path]:
    """The upload as a file of its own name in a folder of its own; both go away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        # The name comes from a browser: only its last part, and never empty.
        path = Path(folder) / (Path(upload.name.replace("\\", "/")).name or "upload")
        path.write_bytes(upload.getbuffer())
        yield path


def fingerprint(upload: Any, *choices: object) -> str:
    """A digest of an upload and how it is to be read: a preview counts for exactly that."""
    digest = hashlib.sha256(upload.getbuffer())
    digest.update(repr((upload.name, choices)).encode())
    return digest.hexdigest()


def frame_of(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """The first rows of a report as a table."""
    return pd.DataFrame(list(rows[:SHOWN]))


def saved_look(file: Attachment) -> Markup:
    """The button of a file of a record: its small picture and its name."""
    number = int(file.id)
    seen = markup('<img src="/attachment/{}" alt="" loading="lazy">', number)
    return _button(file.media_type, file.name, markup('data-number="{}"', number), seen)


def chosen_looks(files: Sequence[tuple[str, bytes]], label: str = "") -> None:
    """The buttons of files that are chosen and not saved: (name, content), with ``label`` in place
    of their names; and what cannot be attached, before it is tried."""
    if not files:
        return
    said = []
    for name, content in files:
        try:
            media_type = media_type_of(content)
        except Invalid as error:
            said.append(markup('<span class="field-problem">{}：{}</span>', safe(name), str(error)))
            continue
        size = markup('data-size="{}"', len(content))
        said.append(_button(media_type, name, size, Markup('<img alt="">'), label))
    whole = Markup('<p class="files-chosen">{}</p>').format(Markup(" ").join(said))
    st.html(whole, width="content" if label else "stretch")


def _button(media_type: str, name: str, which: Markup, seen: Markup, label: str = "") -> Markup:
    word = _WORDS.get(media_type)
    return markup(
        '<button type="button" class="file-look" data-kind="{}" data-name="{}" {} '
        'title="预览">{}{}</button>',
        _KINDS.get(media_type, "text"),
        name,
        which,
        markup('<span class="file-kind">{}</span>', word) if word else seen,
        safe(label or name),
    )
