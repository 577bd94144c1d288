"""The entry: ``streamlit run app.py``. Routes, the gate, and the Streamlit shell behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from ledger.operations import logs, metrics, slow
from ledger.storage import migrate, schema_state
from pages._database import store
from pages._ui.notices import unexpected
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Make an empty database usable; an older one waits for ``python -m ledger init``."""
    logs.configure()
    slow.watch(store().engine, metrics.count_statement)
    if schema_state(store()) == "empty":
        migrate(store())
    yield


app = st.App(
    "pages/shell.py",
    routes=ROUTES,
    middleware=MIDDLEWARE,
    lifespan=lifespan,
    on_script_error=unexpected,
)
