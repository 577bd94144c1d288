"""The plain forms: signing in and out, the first administrator, a new password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.people import accounts, resetting, sessions, signin
from ledger.people.setup_code import new_code
from ledger.people.users import User, as_actor, find_user, has_users
from ledger.records import service as records
from ledger.storage import Store, options
from ledger.storage.own_tables import users
from pages._cookies import FORM_COOKIE, SESSION_COOKIE
from pages._web.local import local_path
from tests.ledger.conftest import WEST, WEST_VILLAGE
from tests.people import OTHER_PASSWORD, PASSWORD, SetClock, make_user
from tests.web.visiting import Browser

HTML = {"accept": "text/html"}
Enter = Callable[[User], str]


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def filled(client: Browser, path: str, **fields: str) -> dict[str, str]:
    """The form of a page with its token, filled in."""
    return {"csrf": csrf_in(client.get(path, **HTML).text), **fields}


@pytest.fixture
def person(store: Store) -> User:
    return make_user(store, "zhangsan", Role.OFFICE_STAFF)


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(
    client: Browser, store: Store, person: User
) -> None:
    form = filled(client, "/signin?next=/map", username="zhangsan", password=PASSWORD)
    answer = client.post("/signin", {**form, "next": "/map?area=1"})
    assert (answer.status, answer.location) == (303, "/map?area=1")
    cookie = next(c for c in answer.headers.getlist("set-cookie") if SESSION_COOKIE in c)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert PASSWORD not in cookie
    assert client.get("/_stcore/health").json == {"actor": "zhangsan"}
    session = sessions.list_sessions(store, as_actor(person))[0]
    assert session.address == "10.0.0.7"


def test_cookies_are_secure_where_the_office_says_so(
    client: Browser, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "secure_cookies", True)
    cookie = client.get("/signin").headers["set-cookie"]
    assert "Secure" in cookie


@pytest.mark.parametrize("change", ["missing", "wrong", "unsigned", "no cookie", "json"])
def test_sign_in_without_the_right_form_token_is_refused(
    client: Browser, store: Store, person: User, change: str
) -> None:
    form = filled(client, "/signin", username="zhangsan", password=PASSWORD)
    match change:
        case "missing":
            del form["csrf"]
        case "wrong":
            form["csrf"] = form["csrf"][:-1] + ("0" if form["csrf"][-1] != "0" else "1")
        case "unsigned":
            client.cookies.clear()
            form["csrf"] = "abc.def"
            client.cookies[FORM_COOKIE] = "abc.def"
        case "no cookie":
            client.cookies.clear()
    kind = {"content-type": "application/json"} if change == "json" else {}
    answer = client.post("/signin", form, **kind)
    assert answer.status == 403
    assert SESSION_COOKIE not in answer.headers.get("set-cookie", "")
    assert sessions.list_sessions(store, as_actor(person)) == []


def test_a_refusal_keeps_the_name_and_not_the_password(client: Browser, person: User) -> None:
    form = filled(client, "/signin", username='"><script>alert(1)</script>', password="wrong-pw-1")
    answer = client.post("/signin", form)
    assert answer.status == 401
    assert "用户名或密码不正确" in answer.text
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "wrong-pw-1" not in answer.text


def test_known_and_unknown_names_get_the_same_page(client: Browser, person: User) -> None:
    pages = []
    for name in ("zhangsan", "nobody"):
        form = filled(client, "/signin", username=name, password="wrong-pw-1")
        pages.append(client.post("/signin", form).text.replace(name, "NAME"))
    assert pages[0] == pages[1]


def test_whoever_has_to_wait_is_told_for_how_long_whether_the_name_exists_or_not(
    client: Browser, person: User
) -> None:
    answers = []
    for name in ("zhangsan", "nobody"):
        form = filled(client, "/signin", username=name, password="wrong-pw-1")
        tries = [client.post("/signin", form) for _ in range(6)]
        assert [one.status for one in tries] == [401] * 4 + [429] * 2
        assert "retry-after" not in tries[3].headers
        assert 890 <= int(tries[5].headers["retry-after"]) <= 900
        assert "之后再试" in tries[5].text
        answers.append(tries[5].text.replace(name, "NAME"))
    assert answers[0] == answers[1]


def test_an_address_that_fails_often_waits_and_then_gets_in(
    client: Browser, person: User, set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "lockout_failures", 1)
    form = filled(client, "/signin", username="", password=PASSWORD)
    for number in range(4):
        assert client.post("/signin", {**form, "username": f"no-{number}"}).status == 429
    answer = client.post("/signin", {**form, "username": "zhangsan"})
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")
    assert "请等待1秒后再试" in answer.text
    set_clock.forward(seconds=1)
    assert client.post("/signin", {**form, "username": "zhangsan"}).status == 303


def test_signing_in_anew_ends_the_session_before(
    client: Browser, enter: Enter, store: Store, person: User
) -> None:
    old = enter(person)
    form = {"csrf": "", "username": "zhangsan", "password": PASSWORD}
    client.cookies.pop(SESSION_COOKIE)
    form["csrf"] = csrf_in(client.get("/signin").text)
    client.cookies[SESSION_COOKIE] = old
    assert client.post("/signin", form).status == 303
    assert sessions.actor_for(store, old) is None


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/map", "/map"),
        ("/map?area=99&q=%E6%9D%8E", "/map?area=99&q=%E6%9D%8E"),
        (None, "/"),
        ("", "/"),
        ("map", "/"),
        ("//evil.example/x", "/"),
        ("/\\evil.example", "/"),
        ("/x\\..\\y", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tx", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("/signin?next=/signin", "/"),
        ("/signout", "/"),
        ("/_stcore/health", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
def test_only_paths_of_this_server_are_gone_to(wanted: str | None, target: str) -> None:
    assert local_path(wanted) == target


def test_open_redirects_are_refused_at_sign_in(client: Browser, person: User) -> None:
    form = filled(client, "/signin?next=//evil.example", username="zhangsan", password=PASSWORD)
    answer = client.post("/signin", {**form, "next": "//evil.example/x"})
    assert answer.location == "/"


def test_signing_out_takes_a_token_and_a_post(
    client: Browser, enter: Enter, store: Store, person: User
) -> None:
    token = enter(person)
    assert client.get("/signout").status == 200
    assert client.post("/signout").status == 403
    assert client.post("/signout", {"csrf": "wrong"}).status == 403
    assert sessions.actor_for(store, token) is not None
    answer = client.post("/signout", filled(client, "/signout"))
    assert answer.location == "/signin?notice=left"
    assert sessions.actor_for(store, token) is None
    assert client.get("/_stcore/health").status == 401


def test_the_demo_accounts_stand_on_the_page_of_a_demo_only(
    client: Browser, store: Store, person: User
) -> None:
    assert accounts.DEMO_PASSWORD not in client.get("/signin").text
    accounts.add_user(
        store, SYSTEM, "wangge", "grid_worker", "*", accounts.DEMO_PASSWORD, demo=True
    )
    page = client.get("/signin").text
    assert accounts.DEMO_PASSWORD in page
    assert 'data-name="wangge"' in page
    assert 'data-name="zhangsan"' not in page
    changed = find_user(store, "wangge")
    resetting.reset_password(store, SYSTEM, changed.id, PASSWORD)
    page = client.get("/signin").text
    assert "wangge" not in page
    assert accounts.DEMO_PASSWORD not in page, "nobody has it any more"


def test_the_offices_name_is_shown_inert(client: Browser, store: Store, person: User) -> None:
    with store.writing() as connection:
        options.write(connection, "office", "<b>示例街道</b>")
    assert "&lt;b&gt;示例街道&lt;/b&gt;" in client.get("/signin").text


def test_a_database_without_users_asks_for_the_first_admin_once(
    client: Browser, store: Store
) -> None:
    assert client.get("/signin", **HTML).location == "/setup"
    code = new_code(store)
    form = filled(
        client, "/setup", code=code, username="guanliyuan", password=PASSWORD, again=PASSWORD
    )
    refused = client.post("/setup", {**form, "code": "AAAA-AAAA-AAAA"})
    assert (refused.status, "python -m ledger init" in refused.text) == (400, True)
    assert client.post("/setup", {**form, "again": "other"}).status == 400
    assert client.post("/setup", {**form, "csrf": "x"}).status == 403
    assert client.post("/setup", {**form, "password": "a", "again": "a"}).status == 400
    assert not has_users(store)
    answer = client.post("/setup", form)
    assert answer.location == "/first-day"
    assert client.get("/_stcore/health").json == {"actor": "guanliyuan"}
    client.cookies.clear()
    assert client.post("/setup", form).status == 401


def test_changing_the_password_through_the_form(
    client: Browser, enter: Enter, store: Store
) -> None:
    person = make_user(store, "newcomer", must_change=True)
    enter(person)
    form = filled(client, "/password", old=PASSWORD, password=OTHER_PASSWORD, again=OTHER_PASSWORD)
    assert client.post("/password", {**form, "csrf": "x"}).status == 403
    assert client.post("/password", {**form, "again": "x"}).status == 400
    assert client.post("/password", {**form, "old": "wrong-1234"}).status == 400
    assert client.post("/password", form).status == 303
    assert client.get("/_stcore/health").status == 200
    assert signin.authenticate(store, "newcomer", OTHER_PASSWORD).name == "newcomer"


def test_large_or_odd_bodies_are_not_read(client: Browser, person: User) -> None:
    form = filled(client, "/signin", username="zhangsan", password=PASSWORD)
    assert client.post("/signin", {**form, "more": "x" * 20_000}).status == 403
    odd = {"content-type": "application/x-www-form-urlencoded"}
    assert client.request("POST", "/signin", odd, b"\xff\xfe").status == 403


def test_the_bare_address_leads_to_the_first_page_of_the_role(
    client: Browser, enter: Enter, store: Store
) -> None:
    pages = [(Role.LEADER, "/map"), (Role.ADMIN, "/first-day"), (Role.AUDITOR, "/log")]
    for role, page in pages:
        enter(make_user(store, f"somebody-{role}", role))
        assert client.get("/?area=1", **HTML).location == f"{page}?area=1"
    enter(make_user(store, "admin-there", Role.ADMIN, WEST))
    assert client.get("/", **HTML).location == "/users", "of one township"
    records.create(store, SYSTEM, "institutions", {"name": "某院", "area_code": WEST_VILLAGE})
    enter(make_user(store, "admin-later", Role.ADMIN))
    assert client.get("/", **HTML).location == "/users", "once lists have come in"


def test_a_page_of_no_users_is_not_offered_again(client: Browser, store: Store) -> None:
    make_user(store, "zhangsan")
    with store.writing() as connection:
        connection.execute(delete(users))
    assert client.get("/setup", **HTML).status == 200
