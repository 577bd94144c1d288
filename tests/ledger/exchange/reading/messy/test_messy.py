"""Show: every messy file is read as it must be, with its doubts and without inventing any."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.exchange.reading.reading import read_file
from ledger.storage import Store, open_store
from tests.ledger.exchange.reading.messy.building import Messy
from tests.ledger.exchange.reading.messy.formats import FORMATS
from tests.ledger.exchange.reading.messy.headers import HEADERS
from tests.ledger.exchange.reading.messy.offices import OFFICES
from tests.ledger.exchange.reading.messy.rows import ROWS
from tests.ledger.exchange.reading.messy.shapes import SHAPES
from tests.ledger.exchange.reading.messy.values import VALUES
from tests.ledger.exchange.reading.messy.words import WORDS

CASES = [*HEADERS, *ROWS, *VALUES, *WORDS, *SHAPES, *FORMATS, *OFFICES]


@pytest.fixture(scope="module")
def county(drawn_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The small county; nothing is written into it here."""
    path = tmp_path_factory.mktemp("messy") / "ledger.db"
    shutil.copyfile(drawn_county, path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_must_be_read_is_read(
    county: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Messy
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 15, 4, tzinfo=UTC))
    path = tmp_path / case.file
    case.write(path)
    if case.refuses:
        with pytest.raises(Invalid, match=re.escape(case.refuses)):
            read_file(county, SYSTEM, LEDGERS[case.ledger], path, sheet=case.sheet)
        return
    reading = read_file(county, SYSTEM, LEDGERS[case.ledger], path, sheet=case.sheet)
    assert {row.row: row.values for row in reading.rows.rows} == case.rows
    assert [item.row for item in reading.left_out] == list(case.left_out)
    doubtful = {
        (note.row, note.key)
        for note in reading.notes
        if not note.sure and note.row is not None and note.row > reading.layout.header + 1
    }
    assert doubtful == set(case.doubtful)
    assert reading.rows.refused == set(case.refused)
    for words in case.proposed:
        assert any(words in problem.message for problem in reading.rows.problems), words
    for words in case.said:
        assert any(words in note.message for note in reading.notes), words


def test_there_are_many_and_each_defect_has_its_name() -> None:
    parts = f"headers {len(HEADERS)}, rows and files {len(ROWS)}, values {len(VALUES)}"
    parts += f", words {len(WORDS)}, shapes {len(SHAPES)}, formats {len(FORMATS)}"
    parts += f", offices {len(OFFICES)}"
    sys.stdout.write(f"\n{len(CASES)} messy files ({parts})\n")
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)
