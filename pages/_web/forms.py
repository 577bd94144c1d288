"""Forms outside Streamlit: reading them, the tokens that protect them, rendering."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from ledger.people import sessions
from pages._cookies import FORM_COOKIE
from pages._database import store
from pages._web.headers import FORMS_POLICY

_LARGEST = 16 * 1024
_templates = Jinja2Templates(directory=str(Path(__file__).with_name("templates")))


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small URL-encoded form; empty for anything else or larger."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    if kind != "application/x-www-form-urlencoded":
        return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


async def form_token(request: Request) -> str:
    """The signed value that a form before sign-in carries beside the same cookie."""
    known = request.cookies.get(FORM_COOKIE, "")
    secret = await run_in_threadpool(sessions.form_secret, store())
    return known if _signed(secret, known) else _new_token(secret)


async def form_token_right(request: Request, given: str) -> bool:
    """Whether the form's value is that of the cookie, and signed by this server."""
    known = request.cookies.get(FORM_COOKIE, "")
    if not given or not hmac.compare_digest(given.encode(), known.encode()):
        return False
    return _signed(await run_in_threadpool(sessions.form_secret, store()), given)


def session_token_right(request: Request, given: str) -> bool:
    """Whether the form carries the token of the session in which it was sent."""
    session = request.scope["state"].get("session")
    return session is not None and hmac.compare_digest(given.encode(), session.csrf_token.encode())


def render(
    request: Request, template: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """A page of this program that browsers must not store."""
    response = _templates.TemplateResponse(request, template, dict(context), status_code=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = FORMS_POLICY
    return response


def html_of(template: str, **values: object) -> str:
    """A template as HTML, its values made inert."""
    return _templates.get_template(template).render(values)


def address_of(request: Request) -> str:
    """The address that the connection comes from."""
    return request.client.host if request.client else ""


def _new_token(secret: str) -> str:
    nonce = secrets.token_urlsafe(24)
    return f"{nonce}.{_signature(secret, nonce)}"


def _signed(secret: str, token: str) -> bool:
    nonce, _, signature = token.partition(".")
    return bool(nonce) and hmac.compare_digest(
        signature.encode(), _signature(secret, nonce).encode()
    )


def _signature(secret: str, nonce: str) -> str:
    return hmac.new(secret.encode(), nonce.encode(), hashlib.sha256).hexdigest()
