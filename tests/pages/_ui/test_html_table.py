"""HTML tables: every text in them is letters, wherever in the table it stands."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from pages._text import safe
from pages._ui.html_table import Cell, Row, html_table
from tests.pages.builders import HOSTILE

OURS = {"div", "table", "thead", "tbody", "tr", "th", "td", "bdi"}


class _Read(HTMLParser):
    """The tags of a text, their attributes, and what stands between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.said += data


def read(html: str) -> _Read:
    parser = _Read()
    parser.feed(html)
    parser.close()
    return parser


@given(st.text() | st.just(HOSTILE) | st.just('" onmouseover="x'))
def test_a_text_is_inert_in_every_place(text: str) -> None:
    rows = [(text, Cell(text, look=text, span=2)), Row((Cell(text, head=True),), look=text)]
    found = read(html_table((text, Cell(text, look=text)), rows, look=text, frame="x", label=text))
    assert set(found.tags) <= OURS
    names = {name for name, _ in found.attributes}
    assert names <= {"class", "colspan", "scope", "dir", "tabindex", "role", "aria-label"}


def test_hostile_texts_are_read_as_they_were_written() -> None:
    assert read(html_table((), [[HOSTILE]])).said == HOSTILE


def test_html_that_says_so_stays_html() -> None:
    link = Markup('<a href="x">{}</a>').format(safe("<b>"))
    table = html_table(("名称",), [[link]])
    assert '<td><a href="x"><bdi dir="auto">&lt;b&gt;</bdi></a></td>' in table


@pytest.mark.parametrize("number", ["1,234", "12.5%", "-3", "", 7])
def test_numbers_keep_their_form(number: object) -> None:
    assert f"<td>{number}</td>" in html_table((), [[number]])


def test_only_a_text_that_may_run_backwards_has_a_direction_of_its_own() -> None:
    table = html_table((), [["海棠村(社区)：2 场，▲ 未开展", "\u05e9\u05dc\u05d5\u05dd 3"]])
    assert "<td>海棠村(社区)：2 场，▲ 未开展</td>" in table
    assert '<td><bdi dir="auto">\u05e9\u05dc\u05d5\u05dd 3</bdi></td>' in table


def test_looks_spans_heads_and_frame() -> None:
    table = html_table(
        ("甲", Cell("乙", look="number")),
        [
            Row((Cell("丙", head=True), Cell("丁", look="late")), look="chosen"),
            [Cell("戊", span=2)],
        ],
        look="log",
        frame="log-frame",
        label="日志",
    )
    plain = re.sub("</?bdi[^>]*>", "", table)
    assert plain == (
        '<div class="log-frame" tabindex="0" role="region" aria-label="日志"><table class="log">'
        '<thead><tr><th scope="col">甲</th><th scope="col" class="number">乙</th></tr></thead>'
        '<tbody><tr class="chosen"><th scope="row">丙</th><td class="late">丁</td></tr>'
        '<tr><td colspan="2">戊</td></tr></tbody></table></div>'
    )
