"""The statistics sheets that come with the program: blank forms like any other.

They lie in ``data/templates/forms`` and belong to the program: an office's own blank forms are kept
in the database (`ledger.reporting.forms.kept_forms`), which an update leaves alone.
"""

from __future__ import annotations

from pathlib import Path

from ledger.domain.settings import PROJECT

FOLDER = PROJECT / "data" / "templates" / "forms"


def own_templates(folder: Path = FOLDER) -> tuple[Path, ...]:
    """The blank sheets, by name."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(one for one in folder.iterdir() if one.suffix in (".xlsx", ".docx")))
