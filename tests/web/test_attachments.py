"""Attachments as a browser asks for them: in scope only, inert, and never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.records import attachments
from pages._web import attachments as route
from tests.pages.builders import Office, build_office
from tests.web.calling import Answer, get

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
PDF = b"%PDF-1.7 <script>alert(1)</script>"
ROLES = (Role.OFFICE_STAFF, Role.GRID_WORKER, Role.ADMIN)


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    built = build_office(f"sqlite:///{(tmp_path / 'ledger.db').as_posix()}", roles=ROLES)
    built.add("西院")
    built.add("东院", lon=127.15, lat=29.02)
    yield built
    built.close()


@pytest.fixture
def ask(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    monkeypatch.setattr(route, "store", lambda: office.store)
    return lambda path, role=Role.OFFICE_STAFF: get(route.ROUTES, path, office.actor(role))


def _attached(office: Office, home: str, name: str, content: bytes) -> int:
    record_id = office.ids[home]
    return attachments.attach(office.store, SYSTEM, "institutions", record_id, name, content)


def test_a_picture_is_shown_and_a_paper_is_downloaded(office: Office, ask) -> None:
    picture = ask(f"/attachment/{_attached(office, '西院', '门口.png', PNG)}")
    assert (picture.status, picture.body) == (200, PNG)
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"].startswith("inline")
    assert "%E9%97%A8%E5%8F%A3.png" in picture.headers["content-disposition"]
    paper = ask(f"/attachment/{_attached(office, '西院', '合同.pdf', PDF)}")
    assert paper.headers["content-disposition"].startswith("attachment")
    for answer in (picture, paper):
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_anothers_and_a_missing_file_get_one_answer(office: Office, ask) -> None:
    other = ask(f"/attachment/{_attached(office, '东院', '东.png', PNG)}")
    missing = ask("/attachment/99999")
    absurd = ask("/attachment/" + "9" * 40)
    assert {other.status, missing.status, absurd.status} == {404}
    assert other.body == missing.body == absurd.body


def test_a_removed_file_is_gone_and_the_administrator_gets_none(office: Office, ask) -> None:
    file_id = _attached(office, "西院", "门口.png", PNG)
    assert ask(f"/attachment/{file_id}", Role.ADMIN).status == 403
    attachments.remove(office.store, SYSTEM, file_id, reason="重复")
    assert ask(f"/attachment/{file_id}").status == 404
