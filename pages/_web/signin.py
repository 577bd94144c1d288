"""Signing in and out, and the check whether a session is still open."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.errors import LedgerError
from ledger.domain.settings import settings
from ledger.people import oidc, sessions
from ledger.people.accounts import DEMO_PASSWORD
from ledger.people.office import read_office
from ledger.people.signin import SignInRefused, authenticate
from ledger.people.users import demo_accounts, has_users
from pages._cookies import FORM_COOKIE, SESSION_COOKIE, delete_cookie, set_cookie
from pages._database import store
from pages._web.forms import (
    address_of,
    form_token,
    form_token_right,
    read_form,
    render,
    session_token_right,
)
from pages._web.local import local_path

NOTICES = {
    "ended": "登录已过期或已在别处退出，请重新登录。刚才未保存的内容需要重新填写。",
    "left": "您已退出。",
    "changed": "密码已修改，请用新密码登录。",
}


async def show_sign_in(request: Request) -> Response:
    """The sign-in form; a database without users leads to the first administrator's form."""
    if not await run_in_threadpool(has_users, store()):
        return RedirectResponse("/setup", status_code=303)
    target = local_path(request.query_params.get("next"))
    if request.scope["state"].get("session") is not None:
        return RedirectResponse(target, status_code=303)
    notice = NOTICES.get(request.query_params.get("notice", ""))
    return await sign_in_form(request, target, notice=notice)


async def sign_in(request: Request) -> Response:
    """Check name and password, begin a session, go where the visitor wanted."""
    form = await read_form(request)
    target = local_path(form.get("next"))
    name = form.get("username", "")
    if not await form_token_right(request, form.get("csrf", "")):
        error = "登录页面已过期，请重新填写后再登录。"
        return await sign_in_form(request, target, name=name, error=error, status=403)
    try:
        user = await run_in_threadpool(
            authenticate, store(), name, form.get("password", ""), address_of(request)
        )
        token = await run_in_threadpool(_begin, request, user)
    except SignInRefused as refused:
        return await _refused(request, target, name, refused)
    except LedgerError as error:
        return await sign_in_form(request, target, name=name, error=str(error), status=503)
    response = RedirectResponse("/password" if user.must_change else target, status_code=303)
    response.headers["Cache-Control"] = "no-store"
    set_cookie(response, SESSION_COOKIE, token)
    delete_cookie(response, FORM_COOKIE)
    return response


async def _refused(request: Request, target: str, name: str, refused: SignInRefused) -> Response:
    """The form again, with the seconds to wait in the text and in the header ``Retry-After``."""
    status = 401 if refused.wait is None else 429
    response = await sign_in_form(request, target, name=name, error=str(refused), status=status)
    if refused.wait is not None:
        response.headers["Retry-After"] = str(refused.wait)
    return response


async def ask_sign_out(request: Request) -> Response:
    """Ask before leaving: a link alone must not sign anybody out."""
    session = request.scope["state"]["session"]
    return render(request, "signout.html", {"csrf": session.csrf_token})


async def sign_out(request: Request) -> Response:
    """End the session and take the cookie back."""
    form = await read_form(request)
    if not session_token_right(request, form.get("csrf", "")):
        session = request.scope["state"]["session"]
        error = "页面已过期，请再按一次退出。"
        return render(
            request, "signout.html", {"csrf": session.csrf_token, "error": error}, status=403
        )
    await run_in_threadpool(sessions.end_session, store(), request.cookies.get(SESSION_COOKIE))
    response = RedirectResponse("/signin?notice=left", status_code=303)
    delete_cookie(response, SESSION_COOKIE)
    return response


async def still_there(request: Request) -> Response:
    """204 while the session is open; the gate answers 401 after it has ended.

    409 if it is the session of another ``person`` than the one whose page asks.
    """
    person, session = request.query_params.get("person"), request.scope["state"]["session"]
    status = 204 if person in (None, "", str(session.user_id)) else 409
    return Response(status_code=status, headers={"Cache-Control": "no-store"})


async def other_person(request: Request) -> Response:
    """The page for an old tab: it says that another user is signed in now, with a link."""
    actor = request.scope["state"]["actor"]
    now = actor.display_name or actor.name
    notice = (
        f"这个浏览器现在以“{now}”登录，刚才那一页属于另一个账号，已关闭，没有保存的内容没有带过来。"
    )
    context = {"heading": "这一页已换人登录", "notice": notice}
    return render(request, "notice.html", context)


async def robots(request: Request) -> Response:
    """Nothing here is for search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _begin(request: Request, user) -> str:
    """A fresh session for every sign-in; the one that the browser came with ends."""
    sessions.end_session(store(), request.cookies.get(SESSION_COOKIE))
    agent = request.headers.get("user-agent", "")
    return sessions.open_session(store(), user, address=address_of(request), agent=agent)


async def sign_in_form(
    request: Request,
    target: str,
    *,
    name: str = "",
    error: str | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    """The form for name and password, with the way to single sign-on where there is one."""
    token = await form_token(request)
    context = await run_in_threadpool(_surroundings)
    context |= {"csrf": token, "next": target, "name": name, "error": error, "notice": notice}
    response = render(request, "signin.html", context, status=status)
    set_cookie(response, FORM_COOKIE, token)
    return response


def _surroundings() -> dict:
    """The office's name and the ways in; in a demo, the accounts that still have its password."""
    accounts = demo_accounts(store())
    return {
        "office": read_office(store()),
        "single_sign_on": settings().oidc_label if oidc.is_set_up() else None,
        "demo_password": DEMO_PASSWORD if accounts else None,
        "demo_accounts": [
            {"name": user.name, "role": user.role.label, "scope": user.scope_name}
            for user in accounts
        ],
    }


ROUTES: list[BaseRoute] = [
    Route("/signin", show_sign_in, methods=["GET"]),
    Route("/signin", sign_in, methods=["POST"]),
    Route("/signout", ask_sign_out, methods=["GET"]),
    Route("/signout", sign_out, methods=["POST"]),
    Route("/session", still_there, methods=["GET"]),
    Route("/other-person", other_person, methods=["GET"]),
    Route("/robots.txt", robots, methods=["GET"]),
]
