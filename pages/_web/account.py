"""One's own password, as a plain form: it also serves those who must change it first."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.errors import LedgerError
from ledger.people.signin import change_password
from pages._database import store
from pages._web.forms import address_of, read_form, render, session_token_right


async def show_password(request: Request) -> Response:
    """The form for a new password."""
    return _form(request)


async def set_password(request: Request) -> Response:
    """Change the password; other browsers are signed out, this one stays."""
    form = await read_form(request)
    state = request.scope["state"]
    if not session_token_right(request, form.get("csrf", "")):
        return _form(request, "页面已过期，请重新填写。", 403)
    if form.get("password", "") != form.get("again", ""):
        return _form(request, "两次输入的新密码不一致，请重新输入。", 400)
    try:
        await run_in_threadpool(
            change_password,
            store(),
            state["actor"],
            form.get("old", ""),
            form.get("password", ""),
            address=address_of(request),
            keep_session=state["session"].key,
        )
    except LedgerError as error:
        return _form(request, str(error), 400)
    return RedirectResponse("/?notice=password", status_code=303)


def _form(request: Request, error: str | None = None, status: int = 200) -> Response:
    state = request.scope["state"]
    context = {
        "csrf": state["session"].csrf_token,
        "name": state["actor"].name,
        "due": state["session"].must_change,
        "error": error,
    }
    return render(request, "password.html", context, status=status)


ROUTES: list[BaseRoute] = [
    Route("/password", show_password, methods=["GET"]),
    Route("/password", set_password, methods=["POST"]),
]
