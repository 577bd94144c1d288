"""The entry: ``streamlit run app.py``. Routes, the gate, and the Streamlit shell behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from ledger.storage import migrate, schema_state
from pages._database import store
from pages._ui.notices import unexpected
from pages._web.gate import Gate
from pages._web.headers import SecurityHeaders
from pages._web.routes import ROUTES
from pages._web.translation import Translation


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Make an empty database usable; an older one waits for ``python -m ledger init``."""
    if schema_state(store()) == "empty":
        migrate(store())
    yield


app = st.App(
    "pages/shell.py",
    routes=ROUTES,
    middleware=[Middleware(SecurityHeaders), Middleware(Gate), Middleware(Translation)],
    lifespan=lifespan,
    on_script_error=unexpected,
)
