"""Services called in a process of their own: the same answers, with limits, and ended at once."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Cancelled, Invalid, InvalidFile, NotFound
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.settings import settings
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.first_look import look_at
from ledger.exchange.importing.imports import check, take
from ledger.exchange.importing.marked_up import marked_up
from ledger.operations import apart, parcels
from ledger.reporting.forms.kept_forms import fill_kept, keep_form
from ledger.storage import Store, options
from tests.ledger.operations import apart_jobs
from tests.ledger.reporting.forms.drawn import Drawn
from tests.ledger.sheets import HEADER, ROWS, workbook

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(path: Path) -> str:
    for _ in range(3000):
        if path.exists() and (text := path.read_text(encoding="ascii")):
            return text
        time.sleep(0.02)
    raise AssertionError(f"{path.name} was never written")


def gone_within(process: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while is_there(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_there(process)


def test_it_runs_elsewhere_gives_way_and_has_the_settings_of_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEDGER_MAX_IMPORT_ROWS", "77")
    process, niceness, folder, rows = apart.call(apart_jobs.where)
    assert process != os.getpid()
    assert niceness >= 10
    assert rows == 77
    assert not Path(folder).exists(), "what was unpacked is left behind"
    assert apart.call(apart_jobs.where, writes=True)[1] == os.nice(0)


def test_progress_is_told_step_by_step() -> None:
    told: list[tuple[str, int, int]] = []
    assert apart.call(apart_jobs.count, 3, progress=lambda *step: told.append(step)) == 3
    assert [step for step in told if step[0] == "数"] == [("数", n, 3) for n in range(3)]


def test_errors_arrive_as_they_were_raised() -> None:
    with pytest.raises(Invalid) as refused:
        apart.call(apart_jobs.refuse)
    assert str(refused.value) == "第3行“床位数”列：不是数字"
    assert refused.value.problems[0].row == 3
    with pytest.raises(NotFound, match=r"^没有找到该区域"):
        apart.call(apart_jobs.miss)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        apart.call(apart_jobs.break_)


def test_what_takes_too_much_memory_or_dies_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEDGER_MAX_READING_MEGABYTES", "300")
    for job in (apart_jobs.swell, apart_jobs.die):
        with pytest.raises(Invalid, match="超过了上限，已停止，没有写入任何内容"):
            apart.call(job)
    assert apart.call(apart_jobs.count, 1) == 1


def test_reading_is_ended_at_once_wherever_it_is(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    def stop(words: str, done: int, total: int) -> None:
        if mark.exists():
            raise Cancelled

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        apart.call(apart_jobs.sleep, mark, progress=stop)
    assert time.monotonic() - begun < 30
    assert gone_within(int(wait_for(mark)), 10)


def test_few_files_are_read_at_a_time_and_who_waits_can_give_up(tmp_path: Path) -> None:
    over = threading.Event()

    def until_over(words: str, done: int, total: int) -> None:
        if over.is_set():
            raise Cancelled

    def occupy(mark: Path) -> None:
        with pytest.raises(Cancelled):
            apart.call(apart_jobs.sleep, mark, progress=until_over)

    marks = [tmp_path / "one", tmp_path / "two"]
    threads = [threading.Thread(target=occupy, args=(mark,)) for mark in marks]
    for thread in threads:
        thread.start()
    for mark in marks:
        wait_for(mark)
    said: list[str] = []

    def give_up(words: str, done: int, total: int) -> None:
        said.append(words)
        raise Cancelled

    with pytest.raises(Cancelled):
        apart.call(apart_jobs.count, 1, progress=give_up)
    assert said == ["等待前面的文件读完"]
    over.set()
    for thread in threads:
        thread.join(20)
    assert apart.call(apart_jobs.count, 1) == 1


@pytest.mark.sqlite_only  # the plugin's server is not known to a process of its own
def test_writing_that_is_stopped_is_undone_before_it_is_said_so(
    store: Store, tmp_path: Path
) -> None:
    def stop(words: str, done: int, total: int) -> None:
        if words == "写入台账":
            raise Cancelled

    with pytest.raises(Cancelled):
        apart.call(apart_jobs.write_watched, store, tmp_path / "mark", progress=stop, writes=True)
    assert wait_for(tmp_path / "mark") == "undone"
    with store.reading() as connection:
        assert options.read(connection, "apart") is None
    assert apart.call(apart_jobs.write, store, tmp_path / "mark", writes=True) == "written"
    with store.reading() as connection:
        assert options.read(connection, "apart") == 1


def test_children_end_with_their_nursery(tmp_path: Path) -> None:
    nursery, mark = apart._Nursery(), tmp_path / "mark"
    with nursery.child() as child:
        job = {"call": (apart_jobs.sleep, (mark,), {}), "tells": False, "writes": False}
        place = {"folder": str(tmp_path), "settings": {}, "place": os.getcwd()}
        parcels.send(child.wire, job | place)
        process = int(wait_for(mark))
        nursery.stop()
        assert gone_within(process, 10)


@pytest.mark.sqlite_only  # the plugin's server is not known to a process of its own
def test_a_file_goes_the_whole_way_apart(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, ("", "", 1, 2, "x")])
    arrival = apart.call(look_at, store, SYSTEM, INSTITUTIONS, path)
    assert (arrival.kind, len(arrival.columns)) == ("foreign", 5)
    checked = apart.call(check, store, SYSTEM, "institutions", path)
    assert (len(checked.new), len(checked.blocked)) == (3, 1)
    assert apart.call(marked_up, path, checked).comments
    done = apart.call(
        take, store, SYSTEM, checked, path, Choices(), batch="b1", leave_out=True, writes=True
    )
    assert done.created == 3


def test_without_forks_it_is_called_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_READING_APART", "0")
    settings.cache_clear()
    assert apart.call(apart_jobs.where)[0] == os.getpid()
    settings.cache_clear()


def test_a_form_is_read_and_filled_there_and_logged_here(store: Store, tmp_path: Path) -> None:
    drawn = Drawn("信访情况月报").rows(("所属领域", "登记件数"), ("其他", None))
    blank = drawn.save(tmp_path / "信访月报.xlsx")
    number = keep_form(store, SYSTEM, blank, through=apart.call)
    filled = fill_kept(store, SYSTEM, number, through=apart.call)
    assert [(one.at, one.value) for one in filled.cells] == [((2, 1), 0)]
    here = fill_kept(store, SYSTEM, number)
    assert replace(filled, content=b"") == replace(here, content=b""), "the zip has a time"
    blank.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(InvalidFile, match="信访月报"):
        keep_form(store, SYSTEM, blank, through=apart.call)
