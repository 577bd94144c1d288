"""Uploads as the services want them: a file on disk, for as long as one call needs it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

SHOWN = 200


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
