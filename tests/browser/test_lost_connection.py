"""Reload, long cut, restart: what was typed is there again; and the page says when it is cut off.

The cut is longer than the server keeps the session of somebody who is gone: two minutes, here four
seconds. `LEDGER_TEST_CUT` and `LEDGER_TEST_KEPT` (seconds) make it a real one: 200 and 60.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from ledger.records.history import drafts
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.forks import Forks
from tests.browser.grids import choose_cell, leave_by, open_chosen
from tests.browser.serving import Server, free_port, running_server
from tests.pages.builders import PEOPLE, WEST_VILLAGE, Office, build_office

CUT = float(os.environ.get("LEDGER_TEST_CUT", "5"))
KEPT = os.environ.get("LEDGER_TEST_KEPT", "4")
WITHIN_MS = 3_000
GONE = "连接已断开"


class Machine:
    """A server that can be stopped, started again at the same address, and frozen."""

    def __init__(self, folder: Path, url: str, forks: Forks) -> None:
        self._folder, self._database, self._port = folder, url, free_port()
        self._forks = forks
        self._running = ExitStack()
        self.server = self.start()

    def start(self) -> Server:
        keeping = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": KEPT}
        self.server = self._running.enter_context(
            running_server(
                self._folder,
                self._database,
                environment=keeping,
                port=self._port,
                forks=self._forks,
            )
        )
        return self.server

    def stop(self) -> None:
        self._running.close()

    def kill(self) -> None:
        os.killpg(self.server.pid, signal.SIGKILL)

    def freeze(self) -> None:
        os.killpg(self.server.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.server.pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def lost_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("lost") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}")
    yield built
    built.close()


@pytest.fixture(scope="module")
def machine(
    lost_office: Office, tmp_path_factory: pytest.TempPathFactory, forks: Forks
) -> Iterator[Machine]:
    running = Machine(tmp_path_factory.mktemp("lost_server"), lost_office.url, forks)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(machine: Machine) -> Server:
    """That server, in place of the demo."""
    return machine.server


def lead(office: Office, matter: str) -> int:
    given = {"registered_at": "2026-05-20 09:00", "source": "report", "area_code": WEST_VILLAGE}
    return records.create(office.store, SYSTEM, "leads", {**given, "matter": matter})


def section(page: Page, name: str) -> Locator:
    record = page.locator(".st-key-record")
    record.get_by_text(name, exact=True).first.click()
    wait_until_idle(page)
    return record


class Desk:
    """One person with the table, a record and a step open in three windows."""

    def __init__(self, page: Page, server: Server, office: Office, occasion: str) -> None:
        self.office = office
        drafts.discard(office.store, office.actor(Role.OFFICE_STAFF), "leads/table")
        self.facts, self.step = (lead(office, f"{occasion}{what}") for what in ("资料", "办理"))
        self.table_page = page
        enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], f"/leads?q={occasion}")
        self.facts_page, self.step_page = page.context.new_page(), page.context.new_page()
        self.facts_page.goto(f"/leads?record={self.facts}")
        self.step_page.goto(f"/leads?record={self.step}")
        for opened in self.pages:
            wait_until_idle(opened)

    @property
    def pages(self) -> tuple[Page, Page, Page]:
        return self.table_page, self.facts_page, self.step_page

    def type(self) -> None:
        """Into all three; the cursor stays in the last field."""
        type_into_table(self.table_page, "表格里改的")
        record = section(self.facts_page, "资料")
        record.get_by_label("来源文号").press_sequentially("甲〔2026〕1号")
        record.get_by_label("举报人", exact=True).press_sequentially("钱七")
        record.get_by_label("备注").press_sequentially("写到一半")
        self.step_page.locator(".st-key-step-verify button").click()
        form = self.step_page.locator(".st-key-step-form")
        form.get_by_label(re.compile("^承办人")).press_sequentially("吴专干")
        form.get_by_label(re.compile("^说明")).press_sequentially("已电话联系")

    def wait_for_drafts(self) -> None:
        """Until the server has everything: a second and a bit after the last key."""
        actor = self.office.actor(Role.OFFICE_STAFF)
        wanted = {"leads/table", f"leads/{self.facts}", f"leads/{self.step}/step"}
        end = time.monotonic() + 15
        while time.monotonic() < end:
            found = {name: drafts.find(self.office.store, actor, name) for name in wanted}
            said = str([one.values for one in found.values() if one])
            if all(words in said for words in ("表格里改的", "写到一半", "钱七", "已电话联系")):
                return
            self.facts_page.wait_for_timeout(200)
        raise AssertionError(said)

    def expect_everything(self) -> None:
        """What was typed stands in all three again, and they say so."""
        expect(self.table_page.get_by_text("已恢复上次没有保存的修改：1 条记录")).to_be_visible()
        expect(self.table_page.get_by_text("1 条记录有 1 处修改尚未保存")).to_be_visible()
        expect(self.facts_page.get_by_text("已恢复上次没有保存的内容")).to_be_visible()
        record = section(self.facts_page, "资料")
        expect(record.get_by_label("来源文号")).to_have_value("甲〔2026〕1号")
        expect(record.get_by_label("举报人", exact=True)).to_have_value("钱七")
        expect(record.get_by_label("备注")).to_have_value("写到一半")
        form = self.step_page.locator(".st-key-step-form")
        expect(form.get_by_text("已恢复上次没有保存的内容")).to_be_visible()
        expect(form.get_by_label(re.compile("^承办人"))).to_have_value("吴专干")
        expect(form.get_by_label(re.compile("^说明"))).to_have_value("已电话联系")


def type_into_table(page: Page, text: str) -> None:
    """Into 线索内容 of the first row."""
    page.bring_to_front()
    choose_cell(page.locator('.st-key-ledgertable [data-testid="stDataFrame"]'), 260)
    field = open_chosen(page)
    field.fill(text)
    leave_by(field, "Enter", text)
    expect(page.get_by_text("1 条记录有 1 处修改尚未保存")).to_be_visible()


@pytest.fixture
def desk(
    new_page: Callable[..., Page],
    server: Server,
    lost_office: Office,
    request: pytest.FixtureRequest,
) -> Desk:
    return Desk(new_page(), server, lost_office, str(request.node.name).removeprefix("test_")[:12])


@pytest.mark.thorough
def test_reload_brings_everything_back(desk: Desk) -> None:
    desk.type()
    for page in desk.pages:
        page.reload()
        wait_until_idle(page)
    desk.expect_everything()


@pytest.mark.thorough
def test_cut_longer_than_the_session_lives_brings_everything_back(desk: Desk) -> None:
    desk.type()
    desk.wait_for_drafts()
    desk.table_page.context.set_offline(True)
    for page in desk.pages:
        expect(page.get_by_text(GONE)).to_be_visible(timeout=WITHIN_MS)
    desk.table_page.wait_for_timeout(CUT * 1000)
    desk.table_page.context.set_offline(False)
    for page in desk.pages:
        expect(page.get_by_text(GONE)).to_be_hidden()
        wait_until_idle(page)
    desk.expect_everything()


def test_restart_brings_everything_back(desk: Desk, machine: Machine) -> None:
    desk.type()
    desk.wait_for_drafts()
    machine.stop()
    for page in desk.pages:
        expect(page.get_by_text(GONE)).to_be_visible(timeout=WITHIN_MS)
    machine.start()
    for page in desk.pages:
        expect(page.get_by_text(GONE)).to_be_hidden(timeout=60_000)
        wait_until_idle(page)
    desk.expect_everything()


def test_frozen_server_is_told_within_three_seconds_and_nothing_can_be_pressed(
    new_page: Callable[..., Page], server: Server, lost_office: Office, machine: Machine
) -> None:
    page = new_page()
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], f"/leads?record={lead(lost_office, '冻结')}")
    record = section(page, "资料")
    record.get_by_label("备注").press_sequentially("冻")
    machine.freeze()
    try:
        page.keyboard.insert_text("结前后写的")  # at once: the page stops taking keys soon
        notice = page.locator(".connection-lost")
        expect(notice).to_be_visible(timeout=WITHIN_MS)
        expect(notice).to_contain_text("可能没有保存：备注")
        assert page.locator('[data-testid="stMain"]').evaluate("main => main.inert")
    finally:
        machine.thaw()
    expect(notice).to_be_hidden()
    expect(page.get_by_text("连接已恢复")).to_be_visible()
    assert not page.locator('[data-testid="stMain"]').evaluate("main => main.inert")
    expect(record.get_by_label("备注")).to_have_value("冻结前后写的")
    expect(record.get_by_text("1 处修改尚未保存")).to_be_visible()


@pytest.mark.thorough
def test_a_page_at_rest_says_nothing(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/leads")
    page.wait_for_timeout(2_500)
    expect(page.locator(".connection-lost, .connection-back")).to_have_count(0)
