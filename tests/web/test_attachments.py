"""Attachments as a browser asks for them: in scope only, inert, and never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.records import attachments
from pages._web import attachment_look as looks
from pages._web import attachments as route
from tests.pages.builders import Office, build_office
from tests.web.calling import Answer, get, post

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
    # The process beside the server: tests/ledger/operations/test_apart.py.
    monkeypatch.setattr(looks.apart, "call", lambda function, *given: function(*given))
    routes = [*route.ROUTES, *looks.ROUTES]
    return lambda path, role=Role.OFFICE_STAFF: get(routes, path, office.actor(role))


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


def test_a_look_has_the_rights_of_the_file(office: Office, ask) -> None:
    mine = f"/attachment/{_attached(office, '西院', '合同.docx', word('签字 <script>'))}/look"
    other = ask(f"/attachment/{_attached(office, '东院', '合同.docx', word('签字'))}/look")
    assert (other.status, other.body) == (404, ask("/attachment/99999/look").body)
    assert ask(mine, Role.ADMIN).status == 403
    seen = ask(mine)
    assert "签字 &lt;script&gt;" in seen.body.decode()
    assert seen.headers["content-security-policy"] == route.POLICY
    assert seen.headers["cache-control"] == "no-store"


def test_a_pdf_is_the_browsers_to_show(office: Office, ask) -> None:
    file = _attached(office, "西院", "合同.pdf", PDF)
    seen = ask(f"/attachment/{file}/look")
    assert seen.headers["content-disposition"].startswith("inline")
    assert seen.headers["content-type"] == "application/pdf"
    policy = seen.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert seen.headers["x-content-type-options"] == "nosniff"


def test_what_cannot_be_read_is_said_in_the_place_of_the_text(office: Office, ask) -> None:
    file = _attached(office, "西院", "坏.docx", word("<", escaped=False))
    seen = ask(f"/attachment/{file}/look")
    assert (seen.status, "不能预览" in seen.body.decode()) == (200, True)


def word(text: str, *, escaped: bool = True) -> bytes:
    """A Word file with one paragraph."""
    made = BytesIO()
    said = text.replace("<", "&lt;") if escaped else text
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with ZipFile(made, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}"><w:p><w:t>{said}</w:t></w:p></w:document>',
        )
    return made.getvalue()


class _Session:
    csrf_token = "right"


@pytest.mark.parametrize(
    ("role", "token", "body", "status", "said"),
    [
        (Role.OFFICE_STAFF, "right", word("签字"), 200, "签字"),
        (Role.OFFICE_STAFF, "right", b"<svg onload=alert(1)>", 200, "不能预览"),
        (Role.OFFICE_STAFF, "wrong", word("签字"), 403, "过期"),
        (Role.ADMIN, "right", word("签字"), 403, "不能添加附件"),
        (Role.OFFICE_STAFF, "right", b"PK" + b"0" * attachments.MOST_BYTES, 413, "过大"),
    ],
)
def test_a_file_is_looked_at_before_it_is_saved(
    office: Office, ask, role, token, body, status, said
) -> None:
    state = {"actor": office.actor(role), "session": _Session()}
    seen = post(looks.ROUTES, "/attachment/look", state, body, {"x-token": token})
    assert (seen.status, said in seen.body.decode()) == (status, True)
    assert seen.headers["cache-control"] == "no-store"
    if status == 200:
        assert seen.headers["content-security-policy"] == route.POLICY
