"""Days that holidays still to come could move are marked in a bulletin too."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl

from ledger.domain.access import SYSTEM
from ledger.records import service as records
from ledger.reporting.bulletins import cases, numbers
from ledger.reporting.bulletins.annex import annex_of
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.reporting.bulletins.making import asked
from ledger.reporting.bulletins.model import Block, Table, Text
from ledger.reporting.bulletins.outline import Paper
from ledger.storage import Store
from tests.ledger.conftest import WEST_VILLAGE
from tests.ledger.reporting.bulletins.conftest import CLERK
from tests.ledger.reporting.bulletins.office import on

# The arrangements that are known end with 2026.
SUNDAY = date(2027, 1, 10)
MARK = "节假日安排未公布"


def test_the_day_of_a_major_lead_is_marked(store: Store) -> None:
    with on(SUNDAY):
        lead = {"registered_at": "2027-01-05 09:00", "source": "report", "matter": "高息揽储"}
        more = {"major": True, "reported_at": "2027-01-05 10:00", "area_code": WEST_VILLAGE}
        records.create(store, SYSTEM, "leads", lead | more)
        section = cases.cases_section(asked(store, CLERK, "weekly", SUNDAY, None))
    (table,) = (one for one in section.blocks if isinstance(one, Table))
    assert table.texts(table.rows[0])[-1] == f"2027-01-19({MARK})"


def test_the_rates_say_that_they_may_move(store: Store) -> None:
    with on(SUNDAY):
        for number in range(4):
            petition = {"registered_on": "2026-12-22", "matter": f"退费{number}"}
            records.create(store, SYSTEM, "petitions", {**petition, "area_code": WEST_VILLAGE})
        blocks, _ = numbers.blocks(asked(store, CLERK, "weekly", SUNDAY, None))
    said = [one.text for one in blocks if isinstance(one, Text)]
    assert f"及时受理率、按期答复率：本期有期限的{MARK}，结果可能变动。" in said


def test_the_annex_writes_a_marked_day_as_it_stands_on_paper(weekly: Bulletin) -> None:
    paper = weekly.paper
    book = openpyxl.load_workbook(io.BytesIO(annex_of(marked_up(paper)).content))
    sheet = next(one for one in book.worksheets if one.title.startswith("重大线索"))
    assert sheet.cell(4, 6).value == f"2027-01-19({MARK})"


def marked_up(paper: Paper) -> Paper:
    """The paper with a marked day in the first row of the table of major leads."""

    def block(one: Block) -> Block:
        if not isinstance(one, Table) or one.key != "major_leads":
            return one
        first, *rest = one.rows
        return replace(one, rows=((*first[:-1], f"2027-01-19({MARK})"), *rest))

    content = paper.content
    sections = tuple(
        replace(one, blocks=tuple(block(each) for each in one.blocks)) for one in content.sections
    )
    return replace(paper, content=replace(content, sections=sections))
