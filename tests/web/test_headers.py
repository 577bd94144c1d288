"""Headers on every answer, and the index page in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ledger.people.users import User
from ledger.storage import Store, options
from pages._web import image_origin
from pages._web.headers import content_security_policy
from pages._web.translation import translated
from tests.people import make_user
from tests.web.visiting import Browser

HTML = {"accept": "text/html"}


def test_every_answer_carries_the_headers(client: Browser, store: Store) -> None:
    make_user(store, "zhangsan")
    for path in ("/signin", "/healthz", "/map", "/_stcore/health", "/assets/app/forms.css"):
        headers = client.get(path).headers
        assert re.search("default-src '(self|none)'", headers["content-security-policy"])
        assert re.search("frame-ancestors '(self|none)'", headers["content-security-policy"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-robots-tag"] == "noindex, nofollow"


def test_a_hosts_name_cannot_add_to_the_policy() -> None:
    assert "ws://office.example" in content_security_policy("office.example")
    assert "evil" not in content_security_policy("x; script-src evil")


@pytest.mark.parametrize(
    ("basemap", "origin"),
    [
        ({}, None),
        ({"kind": "none", "url": "https://tiles.example/{z}"}, None),
        ({"kind": "mbtiles", "path": "/x.mbtiles"}, None),
        (
            {"kind": "xyz", "url": "https://tiles.example:8443/{z}/{x}/{y}"},
            "https://tiles.example:8443",
        ),
        ({"kind": "xyz", "url": "https://{s}.tiles.example/{z}"}, "https://*.tiles.example"),
        ({"kind": "wmts", "url": "http://10.1.2.3/wmts?z={z}"}, "http://10.1.2.3"),
        ({"kind": "xyz", "url": "https://a.example; script-src x/{z}"}, None),
        ({"kind": "xyz", "url": "javascript:alert(1)"}, None),
        ({"kind": "xyz", "url": None}, None),
    ],
)
def test_only_the_basemaps_server_is_let_in(basemap: dict, origin: str | None) -> None:
    assert image_origin.origin_of(basemap) == origin


def test_the_policy_follows_the_setting(
    client: Browser,
    enter: Callable[[User], str],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter(make_user(store, "zhangsan"))
    monkeypatch.setattr(image_origin, "_KEEP", 0.0)
    before = client.get("/map", **HTML).headers["content-security-policy"]
    assert "tiles.example" not in before
    with store.writing() as connection:
        options.write(connection, "basemap", {"kind": "xyz", "url": "https://tiles.example/{z}"})
    policy = client.get("/map", **HTML).headers["content-security-policy"]
    assert "tiles" not in client.get("/signin", **HTML).headers["content-security-policy"]
    assert "img-src 'self' data: blob: https://tiles.example;" in policy


def test_the_index_page_is_chinese_and_whole(
    client: Browser, enter: Callable[[User], str], store: Store
) -> None:
    enter(make_user(store, "zhangsan"))
    answer = client.get("/map", **HTML, if_none_match='"index"', accept_encoding="gzip")
    assert answer.status == 200
    assert '<html lang="zh-CN">' in answer.text
    assert "<title>养老服务风险台账</title>" in answer.text
    assert '<script src="/assets/page.js" ' in answer.text
    assert "You need" not in answer.text
    assert "agent" not in answer.text
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert "etag" not in answer.headers


def test_streamlits_real_index_page_is_understood() -> None:
    from pathlib import Path

    import streamlit

    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    result = translated(page)
    assert 'lang="zh-CN"' in result
    assert "<title>养老服务风险台账</title>" in result
    assert result.index("/assets/page.js") < result.index('type="module"')
    assert "enable JavaScript" not in result
    assert "service-desc" not in result
    assert "SourceSans" not in result
    assert "<script>" not in result, "the page's policy lets no inline script run"


def test_sign_in_pages_are_left_alone(client: Browser, store: Store) -> None:
    make_user(store, "zhangsan")
    assert "page.js" not in client.get("/signin", **HTML).text
