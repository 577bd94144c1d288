"""Ledger text shown through Markdown or HTML means nothing but itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages._text import attribute, clip, plain, safe, shortened
from pages._ui.badges import tier_badge, tier_word
from pages.records.ledger.changes import CellChange
from pages.records.ledger.review import changes_table
from tests.pages.builders import HOSTILE


def _unescaped(markdown: str) -> str:
    """What remains of a Markdown text once every escaped mark is gone."""
    return re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown)


@given(st.text())
def test_no_mark_of_markdown_is_left_unescaped(text: str) -> None:
    assert not re.search(r"[!-/:-@\[-`{-~]", _unescaped(plain(text)))


@given(st.text())
def test_shown_markdown_reads_as_the_text_itself(text: str) -> None:
    shown = plain(text, 10_000).replace("\u2060", "")
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown) == clip(text, 10_000).replace("\u2060", "")


@pytest.mark.parametrize("text", [":smile:", ":material/home:", ":red[x]", "a -> b", "1 >= 2"])
def test_streamlit_finds_nothing_to_replace(text: str) -> None:
    read = re.sub(r"\\(.)", r"\1", plain(text))
    assert not re.search(r":[a-z]|->|>=", read)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def _tags(html: str) -> list[str]:
    parser = _Tags()
    parser.feed(html)
    return parser.tags


@given(st.text() | st.just(HOSTILE))
def test_html_of_a_text_holds_no_tag_but_ours(text: str) -> None:
    assert _tags(safe(text)) == ["bdi"]
    assert _tags(f'<a title="{attribute(text)}">') == ["a"]
    table = changes_table([CellChange(text, text, text, text, text)])
    assert set(_tags(table)) <= {"div", "table", "thead", "tbody", "tr", "th", "td", "b", "bdi"}


def test_overrides_of_direction_are_taken_out() -> None:
    assert "\u202e" not in safe("\u202e反写")
    assert clip("\u202eabc\u2066") == "abc"


def test_long_texts_are_cut_with_an_ellipsis_and_lines_joined() -> None:
    assert clip("长" * 100, 10) == "长" * 9 + "…"
    assert clip("一\n二\t三") == "一 二 三"


def test_what_is_cut_in_html_is_whole_under_the_mouse() -> None:
    assert shortened("短", 10) == safe("短")
    assert shortened('长"<i>' * 9, 6) == (
        f'<span title="{"长&#34;&lt;i&gt;" * 9}"><bdi dir="auto">长&quot;&lt;i&gt;…</bdi></span>'
    ).replace("&#34;", "&quot;")


def test_a_badge_says_its_tier_in_a_word() -> None:
    assert "四类(人工调整)" in tier_badge("4", "(人工调整)")
    assert [tier_word(tier) for tier in ("1", 2, None, "nonsense")] == [
        "一类", "二类", "待研判", "待研判",
    ]  # fmt: skip
