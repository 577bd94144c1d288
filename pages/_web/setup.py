"""The first visit to a database without users: who has the code of `init` sets a password."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.errors import LedgerError
from ledger.people import sessions
from ledger.people.accounts import first_admin
from pages._cookies import FORM_COOKIE, SESSION_COOKIE, delete_cookie, set_cookie
from pages._database import store
from pages._web.forms import address_of, form_token, form_token_right, read_form, render


async def show_setup(request: Request) -> Response:
    """The form; the gate lets it through only while there are no users."""
    return await _form(request)


async def set_up(request: Request) -> Response:
    """Make the first administrator and sign in."""
    form = await read_form(request)
    name = form.get("username", "")
    if not await form_token_right(request, form.get("csrf", "")):
        return await _form(request, name, "页面已过期，请重新填写。", 403)
    if form.get("password", "") != form.get("again", ""):
        return await _form(request, name, "两次输入的密码不一致，请重新输入。", 400)
    try:
        user = await run_in_threadpool(
            first_admin, store(), name, form.get("password", ""), form.get("code", "")
        )
        token = await run_in_threadpool(_begin, request, user)
    except LedgerError as error:
        return await _form(request, name, str(error), 400)
    response = RedirectResponse("/first-day", status_code=303)
    set_cookie(response, SESSION_COOKIE, token)
    delete_cookie(response, FORM_COOKIE)
    return response


def _begin(request: Request, user) -> str:
    agent = request.headers.get("user-agent", "")
    return sessions.open_session(store(), user, address=address_of(request), agent=agent)


async def _form(
    request: Request, name: str = "", error: str | None = None, status: int = 200
) -> Response:
    token = await form_token(request)
    context = {"csrf": token, "name": name, "error": error}
    response = render(request, "setup.html", context, status=status)
    set_cookie(response, FORM_COOKIE, token)
    return response


ROUTES: list[BaseRoute] = [
    Route("/setup", show_setup, methods=["GET"]),
    Route("/setup", set_up, methods=["POST"]),
]
