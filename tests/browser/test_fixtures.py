"""The tools of the browser tests do what the tests rely on."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import Watch, is_foreign
from tests.browser.conftest import wait_until_idle
from tests.browser.serving import running_server

SLOW_SCRIPT = """
import time
import streamlit as st

st.write("started")
time.sleep(1)
st.write("done")
"""
PAGE_THAT_CALLS_OUT = """
<img src="https://pictures.example.net/a.png" onerror="document.title = 'refused'">
<script>
  console.error("a complaint");
  new WebSocket("wss://sockets.example.net/b");
  setTimeout(() => { throw new Error("a mishap"); }, 0);
</script>
"""


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
        "https://pictures.example.net/a.png",
        "wss://sockets.example.net/b",
    ]
    said = "\n".join(record.errors)
    assert "a complaint" in said
    assert "a mishap" in said


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
