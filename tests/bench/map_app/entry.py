"""The application's routes, gate and headers around a shell with the pages to be compared."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages._web.gate import Gate
from pages._web.headers import SecurityHeaders
from pages._web.routes import ROUTES
from pages._web.translation import Translation

app = st.App(
    Path(__file__).with_name("shell.py"),
    routes=ROUTES,
    middleware=[Middleware(SecurityHeaders), Middleware(Gate), Middleware(Translation)],
)
