"""Single sign-on: to the provider and back (OpenID Connect, authorization code with PKCE).

What is remembered meanwhile lies in a signed cookie of ten minutes that only these two routes see:
the state, where to go afterwards, and until when. Nonce and verifier are derived from the state
with a secret of the database, so they are nowhere else. The cookie is SameSite=Lax, as the
session's is: the way back is a link from another site, with which stricter cookies do not come.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.errors import LedgerError
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.people import oidc, sessions
from ledger.people.single_sign_on import SignOnRefused, sign_on
from pages._cookies import FORM_COOKIE, SESSION_COOKIE, delete_cookie, set_cookie
from pages._database import store
from pages._web.forms import address_of
from pages._web.local import local_path
from pages._web.signin import sign_in_form

START, CALLBACK = "/sso", "/sso/callback"
STATE_COOKIE = "ledger_sso"
LASTS = timedelta(minutes=10)
_OVER = "统一身份认证登录已过期，或不是从本页面开始的。请重新点击登录。"
_DECLINED = "您没有完成统一身份认证。请重新登录，或改用用户名和密码登录。"
_BROKEN = "统一身份认证服务报告了错误。请稍后重试，或改用用户名和密码登录；仍不行请联系系统管理员。"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Begun:
    """A sign-on under way."""

    state: str
    nonce: str
    verifier: str
    target: str


async def start(request: Request) -> Response:
    """Send the browser to the provider."""
    if not oidc.is_set_up():
        return _not_here()
    target = local_path(request.query_params.get("next"))
    if request.scope["state"].get("session") is not None:
        return RedirectResponse(target, status_code=303)
    secret = await run_in_threadpool(sessions.form_secret, store())
    state = secrets.token_urlsafe(24)
    begun = _with_secrets(secret, state, target)
    try:
        url = await run_in_threadpool(
            oidc.authorization_url, _callback_url(request), state, begun.nonce, begun.verifier
        )
    except oidc.ProviderFailed as failed:
        _note(failed)
        return await sign_in_form(request, target, error=str(failed), status=503)
    response = RedirectResponse(url, status_code=303)
    response.headers["Cache-Control"] = "no-store"
    cookie = _cookie(secret, begun)
    set_cookie(response, STATE_COOKIE, cookie, START, max_age=int(LASTS.total_seconds()))
    return response


async def come_back(request: Request) -> Response:
    """Begin the session of the user whom the provider names, and redirect to the wanted page."""
    if not oidc.is_set_up():
        return _not_here()
    secret = await run_in_threadpool(sessions.form_secret, store())
    begun = _begun(secret, request.cookies.get(STATE_COOKIE, ""))
    if begun is None or not _same(request.query_params.get("state", ""), begun.state):
        return await _failed(request, "/", _OVER, 400)
    code = request.query_params.get("code", "")
    if "error" in request.query_params or not code:
        declined = request.query_params.get("error") == "access_denied"
        return await _failed(request, begun.target, _DECLINED if declined else _BROKEN, 401)
    try:
        token = await run_in_threadpool(_signed_on, request, code, begun)
    except oidc.ProviderFailed as failed:
        _note(failed)
        return await _failed(request, begun.target, str(failed), 401)
    except SignOnRefused as refused:
        return await _failed(request, begun.target, str(refused), 401)
    except LedgerError as error:
        return await _failed(request, begun.target, str(error), 503)
    response = RedirectResponse(begun.target, status_code=303)
    response.headers["Cache-Control"] = "no-store"
    set_cookie(response, SESSION_COOKIE, token)
    delete_cookie(response, FORM_COOKIE)
    delete_cookie(response, STATE_COOKIE, START)
    return response


def _signed_on(request: Request, code: str, begun: _Begun) -> str:
    name = oidc.login_name(code, _callback_url(request), begun.nonce, begun.verifier)
    token = sign_on(
        store(),
        name,
        begun.state,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
    )
    # As at the form: the session that the browser came with ends.
    sessions.end_session(store(), request.cookies.get(SESSION_COOKIE))
    return token


async def _failed(request: Request, target: str, error: str, status: int) -> Response:
    """The sign-in form says what went wrong; nothing of what came from outside is shown."""
    response = await sign_in_form(request, target, error=error, status=status)
    delete_cookie(response, STATE_COOKIE, START)
    return response


def _not_here() -> Response:
    return PlainTextResponse("没有这个页面", status_code=404)


def _note(failed: oidc.ProviderFailed) -> None:
    _log.warning("single sign-on failed: %s", failed.reason)


def _callback_url(request: Request) -> str:
    """The address as the browser sees it; the provider compares it with the registered one."""
    safe = request.url.scheme == "https" or settings().secure_cookies
    return f"{'https' if safe else 'http'}://{request.url.netloc}{CALLBACK}"


def _with_secrets(secret: str, state: str, target: str) -> _Begun:
    return _Begun(state, _mac(secret, "nonce", state), _mac(secret, "verifier", state), target)


def _cookie(secret: str, begun: _Begun) -> str:
    until = int((clock.now() + LASTS).timestamp())
    target = base64.urlsafe_b64encode(begun.target.encode()).decode()
    text = f"{begun.state}.{until}.{target}"
    return f"{text}.{_mac(secret, 'cookie', text)}"


def _begun(secret: str, cookie: str) -> _Begun | None:
    """The content of a signed cookie; None if its signature is wrong or it has expired."""
    text, _, signature = cookie.rpartition(".")
    if not _same(signature, _mac(secret, "cookie", text)):
        return None
    try:
        state, until, target = text.split(".")
        if int(until) < clock.now().timestamp():
            return None
        wanted = base64.urlsafe_b64decode(target).decode()
    except (ValueError, binascii.Error):
        return None
    return _with_secrets(secret, state, local_path(wanted))


def _mac(secret: str, purpose: str, text: str) -> str:
    message = f"single sign-on {purpose}:{text}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


ROUTES: list[BaseRoute] = [
    Route(START, start, methods=["GET"]),
    Route(CALLBACK, come_back, methods=["GET"]),
]
