"""Long work of the import: told how far it is, stopped by one press, never silent when it fails."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ledger.domain.access import Role
from ledger.domain.errors import Cancelled, Invalid
from ledger.domain.progress import Progress
from ledger.domain.settings import settings
from ledger.exchange.importing.first_look import Arrival
from pages._ui import import_work
from pages._ui.import_work import Work
from pages.admin.exchange import import_look
from tests.ledger.sheets import HEADER, ROWS, fingerprint, workbook
from tests.pages.admin_pages import keys, texts, visiting
from tests.pages.builders import build_office


def test_work_tells_how_far_it_is_and_what_came_of_it() -> None:
    go_on = threading.Event()

    def call(progress: Progress) -> str:
        progress("核对", 1, 4)
        go_on.wait(60)
        return "完"

    work = Work("检查", call)
    while not work.words:
        work.wait(0.01)
    assert (work.words, work.share, work.is_over) == ("核对 1 / 4", 0.25, False)
    go_on.set()
    assert work.wait(10)
    assert (work.result, work.error) == ("完", None)


def test_what_a_service_refuses_and_what_breaks_are_kept_apart() -> None:
    def refuse(progress: Progress) -> None:
        raise Invalid("没有数据行")

    def break_(progress: Progress) -> None:
        raise ZeroDivisionError

    refused, broken = Work("检查", refuse), Work("检查", break_)
    assert refused.wait(10)
    assert broken.wait(10)
    assert str(refused.error) == "没有数据行"
    assert broken.error is None
    assert len(broken.failed) == 8


def test_reading_that_nobody_looks_at_any_more_ends_and_writing_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(import_work.time, "monotonic", lambda: now[0])
    go_on = threading.Event()

    def call(progress: Progress) -> str:
        go_on.wait(60)
        progress("核对", 1, 4)
        return "完"

    seen, left, writing = Work("检查", call), Work("检查", call), Work("导入", call, writes=True)
    now[0] += import_work._GONE_SECONDS + 1
    seen.look()
    go_on.set()
    assert all(work.wait(10) for work in (seen, left, writing))
    assert (seen.result, writing.result) == ("完", "完")
    assert isinstance(left.error, Cancelled)


def test_a_long_step_shows_a_bar_and_is_cancelled_without_a_trace(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started, seen = threading.Event(), threading.Event()

    def slow(*_args: object, progress: Progress, **_options: object) -> Arrival:
        started.set()
        seen.wait(60)
        progress("读取", 1, 2)
        raise AssertionError("work that was stopped went on")

    # The stand-in lives in this process alone.
    monkeypatch.setenv("LEDGER_READING_APART", "0")
    settings.cache_clear()
    monkeypatch.setattr(import_look, "look_at", slow)
    monkeypatch.setattr(import_work, "PATIENCE_SECONDS", 0)
    office = build_office(database_url, roles=[Role.OFFICE_STAFF])
    page = visiting("exchange", monkeypatch)(office, Role.OFFICE_STAFF)
    path, before = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]), fingerprint(office.store)
    page.file_uploader(key="import-file").upload(path.name, path.read_bytes(), "x/y")
    page.run()
    assert started.wait(20)
    assert "import-cancel" in keys(page)
    assert "import-next" not in keys(page)
    work = page.session_state["import-wizard"].work
    page.button(key="import-cancel").click().run()
    seen.set()
    assert work.wait(10)
    assert isinstance(work.error, Cancelled)
    page.run()
    assert "已取消，没有写入任何内容" in texts(page)
    assert fingerprint(office.store) == before
    office.close()
