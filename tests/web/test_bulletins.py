"""Bulletins' files and pictures as a browser asks for them."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from docx import Document

from ledger.domain.access import Role
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.storage import Store
from pages._web import bulletins
from tests.ledger.conftest import EAST, WEST, actor
from tests.ledger.reporting.bulletins.conftest import coarse_pictures, filled, weekly, weeks  # noqa: F401
from tests.log_entries import recent
from tests.web.calling import Answer, get


@pytest.fixture
def ask(weeks: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:  # noqa: F811
    monkeypatch.setattr(bulletins, "store", lambda: weeks)

    def get_as(path: str, role: Role = Role.OFFICE_STAFF, area: str = WEST) -> Answer:
        return get(bulletins.ROUTES, path, actor(role, area))

    return get_as


def test_the_word_file_bears_a_chinese_name_and_is_on_the_record(ask, weeks, weekly) -> None:  # noqa: F811
    one: Bulletin = weekly
    answer = ask(f"/bulletin/{one.entry.id}.docx", Role.LEADER)
    assert answer.status == 200
    assert Document(io.BytesIO(answer.body)).paragraphs[0].text == one.entry.title
    disposition = answer.headers["content-disposition"]
    assert unquote(disposition.split("''")[1]) == f"{one.entry.title}2026年第1期.docx"
    assert answer.headers["cache-control"] == "no-store"
    with weeks.reading() as connection:
        (entry, *_) = recent(connection, limit=1)
    assert (entry.action, entry.ledger, entry.record_id) == ("export", "bulletins", one.entry.id)
    annex = ask(f"/bulletin/{one.entry.id}.xlsx")
    assert (annex.status, annex.body[:2]) == (200, b"PK")


def test_pictures_are_those_that_were_frozen(ask, weekly) -> None:  # noqa: F811
    assert set(weekly.pictures) >= {"tiers", "trend"}
    for name, png in weekly.pictures.items():
        answer = ask(f"/bulletin/{weekly.entry.id}/{name}.png", Role.AUDITOR)
        assert (answer.status, answer.body == png) == (200, True)
        assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("path", "role", "area", "status"),
    [
        ("/bulletin/1.docx", Role.OFFICE_STAFF, EAST, 404),
        ("/bulletin/1/tiers.png", Role.OFFICE_STAFF, EAST, 404),
        ("/bulletin/99.docx", Role.OFFICE_STAFF, WEST, 404),
        ("/bulletin/99999999999999999999.docx", Role.OFFICE_STAFF, WEST, 404),
        ("/bulletin/1/passwords.png", Role.OFFICE_STAFF, WEST, 404),
        ("/bulletin/1.pdf", Role.OFFICE_STAFF, WEST, 400),
        ("/bulletin/1.docx", Role.AUDITOR, WEST, 403),
        ("/bulletin/1.docx", Role.VILLAGE_STAFF, WEST, 403),
        ("/bulletin/1/tiers.png", Role.VILLAGE_STAFF, WEST, 403),
        ("/bulletin/1.xlsx", Role.ADMIN, WEST, 403),
    ],
)
def test_what_cannot_be_had_is_refused(ask, path: str, role: Role, area: str, status: int) -> None:
    answer = ask(path, role, area)
    assert answer.status == status
    assert "content-disposition" not in answer.headers


def test_only_reading_is_possible() -> None:
    assert all(route.methods == {"GET", "HEAD"} for route in bulletins.ROUTES)
