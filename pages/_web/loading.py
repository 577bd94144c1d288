"""Load what every page builds on before the first visitor comes, once a process."""

from __future__ import annotations

import importlib
import logging
import pkgutil

import pages
from ledger.operations.memory import set_start_aside
from pages.navigation import ENTRIES

# Streamlit loads them at the first table and the first chart that a page shows.
_LATE = ("pyarrow", "pandas", "streamlit.elements.arrow", "streamlit.elements.vega_charts")
# Components are declared when their modules are loaded; it warns that no page runs, which is meant.
_WARNS = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")


def load_pages() -> None:
    """Import the pieces of all pages; what that leaves in memory is never collected.

    Otherwise the first visitor of each page waits for its imports, and every full collection of
    garbage goes through a quarter of a million objects that live as long as the process.
    """
    _WARNS.disabled = True
    # Streamlit runs these itself; importing one would run it.
    scripts = {"shell.py", *(entry.file for entry in ENTRIES)}
    for module in pkgutil.walk_packages(pages.__path__, "pages."):
        file = module.name.removeprefix("pages.").replace(".", "/") + ".py"
        if file not in scripts:
            importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)
    _WARNS.disabled = False
    set_start_aside()
