"""Streamlit looks through all installed packages for components whenever a page is tested."""

from __future__ import annotations

from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

# A third of a second each time, and nothing is installed while tests run: once will do.
found_once = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def components_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found for the first page is there for the next."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", found_once)
