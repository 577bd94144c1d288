"""The bulletins' page: the same numbers as the files, and who may do what on it."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.people import accounts
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.files import bulletin_file
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.reporting.bulletins.model import Content, Section, Table, Text
from ledger.reporting.bulletins.outline import Paper, outline_of
from ledger.storage import Store
from pages._ui import guard
from pages._ui.guard import Visitor
from pages.situation.bulletins.bulletin_paper import paper_html
from tests.conftest import PROJECT_ROOT
from tests.ledger.conftest import EAST, WEST, actor
from tests.ledger.reporting.bulletins.conftest import coarse_pictures, filled, weekly, weeks  # noqa: F401
from tests.ledger.reporting.bulletins.office import UNTIL, on
from tests.pages import numbers
from tests.pages.builders import HOSTILE
from tests.pages.campaign_office import said

PAGE = PROJECT_ROOT / "pages" / "situation" / "bulletins" / "page.py"
# Its numbers are links on the page.
LINK = re.compile(r"</?a\b[^>]*>")
Open = Callable[..., AppTest]


@pytest.fixture
def open_page(weeks: Store, monkeypatch: pytest.MonkeyPatch) -> Open:  # noqa: F811
    with on(UNTIL):
        moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)

    def visit(role: Role = Role.OFFICE_STAFF, area: str = WEST, **params: str) -> AppTest:
        who: Actor = replace(actor(role, area), user_id=None)

        def visitor(*actions) -> Visitor:
            for action in actions:
                who.require(action)
            return Visitor(who, None)  # type: ignore[arg-type]

        monkeypatch.setattr(guard, "visitor", visitor)
        monkeypatch.setattr(guard, "store", lambda: weeks)
        page = AppTest.from_file(str(PAGE), default_timeout=120)
        for key, value in params.items():
            page.query_params[key] = value
        return page.run()

    return visit


def cells(page: AppTest) -> list[list[str]]:
    """The texts of every table of the preview, row by row, headers included."""
    text = said(page)
    paper = text[text.index('<article class="paper">') :]
    rows = []
    for table in re.findall(r"<table>(.*?)</table>", paper, re.S):
        rows.append(
            [
                html.unescape(LINK.sub("", cell))
                for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)
                for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            ]
        )
    return rows


def test_page_word_file_and_annex_agree_to_the_last_digit(open_page, weeks, weekly) -> None:  # noqa: F811
    one, clerk = weekly.entry.id, actor(Role.OFFICE_STAFF, WEST)
    word = Document(io.BytesIO(bulletin_file(weeks, clerk, one, "docx").content))
    book = openpyxl.load_workbook(
        io.BytesIO(bulletin_file(weeks, clerk, one, "xlsx").content), data_only=True
    )
    page = open_page(id=str(one))
    assert not page.exception
    on_page = cells(page)
    in_word = [[c.text for row in table.rows for c in row.cells] for table in word.tables]
    assert on_page == in_word
    text = html.unescape(LINK.sub("", said(page)))
    for paragraph in word.paragraphs:
        assert paragraph.text in text
    printed = [table for table in weekly.content.tables if table.most != 0]
    sheets = {sheet["A1"].value.partition("　")[2]: sheet for sheet in book.worksheets}
    for table, shown_cells in zip(printed, on_page, strict=True):
        rows = list(sheets[table.caption].iter_rows(min_row=4, values_only=True))
        width = len(table.fields)
        for at, kept in enumerate(table.on_paper):
            written = tuple(
                value.date().isoformat() if hasattr(value, "date") else value for value in rows[at]
            )
            # The workbook's own values, read back and put into words, are those of the page.
            again = shown_cells[width * (at + 1) : width * (at + 2)]
            assert again == list(table.texts(kept))
            numbers = [cell for cell in kept if isinstance(cell, int | float)]
            assert [value for value in written if isinstance(value, int | float)] == numbers


def test_one_is_made_filled_in_and_issued_on_the_page(open_page, weeks) -> None:  # noqa: F811
    page = open_page()
    assert "还没有签发过通报；1 份草稿待签发。" in said(page)
    page.segmented_control(key="bulletin-kind").set_value("daily").run()
    assert "2026-05-31 至 2026-05-31" in said(page)
    page.button(key="bulletin-make").click().run()
    assert not page.exception
    number = int(page.query_params["id"][0])
    made = archive.read(weeks, actor(Role.OFFICE_STAFF, WEST), number)
    assert (made.entry.kind, made.entry.scope_code, made.entry.state) == ("daily", WEST, "draft")
    assert "（待填写）" in said(page)
    page.button(key="bulletin-issue").click().run()
    assert "请先填写“下一步工作”再签发" in said(page)
    page.text_area[0].set_value("一是督促办结。").run()
    page.button(key="bulletin-fill").click().run()
    assert "已保存下一步工作" in said(page)
    page.button(key="bulletin-issue").click().run()
    assert "已签发。" in said(page)
    assert not page.text_area
    issued = archive.read(weeks, actor(Role.OFFICE_STAFF, WEST), number).entry
    assert (issued.state, issued.next_steps) == ("issued", "一是督促办结。")
    assert "最近签发" in said(open_page())


def test_a_leader_reads_and_downloads_an_auditor_reads(open_page, weekly) -> None:  # noqa: F811
    one = str(weekly.entry.id)
    leader = open_page(Role.LEADER, id=one)
    assert "下载 Word 文件" in said(leader)
    assert not leader.text_area
    assert "制作通报" not in str(open_page(Role.LEADER).expander)
    auditor = open_page(Role.AUDITOR, id=one)
    assert weekly.entry.title in said(auditor)
    assert "下载 Word 文件" not in said(auditor)


def test_somebody_elses_bulletin_is_not_there(open_page, weekly) -> None:  # noqa: F811
    page = open_page(Role.LEADER, EAST, id=str(weekly.entry.id))
    assert "没有找到该通报，或不在您的辖区内" in said(page)
    assert "&lt;style" not in said(page)
    assert weekly.entry.title not in said(page)
    assert "辖区内还没有通报" in said(open_page(Role.LEADER, EAST))


def test_hostile_texts_stay_texts(weekly) -> None:  # noqa: F811
    rows = ((HOSTILE, HOSTILE),)
    fields = weekly.content.tables[0].fields[:2]
    section = Section("x", HOSTILE, (Text(HOSTILE), Table("t", HOSTILE, fields, rows)))
    plain = {key: getattr(weekly.content, key) for key in Content.__dataclass_fields__}
    content = Content(**{**plain, "title": HOSTILE, "sections": (section,)})
    paper = Paper(content, 2026, 1, "draft", HOSTILE, weekly.entry.made_at)
    shown = paper_html(outline_of(paper), 1)
    assert "<script" not in shown
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", shown)


def test_every_number_of_a_bulletin_opens_the_rows_it_counted(
    weeks: Store,  # noqa: F811
    weekly: Bulletin,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those of one ledger its page, those of several a list of their pages."""
    with on(UNTIL):
        moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    accounts.add_user(weeks, SYSTEM, "lingdao", Role.LEADER, WEST, "Ein-langes-Wort-7")
    only = [entry for entry in numbers.ENTRIES if entry.url_path == "bulletins"]
    monkeypatch.setattr(numbers, "entries_for", lambda _: only)
    walk = numbers.Walk(weeks, monkeypatch, most=0)
    monkeypatch.setattr(walk, "_views", lambda _: [f"bulletins?id={weekly.entry.id}"])
    walk.walk("lingdao")
    assert walk.done.differences == []
    assert walk.done.links > 15
    assert any("rows=" in one for one in links_in(paper_html(outline_of(weekly.paper), 1)))


def links_in(text: str) -> list[str]:
    """The addresses that a text links to."""
    return re.findall(r'href="([^"]*)"', text)
