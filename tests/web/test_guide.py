"""The manual is read within the application, whole, with every picture and page that it names."""

from __future__ import annotations

import gzip
import re
from urllib.parse import unquote

import pytest

from pages._web import guide
from tests.web.calling import Answer, get

GZIP = {"Accept-Encoding": "gzip"}


def ask(url: str) -> Answer:
    return get(guide.ROUTES, url, None, GZIP)


def html(url: str) -> str:
    answer = ask(url)
    assert answer.status == 200, url
    return gzip.decompress(answer.body).decode()


def test_the_manual_is_whole_and_loads_nothing_from_elsewhere() -> None:
    text = html("/guide")
    written = (guide.DOCS / "guide.md").read_text(encoding="utf-8")
    assert text.count("<h2 ") == len(re.findall(r"^## ", written, re.MULTILINE)) > 10
    assert not re.search(r"""(src|href)=["']?(https?:|//)""", text)
    policy = ask("/guide").headers["content-security-policy"]
    assert "default-src 'none'" in policy


def test_what_scrolls_in_the_manual_is_reached_by_the_keyboard() -> None:
    assert set(re.findall(r"<pre[^>]*>", html("/guide"))) == {'<pre tabindex="0">'}


@pytest.mark.parametrize("page", ["/guide", *(f"/guide/{name}" for name in guide.REFERENCE)])
def test_every_link_and_picture_leads_somewhere(page: str) -> None:
    text = html(page)
    ids = set(re.findall(r'id="([^"]+)"', text))
    for target in re.findall(r'(?:src|href)="([^"]+)"', text):
        path, _, place = unquote(target).partition("#")
        if path.startswith("/guide"):
            assert ask(path).status == 200, target
        elif not path:
            assert place in ids, target
        else:
            assert path == "/" or path.startswith("/assets/app/"), target


def test_what_is_no_page_of_the_manual_is_not_served() -> None:
    for url in ("/guide/modules", "/guide/..%2Fsecurity", "/guide/pictures/..%2Fguide.md"):
        assert ask(url).status == 404, url


def test_text_in_the_manual_stays_text() -> None:
    _, contents, body = guide.page_of("# 甲\n\n## <b>乙</b>\n\n<script>x</script>\n")
    assert "<script>" not in body
    assert contents == ["<b>乙</b>"]


def test_lines_of_chinese_join_without_a_blank_and_marks_stay_out_of_the_contents() -> None:
    _, contents, body = guide.page_of("## 台账 `areas`\n\n等几秒\n再试 x\ny\n")
    assert contents == ["台账 areas"]
    assert "等几秒再试 x\ny" in body
