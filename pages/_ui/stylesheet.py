"""CSS files beside the pages: read once a process, sent as one style element."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

PAGING = Path(__file__).with_name("paging.css")
MAP = Path(__file__).with_name("map.css")


@lru_cache(maxsize=32)
def stylesheet(*files: Path, more: str = "") -> str:
    """The files as HTML for ``st.html``, followed by ``more`` CSS."""
    rules = [file.read_text(encoding="utf-8") for file in files]
    return f"<style>{''.join(rules)}{more}</style>"
