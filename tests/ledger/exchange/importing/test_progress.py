"""Long work tells how far it has come, and whoever stops it finds everything as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Cancelled
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.progress import Progress, counted
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.reading.reading import read_file
from ledger.exchange.writing.exports import export, export_to
from ledger.exchange.writing.formats import FORMATS
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.exchange.taking import take_over
from tests.ledger.sheets import HEADER, ROWS, fingerprint, workbook

Told = list[tuple[str, int, int]]


class Watch:
    """Remembers what it was told; stops the work at one call, counted from 0."""

    def __init__(self, stop: int | None = None) -> None:
        self.told: Told = []
        self.stop = stop

    def __call__(self, words: str, done: int, total: int) -> None:
        self.told.append((words, done, total))
        if self.stop == len(self.told) - 1:
            raise Cancelled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files lie; nothing is left there."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


def stopped_everywhere(store: Store, work: Callable[[Progress], object]) -> Told:
    """Stop the work at each of its calls, then let it end; returns what it told."""
    before, at = fingerprint(store), 0
    while True:
        watch = Watch(at)
        try:
            work(watch)
        except Cancelled:
            assert fingerprint(store) == before, watch.told[-1]
            at += 1
        else:
            return watch.told


def steps(told: Told) -> list[str]:
    """The steps in the order in which they began; each counts up to its total."""
    names = list(dict.fromkeys(words for words, _, _ in told))
    for name in names:
        own = [(done, total) for words, done, total in told if words == name]
        assert all(0 <= done <= total for done, total in own), own
        assert own[-1][0] == own[-1][1], own
    return names


def test_an_import_tells_its_steps_and_can_be_stopped_at_each(
    store: Store, tmp_path: Path, folder: Path
) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])

    def work(progress: Progress) -> None:
        import_file(store, SYSTEM, "institutions", path, progress=progress)

    told = stopped_everywhere(store, work)
    assert steps(told) == ["读取文件", "识别内容", "核对", "写入台账"]
    assert told[-1] == ("写入台账", 3, 3)


def test_reading_tells_its_steps(store: Store, tmp_path: Path) -> None:
    path, watch = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]), Watch()
    read_file(store, SYSTEM, INSTITUTIONS, path, progress=watch)
    assert steps(watch.told) == ["读取文件", "识别内容"]
    assert watch.told[-1] == ("识别内容", 5, 5), "a column at a time"


def test_a_returned_workbook_can_be_stopped_at_each_step(
    store: Store, tmp_path: Path, folder: Path
) -> None:
    records.create(store, SYSTEM, "institutions", {"name": "甲院", "beds": 1})
    path = tmp_path / "out.xlsx"
    export_to(store, SYSTEM, "institutions", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = [cell.value for cell in sheet[1]].index("床位数") + 1
    sheet.cell(2, at).value = 7
    book.save(path)
    watch = Watch()
    assert check(store, SYSTEM, "institutions", path, progress=watch).comparison is not None
    assert steps(watch.told) == ["读取文件", "识别内容", "对照"]

    def work(progress: Progress) -> None:
        again = check(store, SYSTEM, "institutions", path, progress=progress)
        assert again.comparison is not None
        take_over(store, again, progress=progress)

    told = stopped_everywhere(store, work)
    assert steps(told) == ["读取文件", "识别内容", "对照", "写入台账"]
    assert told[-1] == ("写入台账", 1, 1)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_can_be_stopped_and_leaves_no_file_and_no_entry(
    store: Store, tmp_path: Path, folder: Path, kind: str
) -> None:
    records.create(store, SYSTEM, "institutions", {"name": "甲院", "beds": 1})
    path = tmp_path / f"out.{kind}"

    def work(progress: Progress) -> None:
        export_to(store, SYSTEM, "institutions", path, progress=progress)

    watch = Watch(stop=2)
    with pytest.raises(Cancelled):
        work(watch)
    assert not path.exists()
    told = stopped_everywhere(store, work)
    assert steps(told) == ["读取台账", "生成文件"]
    assert path.exists()
    assert export(store, SYSTEM, "institutions", Selection(), kind).rows == 1


def test_items_are_counted_in_portions() -> None:
    watch = Watch()
    assert list(counted("abcde", "数", watch, every=2)) == list("abcde")
    assert watch.told == [("数", 0, 5), ("数", 2, 5), ("数", 4, 5), ("数", 5, 5)]
    assert list(counted("", "数", watch)) == []
    assert watch.told[-1] == ("数", 0, 0)
