"""The entry: ``streamlit run app.py``. Routes, the gate, and the Streamlit shell behind it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.operations import logs
from ledger.operations.days import begin_day, begin_each_day
from ledger.operations.memory import collect_at_rest
from ledger.operations.process_notes import write_note, write_notes
from ledger.records.reckoning import settle
from ledger.storage import migrate, schema_state
from ledger.storage.private import private_process
from pages._database import store
from pages._ui.notices import unexpected
from pages._web.demo_here import why_not_to_start
from pages._web.loading import load_pages
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Make an empty database usable; an older one waits for ``python -m ledger init``.

    What changed while nothing ran (a new program, its calendar) is caught up with for every record.

    One that cannot be used does not keep the process from starting: every page says what is
    wrong until it is mended, and the next request finds it mended.
    """
    private_process()
    logs.configure()
    refused = None
    try:
        if schema_state(store()) == "empty":
            migrate(store())
        refused = why_not_to_start(st.get_option("server.address"))
        if refused is None and schema_state(store()) == "current":
            settle(store())
            begin_day(store())
    except LedgerError as error:
        logging.getLogger("pages").error("database not usable: %s", error)
    if refused is not None:
        sys.stderr.write(f"{refused}\n")
        sys.stderr.flush()
        os._exit(1)  # an exception would be shown with all of the server's own frames
    load_pages()
    beside = [
        asyncio.create_task(collect_at_rest()),
        asyncio.create_task(begin_each_day(lambda: begin_day(store()))),
        asyncio.create_task(write_notes(lambda: write_note(store()))),
    ]
    yield
    for task in beside:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


app = st.App(
    "pages/shell.py",
    routes=ROUTES,
    middleware=MIDDLEWARE,
    lifespan=lifespan,
    on_script_error=unexpected,
)
