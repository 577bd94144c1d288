"""A city's site as deploy/ describes it: nginx in front of two processes and one database.

One site for all tests, in the order of a day: the last ones kill a process, so they stand last.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.people import accounts, passwords, sessions
from ledger.people.users import find_user
from ledger.storage import Store, migrate, open_store
from tests.deploy import site as sites
from tests.deploy.site import NAME, Answer, Site, Visitor
from tests.ledger.conftest import COUNTY, draw_county
from tests.people import PASSWORD
from tests.postgres.cluster import Cluster, programs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
MEGABYTE = 1024 * 1024
PHONE = "13800001234"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one key file of all processes."""
    return tmp_path_factory.mktemp("keys") / "city.key"


@pytest.fixture(scope="module")
def city(key_file: Path) -> Iterator[Store]:
    """The database: a small county and three people."""
    if programs() is None:
        pytest.skip("no PostgreSQL server: run .ci/prepare-postgres")
    if sites.nginx_program() is None:
        pytest.skip("no nginx: run .ci/prepare-nginx")
    cluster = Cluster().create().start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_KEY_FILE", str(key_file))
        patch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
        settings.cache_clear()
        store = open_store(cluster.url(cluster.fresh()))
        migrate(store)
        draw_county(store)
        for name in ("jingban", "duoren", "lingdao"):
            accounts.add_user(store, SYSTEM, name, Role.LEADER, COUNTY, PASSWORD)
    settings.cache_clear()
    yield store
    store.dispose()
    cluster.remove()


@pytest.fixture(scope="module")
def site(city: Store, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """nginx and two processes of the application in front of it."""
    folder = tmp_path_factory.mktemp("site")
    environment = {
        "LEDGER_DATABASE_URL": city.engine.url.render_as_string(hide_password=False),
        "LEDGER_KEY_FILE": str(key_file),
        "LEDGER_SECURE_COOKIES": "true",
        "LEDGER_MINIMUM_FREE_MEGABYTES": "1",
    }
    with sites.running(folder, environment) as running:
        yield running


@pytest.fixture(scope="module")
def clerk(site: Site) -> Visitor:
    """Somebody who signed in through nginx, with a forged address on the way."""
    visitor = Visitor(site)
    answer = visitor.sign_in("jingban", PASSWORD, x_forwarded_for="203.0.113.9")
    assert answer.status == 303, answer.body.decode()
    return visitor


def socket_of(visitor: Visitor, origin: str | None = None) -> ClientConnection:
    """The WebSocket of a Streamlit page, through nginx."""
    return connect(
        f"wss://{NAME}:{visitor.site.https}/_stcore/stream",
        sock=sites.connection_of(visitor.site, visitor.address),
        ssl=visitor.site.trust,
        server_hostname=NAME,
        origin=origin or visitor.origin,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers={"Cookie": visitor.cookie},
        compression=None,
        max_size=None,
        close_timeout=1,  # what the page has to say is not read, so nothing is heard of the end
    )


def first_message(socket: ClientConnection) -> ForwardMsg:
    """Ask for a page as Streamlit's own script does; the first thing that comes back."""
    asked = BackMsg()
    asked.rerun_script.query_string = ""
    socket.send(asked.SerializeToString())
    told = ForwardMsg()
    told.ParseFromString(socket.recv(timeout=60))  # type: ignore[arg-type]
    return told


def upload_address(socket: ClientConnection, page: str) -> str:
    """Where a page may put a file: only what it was told over its own socket is taken."""
    asked = BackMsg()
    asked.file_urls_request.request_id = "1"
    asked.file_urls_request.session_id = page
    asked.file_urls_request.file_names.append("a.xlsx")
    socket.send(asked.SerializeToString())
    told = ForwardMsg()
    while told.WhichOneof("type") != "file_urls_response":
        told.ParseFromString(socket.recv(timeout=60))  # type: ignore[arg-type]
    return told.file_urls_response.file_urls[0].upload_url


def lines_of(site: Site, path: str) -> list[str]:
    """nginx's own lines about a path."""
    return [line for line in site.log("ledger.access").splitlines() if f" {path} " in line]


def answered_by(visitor: Visitor, path: str) -> int:
    """The port of the process that answers a visitor, as nginx logs it a moment later."""
    before = len(lines_of(visitor.site, path))
    assert visitor.ask("GET", path).status in (200, 204)
    end = time.monotonic() + 20
    while len(found := lines_of(visitor.site, path)) == before:
        assert time.monotonic() < end, "nginx did not log the request"
        time.sleep(0.02)
    # Where one process was tried in vain, the other stands behind it.
    return int(found[-1].rpartition(":")[2])


def test_one_session_is_good_on_both_processes(site: Site, clerk: Visitor) -> None:
    for port in site.processes:
        assert clerk.ask("GET", "/session", straight_to=port).status == 204
    stranger = Visitor(site).ask("GET", "/session")
    assert stranger.status == 401


def test_plain_http_leads_to_https(site: Site) -> None:
    connection = sites.http.client.HTTPConnection("127.0.0.1", site.plain, timeout=10)
    connection.request("GET", "/signin?next=%2Ftodo", headers={"Host": NAME})
    response = connection.getresponse()
    assert (response.status, response.getheader("location")) == (
        301,
        f"https://{NAME}/signin?next=%2Ftodo",
    )
    connection.close()


def test_a_visitor_stays_with_one_process(site: Site, city: Store, clerk: Visitor) -> None:
    assert len({answered_by(clerk, "/areas/_.geojson") for _ in range(6)}) == 1
    # Many visitors are spread over both.
    user = find_user(city, "duoren")
    seen: set[int] = set()
    for _ in range(60):
        many = Visitor(site)
        many.cookies["ledger_session"] = sessions.open_session(city, user)
        seen.add(answered_by(many, "/session"))
        if len(seen) == 2:
            break
    assert seen == set(site.processes)


def test_the_page_s_socket_opens_with_a_session_only(site: Site, clerk: Visitor) -> None:
    with socket_of(clerk) as socket:
        assert first_message(socket).WhichOneof("type") == "new_session"
    for visitor, origin in ((Visitor(site), None), (clerk, "https://elsewhere.example")):
        with pytest.raises(InvalidStatus) as refused:
            socket_of(visitor, origin)
        assert refused.value.response.status_code == 403


def test_files_up_to_the_limit_pass_and_larger_ones_are_refused_clearly(clerk: Visitor) -> None:
    clerk.ask("GET", "/_stcore/health")
    token = {"x_xsrftoken": clerk.cookies.get("_streamlit_xsrf", ""), "origin": clerk.origin}
    with socket_of(clerk) as socket:
        page = first_message(socket).new_session.initialize.session_id
        kind = "multipart/form-data; boundary=b"
        start = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.xlsx"\r\n\r\n'
        end = b"\r\n--b--\r\n"
        path = upload_address(socket, page)
        body = start + bytes(settings().max_upload_megabytes * MEGABYTE - 1000) + end
        assert clerk.ask("PUT", path, body, content_type=kind, **token).status == 204
    # Told by its head alone; nobody waits for the rest.
    large = {"content_length": str(57 * MEGABYTE), "content_type": kind}
    answer = clerk.ask("PUT", path, **large, **token)
    assert (answer.status, "文件过大" in answer.body.decode()) == (413, True)


def test_what_is_for_watchers_is_not_there_from_outside(site: Site, clerk: Visitor) -> None:
    for visitor in (Visitor(site), clerk):
        for path in ("/metrics", "/healthz", "/readyz", "/metrics?x=1", "//metrics", "/./metrics"):
            answer = visitor.ask(
                "GET", path, x_forwarded_for="127.0.0.1", forwarded="for=127.0.0.1"
            )
            assert answer.status in (303, 401, 404), path
            assert b"ledger_" not in answer.body
    inside = Visitor(site, "127.0.0.1")
    assert inside.ask("GET", "/readyz").status == 200
    assert inside.ask("GET", "/metrics").status == 404
    port = next(iter(site.processes))
    assert b"ledger_http_requests_total" in inside.ask("GET", "/metrics", straight_to=port).body


def test_the_address_on_the_record_is_the_real_one(city: Store, clerk: Visitor) -> None:
    found = sessions.actor_for(city, clerk.cookies["ledger_session"], touch=False)
    assert found is not None
    assert found[1].address == sites.OUTSIDE


def headers_once(answer: Answer) -> None:
    for name in (
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "x-frame-options",
        "strict-transport-security",
    ):
        assert len(answer.all(name)) == 1, name
    assert not {"nginx", "uvicorn"} & {value.partition("/")[0] for value in answer.all("via")}
    assert answer.one("server") == "nginx"  # without a version


def test_headers_come_once_and_shapes_keep_their_etag(clerk: Visitor) -> None:
    headers_once(clerk.ask("GET", "/signin", accept="text/html"))
    shapes = clerk.ask("GET", "/areas/_.geojson", accept_encoding="gzip")
    headers_once(shapes)
    assert shapes.one("content-encoding") == "gzip"
    assert b"FeatureCollection" in gzip.decompress(shapes.body)
    etag = shapes.one("etag") or ""
    assert etag.startswith('"')
    again = clerk.ask("GET", "/areas/_.geojson", accept_encoding="gzip", if_none_match=etag)
    assert (again.status, again.body) == (304, b"")
    for line in clerk.ask("GET", "/signin", accept="text/html").all("set-cookie"):
        assert "secure" in line.lower()


def test_logs_hold_no_query(site: Site, clerk: Visitor) -> None:
    before = len(lines_of(site, "/institutions"))
    clerk.ask("GET", f"/institutions?text={PHONE}", accept="text/html", referer=f"/x?text={PHONE}")
    answered_by(clerk, "/session")  # whatever was asked before that is logged by now
    assert len(lines_of(site, "/institutions")) == before + 1
    for log in site.folder.glob("*.log"):
        assert PHONE not in log.read_text(encoding="utf-8", errors="replace"), log.name


def test_a_session_that_is_ended_on_one_process_ends_on_the_other(site: Site) -> None:
    visitor = Visitor(site)
    assert visitor.sign_in("lingdao", PASSWORD).status == 303
    one, other = site.processes
    assert visitor.ask("GET", "/session", straight_to=other).status == 204
    form = visitor.ask("GET", "/signout", accept="text/html").body.decode()
    token = form.partition('name="csrf" value="')[2].partition('"')[0]
    kept = dict(visitor.cookies)
    left = visitor.ask(
        "POST",
        "/signout",
        f"csrf={token}".encode(),
        straight_to=one,
        content_type="application/x-www-form-urlencoded",
        origin=visitor.origin,
    )
    assert left.status == 303
    visitor.cookies = kept
    assert [visitor.ask("GET", "/session", straight_to=port).status for port in (one, other)] == [
        401,
        401,
    ]


@pytest.mark.thorough
def test_when_a_process_dies_the_other_goes_on_without_signing_in(
    site: Site, clerk: Visitor
) -> None:
    mine = answered_by(clerk, "/areas/990101.geojson")
    with socket_of(clerk) as socket:
        first_message(socket)
        site.processes[mine].kill()
        site.processes[mine].wait()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(clerk.ask, "GET", f"/session?text={PHONE}") for _ in range(8)]
        assert {one.result().status for one in asked} == {204}
    (left,) = (port for port in site.processes if port != mine)
    assert answered_by(clerk, "/areas/990101.geojson") == left
    with socket_of(clerk) as socket:
        assert first_message(socket).WhichOneof("type") == "new_session"
    for log in site.folder.glob("ledger.*.log"):
        assert PHONE not in log.read_text(encoding="utf-8", errors="replace"), log.name


@pytest.mark.thorough
def test_when_both_are_gone_nginx_says_so_in_words(site: Site, clerk: Visitor) -> None:
    for process in site.processes.values():
        process.kill()
        process.wait()
    answer = clerk.ask("GET", f"/signin?text={PHONE}", accept="text/html")
    assert answer.status == 503
    assert "服务正在启动" in answer.body.decode()
    for log in site.folder.glob("ledger.*.log"):
        assert PHONE not in log.read_text(encoding="utf-8", errors="replace"), log.name
