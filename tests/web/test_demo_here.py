"""A demo is served to this machine alone, unless somebody says that it may be open."""

from __future__ import annotations

import pytest

from ledger.domain.settings import settings
from ledger.storage import Store
from ledger.storage.purpose import declare
from pages._web.demo_here import why_not_to_start
from tests.web.visiting import Browser, SocketClosed

HTML = {"accept": "text/html"}
HERE = ("127.0.0.1", "::1", "localhost", "127.8.9.1")
ELSEWHERE = (None, "", "0.0.0.0", "::", "192.168.1.8", "ledger.example.cn")  # noqa: S104


@pytest.fixture
def demo(store: Store) -> None:
    with store.writing() as connection:
        declare(connection, "demo")


@pytest.mark.usefixtures("demo")
def test_a_demo_does_not_start_where_others_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [why_not_to_start(address) for address in HERE] == [None] * len(HERE)
    for address in ELSEWHERE:
        assert "LEDGER_DEMO_OPEN=yes" in (why_not_to_start(address) or ""), address
    monkeypatch.setenv("LEDGER_DEMO_OPEN", "yes")
    settings.cache_clear()
    assert [why_not_to_start(address) for address in ELSEWHERE] == [None] * len(ELSEWHERE)
    settings.cache_clear()


@pytest.mark.usefixtures("store")
def test_an_office_starts_anywhere() -> None:
    assert [why_not_to_start(address) for address in ELSEWHERE] == [None] * len(ELSEWHERE)


@pytest.mark.usefixtures("demo")
def test_a_demo_refuses_whom_a_proxy_passes_on(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test's browser comes from 10.0.0.7, as by a proxy that tells addresses."""
    refused = client.get("/signin", **HTML)
    assert (refused.status, "LEDGER_DEMO_OPEN=yes" in refused.text) == (403, True)
    with pytest.raises(SocketClosed), client.socket("/_stcore/stream"):
        pass
    assert client.get("/healthz").status == 200
    monkeypatch.setenv("LEDGER_DEMO_OPEN", "yes")
    settings.cache_clear()
    assert client.get("/signin", **HTML).status != 403
    settings.cache_clear()


def test_an_office_is_open_to_others(client: Browser) -> None:
    assert client.get("/signin", **HTML).status == 303
