"""The tools of the browser tests do what the tests rely on."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import POLICY_WORD, Watch, is_foreign
from tests.browser.conftest import wait_until_idle
from tests.browser.people import DESKTOP, Browsers
from tests.browser.serving import Server, running_server

SLOW_SCRIPT = """
import time
import streamlit as st

st.write("started")
time.sleep(1)
st.write("done")
"""
PAGE_BEYOND_ITS_POLICY = (
    "data:text/html,<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
    "<script>document.title = 'it ran'</script>"
)
PAGE_THAT_CALLS_OUT = """
<img src="https://pictures.example.net/a.png" onerror="document.title = 'refused'">
<img src="http://10.0.0.1/c.png"><link rel="prefetch" href="https://ahead.example.net/d">
<script>
  console.error("a complaint");
  new WebSocket("wss://sockets.example.net/b");
  setTimeout(() => { throw new Error("a mishap"); }, 0);
</script>
"""


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on the small office, which is quickly made."""
    return office_server


@pytest.mark.parametrize(
    ("address", "foreign"),
    [
        ("http://127.0.0.1:8501/", False),
        ("ws://localhost:8501/_stcore/stream", False),
        ("http://[::1]:8501/", False),
        ("data:image/png;base64,AAAA", False),
        ("https://cdn.jsdelivr.net/npm/leaflet", True),
        ("http://localhost.example.net/", True),
        ("http://10.0.0.1/", True),
        ("file:///etc/passwd", True),
    ],
)
def test_foreign_addresses_are_told_apart(address: str, foreign: bool) -> None:
    assert is_foreign(address) is foreign


def test_watch_sees_what_a_page_asks_of_other_hosts(chromium: Browser) -> None:
    record = Watch()
    context = chromium.new_context()
    record.over(context)
    page = context.new_page()
    page.set_content(PAGE_THAT_CALLS_OUT)
    expect(page).to_have_title("refused")
    page.wait_for_timeout(200)
    context.close()
    assert sorted(record.foreign) == [
        "http://10.0.0.1/c.png",
        "https://ahead.example.net/d",
        "https://pictures.example.net/a.png",
        "wss://sockets.example.net/b",
    ]
    said = "\n".join(record.errors)
    assert "a complaint" in said
    assert "a mishap" in said


def test_watch_hears_what_a_policy_forbids(chromium: Browser) -> None:
    record = Watch()
    context = chromium.new_context()
    record.over(context)
    page = context.new_page()
    with context.expect_console_message(lambda message: message.text.startswith(POLICY_WORD)):
        page.goto(PAGE_BEYOND_ITS_POLICY)
    context.close()
    (breach,) = record.breaches()
    assert "script-src" in breach
    record.forget()
    assert record.errors == []


@pytest.mark.thorough
def test_a_window_is_handed_on_as_new(browsers: Browsers, server: Server) -> None:
    page = browsers.page(server.url)
    page.goto("/healthz")
    page.evaluate("localStorage.setItem('mine', '1')")
    page.context.add_cookies([{"name": "mine", "value": "1", "url": server.url}])
    page.context.set_offline(True)
    page.set_viewport_size({"width": 300, "height": 300})
    other = page.context.new_page()
    browsers.give_back()
    again = browsers.page(server.url)
    assert again == page
    assert other.is_closed()
    assert page.context.cookies() == []
    assert page.viewport_size == DESKTOP
    page.goto("/healthz")
    assert page.evaluate("localStorage.length") == 0
    page.close()
    browsers.give_back()
    assert browsers.in_use() == []
    assert browsers.page(server.url) != page
    browsers.give_back()


@pytest.mark.thorough
def test_server_serves_and_ends(chromium: Browser, tmp_path: Path) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW_SCRIPT, encoding="utf-8")
    with running_server(tmp_path, "sqlite://", script=script, health="/_stcore/health") as running:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(running.url)
        wait_until_idle(page)
        assert "done" in page.inner_text("body")
        context.close()
        port = urlsplit(running.url).port
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port or 0)) != 0
