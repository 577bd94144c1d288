"""Endpoints for monitoring: liveness, readiness and metrics."""

from __future__ import annotations

import hmac
from uuid import uuid4

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.errors import StorageError
from ledger.domain.settings import settings
from ledger.operations.metrics import CONTENT_TYPE, exposition
from ledger.operations.readiness import readiness
from pages._database import store
from pages._web.demo_here import from_here

_PROCESS = uuid4().hex[:12]


async def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


async def beat(request: Request) -> Response:
    """Answer open pages, which ask every second whether the server can be reached.

    Says which process answers, and for how many seconds it keeps the session of a page that was
    cut off: after a restart or a longer cut the page has to be loaded anew.
    """
    kept = str(st.get_option("server.disconnectedSessionTTL") or 0)
    told = {"X-Process": _PROCESS, "X-Session-Kept": kept}
    return Response(status_code=204, headers={"Cache-Control": "no-store", **told})


def readyz(request: Request) -> Response:
    """Database, migrations and disk, each with yes or no; 503 if any of them is not well.

    Anybody may ask, so the answer names no path, no figure and no version.
    """
    try:
        checks = readiness(store())
        ready = all(check.well for check in checks)
        answer = {"ready": ready} | {check.key: check.well for check in checks}
    except StorageError:
        ready, answer = False, {"ready": False, "database": False}
    return JSONResponse(
        answer, status_code=200 if ready else 503, headers={"Cache-Control": "no-store"}
    )


def metrics(request: Request) -> Response:
    """Metrics for Prometheus: for requests from this machine or with the token."""
    if not (from_here(request) or _has_token(request)):
        return PlainTextResponse("没有这个页面", status_code=404)
    return Response(exposition(store()), media_type=CONTENT_TYPE)


def _has_token(request: Request) -> bool:
    wanted, given = settings().metrics_token, request.headers.get("authorization", "")
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


ROUTES: list[BaseRoute] = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/beat", beat, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
]
