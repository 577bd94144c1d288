"""The application's routes, gate and headers around a shell with the pages to be compared."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES

app = st.App(
    Path(__file__).with_name("shell.py"),
    routes=ROUTES,
    middleware=MIDDLEWARE,
)
