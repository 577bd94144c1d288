"""Streamlit's own scripts and styles: packed, kept for good by browsers, behind the gate."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
import streamlit

from ledger.domain.access import Role
from ledger.storage import Store
from pages._cookies import SESSION_COOKIE
from pages._web.front_end import HASHED
from tests.people import make_user, token_of
from tests.web.visiting import Browser

STATIC = Path(streamlit.__file__).parent / "static"
FRAME = "/component/streamlit_folium.st_folium/index.html"
GZIP = {"accept-encoding": "gzip, br"}


@pytest.fixture
def inside(client: Browser, store: Store) -> Browser:
    user = make_user(store, "zhangsan", Role.OFFICE_STAFF)
    client.cookies[SESSION_COOKIE] = token_of(store, user)
    return client


def parts_of_the_index() -> list[str]:
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    return [f"/{part}" for part in re.findall(r'(static/(?:js|css)/[\w.-]+)"', text)]


def test_every_part_of_the_index_page_comes_as_it_lies_on_the_disk(inside: Browser) -> None:
    parts = parts_of_the_index()
    assert len(parts) > 20
    for part in parts:
        answer = inside.get(part, **GZIP)
        assert answer.status == 200
        assert gzip.decompress(answer.body) == (STATIC / part.strip("/")).read_bytes()


def test_parts_are_kept_for_good_and_the_frame_is_asked_for_again(inside: Browser) -> None:
    part = inside.get(parts_of_the_index()[0], **GZIP).headers
    assert part["cache-control"] == HASHED
    assert part["content-type"].startswith("text/javascript")
    frame = inside.get(FRAME, **GZIP)
    assert frame.headers["cache-control"] == "no-cache"
    assert frame.headers["content-type"].startswith("text/html")
    assert inside.get(FRAME, **GZIP, **{"if-none-match": frame.headers["etag"]}).status == 304


@pytest.mark.parametrize(
    "path", ["/static/js/../index.html", "/static/js/nothing.js", "/static/../../x.js"]
)
def test_only_what_was_there_is_answered(inside: Browser, path: str) -> None:
    answer = inside.get(path)
    assert answer.headers.get("content-encoding") is None
    assert answer.json == {"actor": "zhangsan"}  # went on to what lies behind


def test_without_a_session_there_is_nothing(client: Browser, store: Store) -> None:
    make_user(store, "zhangsan", Role.OFFICE_STAFF)
    assert client.get(parts_of_the_index()[0]).status == 401
