"""Single sign-on with a provider on this machine: who gets in, and who is sent back to the form."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from pydantic import SecretStr
from starlette.responses import PlainTextResponse

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.people import accounts, sessions
from ledger.people.signin import SignInRefused, authenticate
from ledger.people.users import User, as_actor
from ledger.records.history import audit
from ledger.storage import Store
from pages._cookies import SESSION_COOKIE
from pages._web.single_sign_on import STATE_COOKIE
from tests.log_entries import recent
from tests.people import PASSWORD, SetClock, make_user
from tests.provider import CLIENT_SECRET, Provider, by_hand, running  # noqa: F401
from tests.web.visiting import HOST, Answer, Browser

HTML = {"accept": "text/html"}
Enter = Callable[[User], str]


@pytest.fixture
def provider(running: Provider, monkeypatch: pytest.MonkeyPatch, store: Store) -> Provider:  # noqa: F811
    """An honest provider, and an installation that trusts it."""
    running.honest()
    running.trusted(monkeypatch)
    return running


@pytest.fixture
def person(store: Store) -> User:
    return make_user(store, "zhangsan", Role.OFFICE_STAFF)


def begun(client: Browser, target: str = "/map") -> str:
    """The query with which the browser is sent to the provider."""
    answer = client.get(f"/sso?next={quote(target)}", **HTML)
    assert answer.status == 303, answer.text
    assert answer.location is not None
    return urlsplit(answer.location).query


def back(client: Browser, provider: Provider, name: str = "zhangsan", **changed: str) -> Answer:
    """The whole way; ``changed`` replaces what the browser brings back."""
    query = begun(client)
    state = parse_qs(query)["state"][0]
    brought = {"code": provider.code_for(name, query), "state": state, **changed}
    return client.get(f"/sso/callback?{urlencode(brought)}", **HTML)


def refused(answer: Answer, words: str, status: int = 401) -> None:
    """The form with a clear text, no session, and nothing left to try again with."""
    assert answer.status == status
    assert words in answer.text
    cookies = " ".join(answer.headers.getlist("set-cookie"))
    assert SESSION_COOKIE not in cookies
    assert f'{STATE_COOKIE}=""; expires' in cookies


def last(store: Store) -> audit.Entry:
    with store.reading() as connection:
        return recent(connection)[0]


def test_without_a_provider_there_is_no_button_and_no_route(client: Browser, person: User) -> None:
    assert "/sso" not in client.get("/signin", **HTML).text
    assert client.get("/sso", **HTML).status == 404
    assert client.get("/sso/callback?code=x&state=y", **HTML).status == 404


def test_the_button_says_what_the_office_calls_it_and_keeps_the_way(
    client: Browser, person: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "oidc_label", "<政务>登录")
    page = client.get("/signin?next=/map?area=99", **HTML).text
    assert 'href="/sso?next=/map%3Farea%3D99"' in page
    assert "&lt;政务&gt;登录" in page


def test_whoever_the_provider_names_gets_a_session_of_ours(
    client: Browser, person: User, provider: Provider, store: Store
) -> None:
    sent = client.get("/sso?next=/map?area=99", **HTML)
    assert (sent.location or "").startswith(f"{provider.issuer}/authorize?")
    query = urlsplit(sent.location or "").query
    asked = {key: value[0] for key, value in parse_qs(query).items()}
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid profile"
    assert asked["redirect_uri"] == f"http://{HOST}/sso/callback"
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    cookie = sent.headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=lax", "Path=/sso", "Max-Age=600"):
        assert flag in cookie
    assert asked["nonce"] not in cookie
    code = provider.code_for("ZhangSan", query)
    answer = client.get(f"/sso/callback?code={code}&state={asked['state']}", **HTML)
    assert (answer.status, answer.location) == (303, "/map?area=99")
    session = [line for line in answer.headers.getlist("set-cookie") if SESSION_COOKIE in line]
    # Lax: a stricter cookie would not come with the navigation that the provider began.
    assert "HttpOnly" in session[0]
    assert "SameSite=lax" in session[0]
    assert client.get("/_stcore/health").json == {"actor": "zhangsan"}
    entry = last(store)
    assert (entry.action, entry.actor, entry.reason) == ("sign_in", "zhangsan", "统一身份认证")
    found = sessions.list_sessions(store, as_actor(person))[0]
    assert found.address == "10.0.0.7"


def test_a_secret_in_a_file_and_one_sent_in_the_form_work_too(
    client: Browser,
    person: User,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    file = tmp_path / "secret"
    file.write_text(CLIENT_SECRET + "\n")
    monkeypatch.setattr(settings(), "oidc_client_secret_file", file)
    monkeypatch.setattr(settings(), "oidc_client_secret", SecretStr("wrong"))
    assert back(client, provider).status == 303
    file.unlink()
    client.cookies.clear()
    assert client.get("/sso", **HTML).status == 503


def test_the_session_before_ends_and_a_due_password_is_not_asked_for(
    client: Browser, provider: Provider, store: Store, enter: Enter
) -> None:
    newcomer = make_user(store, "xinren", must_change=True)
    query = begun(client)
    old = enter(make_user(store, "bieren"))
    state = parse_qs(query)["state"][0]
    code = provider.code_for("xinren", query)
    assert client.get(f"/sso/callback?code={code}&state={state}", **HTML).location == "/map"
    assert sessions.actor_for(store, old) is None
    assert client.get("/_stcore/health").json == {"actor": "xinren"}
    enter(newcomer)
    assert client.get("/map", **HTML).location == "/password"


def test_whoever_is_signed_in_is_not_sent_away(
    client: Browser, person: User, provider: Provider, enter: Enter
) -> None:
    enter(person)
    assert client.get("/sso?next=/map", **HTML).location == "/map"
    assert provider.asked == []


@pytest.mark.parametrize("target", ["//evil.example/x", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_afterwards(
    client: Browser, person: User, provider: Provider, target: str
) -> None:
    query = begun(client, target)
    state, code = parse_qs(query)["state"][0], provider.code_for("zhangsan", query)
    answer = client.get(f"/sso/callback?code={code}&state={state}&next={quote(target)}", **HTML)
    assert (answer.status, answer.location) == (303, "/")


def test_a_callback_that_this_browser_did_not_begin_is_refused(
    client: Browser, person: User, provider: Provider
) -> None:
    refused(back(client, provider, state="other"), "已过期，或不是从本页面开始", 400)
    query = begun(client)
    state, code = parse_qs(query)["state"][0], provider.code_for("zhangsan", query)
    address = f"/sso/callback?code={code}&state={state}"
    cookie = client.cookies.pop(STATE_COOKIE)
    refused(client.get(address, **HTML), "已过期，或不是从本页面开始", 400)
    for made_up in ("x", "a.b.c.d", cookie[:-1] + ("0" if cookie[-1] != "0" else "1")):
        client.cookies[STATE_COOKIE] = made_up
        refused(client.get(address, **HTML), "已过期，或不是从本页面开始", 400)
    assert "/token" not in provider.asked
    client.cookies[STATE_COOKIE] = cookie
    assert client.get(address, **HTML).status == 303


def test_a_sign_on_is_good_for_ten_minutes(
    client: Browser, person: User, provider: Provider, set_clock: SetClock
) -> None:
    query = begun(client)
    state, code = parse_qs(query)["state"][0], provider.code_for("zhangsan", query)
    set_clock.forward(minutes=10, seconds=1)
    answer = client.get(f"/sso/callback?code={code}&state={state}", **HTML)
    refused(answer, "已过期，或不是从本页面开始", 400)


def test_a_sign_on_is_good_once_even_where_the_provider_takes_codes_twice(
    client: Browser, person: User, provider: Provider
) -> None:
    query = begun(client)
    state, code = parse_qs(query)["state"][0], provider.code_for("zhangsan", query)
    address, cookie = f"/sso/callback?code={code}&state={state}", client.cookies[STATE_COOKIE]
    assert client.get(address, **HTML).status == 303
    refused(client.get(address, **HTML), "已过期，或不是从本页面开始", 400)
    client.cookies[STATE_COOKIE] = cookie
    refused(client.get(address, **HTML), "统一身份认证没有通过")
    provider.code_for("zhangsan", query)
    client.cookies[STATE_COOKIE] = cookie
    again = provider.code_for("zhangsan", query)
    answer = client.get(f"/sso/callback?code={again}&state={state}", **HTML)
    refused(answer, "不能登录本系统")


@pytest.mark.parametrize(
    "name", ["nobody", "tingyong", "ｚｈａｎｇｓａｎ", " zhangsan", "sta\ufb00", "z" * 99]
)
def test_unknown_and_closed_accounts_get_one_answer_and_are_on_record(
    client: Browser, person: User, provider: Provider, store: Store, name: str
) -> None:
    accounts.set_disabled(store, SYSTEM, make_user(store, "tingyong").id, True)
    make_user(store, "staff")
    refused(back(client, provider, name), "您的统一身份认证账号不能登录本系统")
    entry = last(store)
    assert (entry.action, entry.after) == ("sign_in_failed", {"address": "10.0.0.7"})
    closed = name == "tingyong"
    assert entry.reason == f"统一身份认证：{'用户已停用' if closed else '没有这个用户'}"
    assert len(accounts.list_users(store, SYSTEM)) == 3, "the provider makes no accounts"


def test_wrong_passwords_keep_nobody_out_who_comes_by_single_sign_on(
    client: Browser, person: User, provider: Provider, store: Store
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            authenticate(store, "zhangsan", "wrong-1234", "10.0.0.9")
    assert back(client, provider).status == 303
    with pytest.raises(SignInRefused):
        authenticate(store, "zhangsan", PASSWORD, "10.0.0.9")


def test_the_provider_may_say_no(client: Browser, person: User, provider: Provider) -> None:
    state = parse_qs(begun(client))["state"][0]
    said = "error_description=%3Cscript%3Ealert(1)%3C/script%3E"
    answer = client.get(f"/sso/callback?error=access_denied&{said}&state={state}", **HTML)
    refused(answer, "您没有完成统一身份认证")
    assert "alert(1)" not in answer.text
    state = parse_qs(begun(client))["state"][0]
    answer = client.get(f"/sso/callback?error=server_error&state={state}", **HTML)
    refused(answer, "统一身份认证服务报告了错误")


LIES: dict[str, Callable[[Provider], None]] = {
    "a token of another sign-on": lambda it: setattr(
        it, "claims", lambda claims: {**claims, "nonce": "other"}
    ),
    "a token that nobody signed": lambda it: setattr(
        it, "sign", lambda claims: by_hand({"alg": "none"}, claims, lambda _: b"")
    ),
    "an error": lambda it: it.answers.update({"/token": PlainTextResponse("x", status_code=500)}),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_believed_is_one_clear_page_and_nothing_of_it_is_logged(
    client: Browser, person: User, provider: Provider, lie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every other lie is in tests/ledger/people/test_oidc.py."""
    LIES[lie](provider)
    with caplog.at_level(logging.DEBUG):
        answer = back(client, provider)
    refused(answer, "用用户名和密码登录")
    assert "single sign-on failed" in caplog.text
    assert "eyJ" not in answer.text + caplog.text, "the beginning of every token"
    assert CLIENT_SECRET not in answer.text + caplog.text


def test_a_provider_that_is_down_leaves_the_password(
    client: Browser, person: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "oidc_issuer", "http://127.0.0.1:9")
    answer = client.get("/sso?next=/map", **HTML)
    assert answer.status == 503
    assert "连不上统一身份认证服务" in answer.text
    assert 'name="password"' in answer.text
    assert 'name="next" value="/map"' in answer.text
