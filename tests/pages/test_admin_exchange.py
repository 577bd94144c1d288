"""Import and export as a page: nothing is written before 确认, and never more than was shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ledger.access import Role
from ledger.query import Selection
from ledger.records import search
from tests.ledger.sheets import HEADER, ROWS, fingerprint, workbook
from tests.pages.admin_pages import Visit, keys, table_with, texts, visiting
from tests.pages.builders import Office, build_office

SYSTEM = "WGS84 或 CGCS2000(国家标准、GPS 设备)"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    built = build_office(database_url)
    yield built
    built.close()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return visiting("exchange", monkeypatch)


def _offer(page: AppTest, path: Path) -> AppTest:
    """Upload the file, say its system, check it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.file_uploader(key="import-file").upload(path.name, path.read_bytes(), kind)
    page.selectbox(key="import-crs").select(SYSTEM)
    page.run()
    return page.button(key="check-import").click().run()


def test_a_good_file_is_shown_first_and_taken_over_on_confirmation(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    page = visit(office, Role.OFFICE_STAFF)
    assert page.button(key="check-import").disabled, "file and system have to be given"
    before = fingerprint(office.store)
    page = _offer(page, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS[:2]]))
    assert not page.exception
    assert [(item.label, item.value) for item in page.metric][:2] == [("新增", "2"), ("更新", "0")]
    assert fingerprint(office.store) == before, "a check writes nothing"
    page.button(key="confirm-import").click().run()
    assert "新增 2 条" in texts(page)
    assert "confirm-import" not in keys(page)
    who = office.actor(Role.OFFICE_STAFF)
    assert search(office.store, who, "institutions", Selection()).total == 2


def test_rows_with_problems_stay_out_only_if_that_is_said(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    rows = [HEADER, ROWS[0], ("J-2", "<b>乙</b>", 127.07, 29.05, "许多"), ROWS[2]]
    page = _offer(visit(office, Role.OFFICE_STAFF), workbook(tmp_path / "a.xlsx", rows))
    table = table_with(page, "行", "列")
    # The third row lies in another township than this office's.
    assert list(table["行"]) == [3, 4]
    assert page.button(key="confirm-import").disabled
    page.checkbox(key="accept-valid").check().run()
    page.button(key="confirm-import").click().run()
    who = office.actor(Role.OFFICE_STAFF)
    assert [
        row["number"] for row in search(office.store, who, "institutions", Selection()).rows
    ] == ["J-1"]


def test_a_file_that_is_no_table_gets_one_message(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    page = _offer(visit(office, Role.OFFICE_STAFF), path)
    assert not page.exception
    assert len(page.error) == 1
    assert "已损坏" in page.error[0].value


def test_another_file_makes_the_old_check_void(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    page = _offer(
        visit(office, Role.OFFICE_STAFF), workbook(tmp_path / "a.xlsx", [HEADER, ROWS[0]])
    )
    assert "confirm-import" in keys(page)
    other = workbook(tmp_path / "b.xlsx", [HEADER, ROWS[1]])
    page.file_uploader(key="import-file").upload(other.name, other.read_bytes(), "x/y")
    page.run()
    assert "confirm-import" not in keys(page)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_what_it_may_do(office: Office, visit: Visit, role: Role) -> None:
    page = visit(office, role)
    assert not page.exception
    assert ("check-import" in keys(page)) == (role is Role.OFFICE_STAFF)
    links = "".join(element.proto.body for element in page.get("html"))
    may_export = role in {Role.OFFICE_STAFF, Role.LEADER}
    assert ("/download/institutions.xlsx" in links) == may_export
    assert bool(page.warning) != may_export
