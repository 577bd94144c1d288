"""上级报表: files are read and filled in a process beside the server, while somebody waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st

from ledger.domain.calling import Through
from ledger.operations import apart
from pages._ui.import_work import while_here


@contextmanager
def beside(words: str) -> Iterator[Through]:
    """How to have a form read: with ``words`` to look at, and ended when the page is left."""
    with st.spinner(words), while_here() as progress:
        yield partial(apart.call, progress=progress)
