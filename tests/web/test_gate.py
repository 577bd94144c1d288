"""Nothing opens without a session; whatever is taken away is gone at the next message."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.people import accounts, resetting, sessions
from ledger.people.users import User
from ledger.storage import Store
from pages._web import gate
from tests.people import OTHER_PASSWORD, SetClock, make_user
from tests.web.visiting import Browser, SocketClosed

HTML = {"accept": "text/html"}
Enter = Callable[[User], str]

# Every kind of path that Streamlit serves (streamlit/web/server/starlette), and our own data.
PARTS = [
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/allowed-message-origins",
    "/_stcore/upload_file/session/file",
    "/_stcore/bidi-components/x/y.js",
    "/_stcore/../_stcore/health",
    "/media/0123.png",
    "/component/streamlit_folium.st_folium/index.html",
    "/static/js/index.js",
    "/static/css/index.css",
    "/favicon.png",
    "/manifest.json",
    "/app/static/x",
    "/assets/leaflet/leaflet.js",
    "/assets/markercluster/leaflet.markercluster.js",
    "/assets/app/words.js",
    "/assets/app/../../app.py",
    "/areas/root.geojson",
    "/institutions/points.json",
    "/tiles/1/1/1",
    "/session",
    "/signin/../_stcore/health",
    "/SIGNIN",
    "/signin/",
    "/healthz/x",
]


@pytest.fixture(autouse=True)
def somebody(store: Store) -> User:
    return make_user(store, "zhangsan", Role.OFFICE_STAFF)


def test_parts_of_pages_need_a_session(client: Browser) -> None:
    opened = {path: client.get(path).status for path in PARTS}
    assert opened == dict.fromkeys(PARTS, 401)
    as_pages = {path: client.get(path, **HTML).status for path in PARTS}
    assert set(as_pages.values()) <= {303, 401}


def test_every_method_needs_a_session(client: Browser) -> None:
    methods = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")
    assert [client.request(method, "/map", HTML).status for method in methods] == [401] * 5


@pytest.mark.parametrize(
    "path", ["/_stcore/agent/interact", "/_stcore/agent", "/_stcore/agent/mcp"]
)
def test_streamlits_interface_for_programs_is_closed_to_all(
    client: Browser, enter: Enter, somebody: User, path: str
) -> None:
    assert client.post(path).status == 404
    enter(somebody)
    assert client.post(path).status == 404


@pytest.mark.parametrize("path", ["/signin", "/healthz", "/readyz", "/assets/app/forms.css"])
def test_what_is_open(client: Browser, path: str) -> None:
    assert client.get(path).status == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/signin"),
        ("/map", "/signin?next=/map"),
        ("/map?area=9901&x=1", "/signin?next=/map%3Farea%3D9901%26x%3D1"),
        ("/setup", "/signin?next=/setup"),
    ],
)
def test_pages_lead_to_sign_in(client: Browser, path: str, target: str) -> None:
    answer = client.get(path, **HTML)
    assert (answer.status, answer.location) == (303, target)


def test_with_a_session_the_actor_comes_through(
    client: Browser, enter: Enter, somebody: User
) -> None:
    enter(somebody)
    assert client.get("/_stcore/health").json == {"actor": "zhangsan"}


def test_a_made_up_cookie_opens_nothing(client: Browser) -> None:
    client.cookies[gate.SESSION_COOKIE] = "made-up"
    assert client.get("/_stcore/health").status == 401


@pytest.mark.parametrize("how", ["ended", "disabled", "password", "role", "idle", "age"])
def test_a_session_that_is_over_opens_nothing(
    client: Browser,
    enter: Enter,
    store: Store,
    somebody: User,
    set_clock: SetClock,
    how: str,
) -> None:
    token = enter(somebody)
    assert client.get("/_stcore/health").status == 200
    match how:
        case "ended":
            sessions.end_session(store, token)
        case "disabled":
            accounts.set_disabled(store, SYSTEM, somebody.id, True)
        case "password":
            resetting.reset_password(store, SYSTEM, somebody.id, OTHER_PASSWORD)
        case "role":
            accounts.set_role_and_scope(store, SYSTEM, somebody.id, "auditor", "*")
        case "idle":
            set_clock.forward(minutes=settings().session_idle_minutes, seconds=1)
        case "age":
            set_clock.forward(minutes=settings().session_absolute_minutes + 1)
    assert client.get("/_stcore/health").status == 401
    assert client.get("/map", **HTML).location == "/signin?next=/map"


def test_mere_parts_of_a_page_outlive_a_session_by_seconds_only(
    client: Browser, enter: Enter, store: Store, somebody: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = enter(somebody)
    now = 1_000.0
    monkeypatch.setattr(gate.time, "monotonic", lambda: now)
    assert client.get("/static/js/x.js").status == 200
    sessions.end_session(store, token)
    assert client.get("/_stcore/health").status == 401, (
        "what belongs to somebody is asked for each time"
    )
    assert client.get("/static/js/x.js").status == 401, "and who was refused is forgotten"
    token = enter(somebody)
    assert client.get("/static/js/x.js").status == 200
    sessions.end_session(store, token)
    assert client.get("/static/js/x.js").status == 200
    now += 6
    assert client.get("/static/js/x.js").status == 401


def test_asking_whether_the_session_stands_does_not_keep_it_alive(
    client: Browser, enter: Enter, somebody: User, set_clock: SetClock
) -> None:
    enter(somebody)
    set_clock.forward(minutes=settings().session_idle_minutes)
    assert client.get("/session").status == 204
    set_clock.forward(seconds=1)
    assert client.get("/session").status == 401


def test_a_page_hears_that_somebody_else_is_signed_in(
    client: Browser, enter: Enter, store: Store, somebody: User
) -> None:
    enter(somebody)
    page = client.get("/map", **HTML).text
    person = re.search('data-person="([0-9]+)"', page)[1]
    assert person == str(somebody.id)
    assert client.get(f"/session?person={person}").status == 204
    enter(make_user(store, "lisi", display_name="李<四>"))
    assert client.get(f"/session?person={person}").status == 409
    said = client.get("/other-person", **HTML).text
    assert "现在以“李&lt;四&gt;”登录" in said
    client.cookies.clear()
    assert client.get(f"/session?person={person}").status == 401
    assert client.get("/other-person", **HTML).status == 303


def test_a_socket_without_a_session_is_closed_before_it_opens(client: Browser) -> None:
    with pytest.raises(SocketClosed) as caught, client.socket("/_stcore/stream"):
        pytest.fail("opened")
    assert caught.value.code == 1008


def test_a_socket_of_another_site_is_closed(client: Browser, enter: Enter, somebody: User) -> None:
    enter(somebody)
    foreign = {"origin": "http://evil.example"}
    with (
        pytest.raises(SocketClosed),
        client.socket("/_stcore/stream", **foreign),
    ):
        pytest.fail("opened")


@pytest.mark.parametrize("how", ["ended", "disabled", "scope"])
def test_an_open_socket_ends_with_its_session(
    client: Browser,
    enter: Enter,
    store: Store,
    somebody: User,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setattr(gate, "_CHECK_SOCKET_EVERY", 0.0)
    token = enter(somebody)
    with client.socket("/_stcore/stream") as socket:
        assert socket.ask("rerun") == "zhangsan"
        match how:
            case "ended":
                sessions.end_session(store, token)
            case "disabled":
                accounts.set_disabled(store, SYSTEM, somebody.id, True)
            case "scope":
                accounts.set_role_and_scope(store, SYSTEM, somebody.id, "admin", "*")
        with pytest.raises(SocketClosed) as caught:
            socket.ask("rerun")
    assert caught.value.code == 4401


def test_a_due_password_opens_nothing_else(client: Browser, enter: Enter, store: Store) -> None:
    enter(make_user(store, "newcomer", must_change=True))
    assert client.get("/map", **HTML).location == "/password"
    assert client.get("/_stcore/health").status == 403
    assert client.get("/password", **HTML).status == 200
    with pytest.raises(SocketClosed), client.socket("/_stcore/stream"):
        pytest.fail("opened")


def test_requests_that_change_something_come_from_our_own_pages(
    client: Browser, enter: Enter, somebody: User
) -> None:
    enter(somebody)
    assert client.post("/x", origin="http://evil.example").status == 403
    assert client.post("/x", origin="null").status == 403
    assert client.post("/x", origin="http://office.example").status == 200


def test_an_unusable_database_is_said_plainly(
    client: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    settings.cache_clear()
    client.cookies[gate.SESSION_COOKIE] = "whatever"
    answer = client.get("/map", **HTML)
    assert answer.status == 503
    assert "python -m ledger init" in answer.text
    assert client.get("/healthz").status == 200
    assert client.get("/readyz").status == 503
