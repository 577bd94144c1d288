"""Downloads as a browser asks for them: the right rows, the right file name, the right refusals."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlencode

import pandas as pd
import pyogrio
import pytest

from ledger.domain.access import Role
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import find
from pages._ui.download_links import download_links
from pages._views.address import View, write_address
from pages._web import downloads
from tests.log_entries import recent
from tests.pages.builders import HOSTILE, Office, build_office, fill_office
from tests.web.calling import Answer, get

ROLES = (Role.OFFICE_STAFF, Role.LEADER, Role.GRID_WORKER, Role.AUDITOR)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = fill_office(build_office(f"sqlite:///{path.as_posix()}", roles=ROLES))
    yield built
    built.close()


@pytest.fixture
def ask(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    monkeypatch.setattr(downloads, "store", lambda: office.store)

    def get_as(path: str, role: Role = Role.OFFICE_STAFF) -> Answer:
        return get(downloads.ROUTES, path, office.actor(role))

    return get_as


def _names_shown(office: Office, role: Role, selection: Selection) -> list[str]:
    with office.store.reading() as connection:
        page = find(connection, office.actor(role), INSTITUTIONS, selection, size=200)
    return [row["name"] for row in page.rows]


FILTERS = [
    Selection(),
    Selection(conditions=(Condition("tier", "in", ("4", "3")),), sort=(("beds", True),)),
    Selection(text="养老", conditions=(Condition("beds", "ge", 70),)),
]


@pytest.mark.parametrize("selection", FILTERS)
@pytest.mark.parametrize("role", [Role.OFFICE_STAFF, Role.LEADER])
def test_a_file_holds_the_rows_of_the_page_in_its_order(ask, office, selection, role) -> None:
    query = urlencode(write_address(View(selection)), doseq=True)
    shown = _names_shown(office, role, selection)
    answer = ask(f"/download/institutions.csv?{query}", role)
    assert answer.status == 200
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [row["机构名称"] for row in rows] == shown
    assert answer.headers["x-rows"] == str(len(shown))


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "geojson", "gpkg"])
def test_every_format_opens_and_has_the_filtered_rows(ask, tmp_path, suffix: str) -> None:
    answer = ask(f"/download/institutions.{suffix}?tier.in=4")
    assert answer.status == 200
    path = tmp_path / f"file.{suffix}"
    path.write_bytes(answer.body)
    if suffix == "xlsx":
        assert zipfile.is_zipfile(path)
        frame = pd.read_excel(path, engine="calamine", header=2)  # below title and cover
    elif suffix == "csv":
        frame = pd.read_csv(path, encoding="utf-8-sig")
    elif suffix == "geojson":
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        frame = pd.DataFrame([feature["properties"] for feature in features])
    else:
        frame = pyogrio.read_dataframe(path)
    assert list(frame["机构名称"]) == ["金色年华养生馆"]


def test_the_file_bears_a_chinese_name_and_is_kept_by_no_cache(ask) -> None:
    headers = ask("/download/institutions.xlsx").headers
    disposition = headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''")
    assert unquote(disposition.split("''")[1]).startswith("养老服务机构(场所)_")
    assert disposition.isascii()
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.AUDITOR])
def test_who_may_not_export_gets_a_plain_refusal(ask, role: Role) -> None:
    answer = ask("/download/institutions.xlsx", role)
    assert answer.status == 403
    assert "不能导出" in answer.body.decode()
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/download/institutions.pdf", 404, "没有这个下载"),
        ("/download/passwords.xlsx", 404, "没有这个下载"),
        ("/download/users.csv", 404, "没有这个下载"),
        ("/download/institutions.csv?tier.in=9", 400, "“9”不在可选项内"),
        ("/download/institutions.csv?no.such=1", 400, "没有名为“no”的列"),
        ("/download/institutions.csv?area=990101002", 400, "不在您的辖区内"),
        ("/download/institutions.csv?q=%00", 400, "无法识别的字符"),
        ("/download/institutions.csv?x.in=%3Cscript%3Ealert(1)%3C/script%3E", 400, "列"),
        ("/download/institutions.csv?%3Cscript%3E.in=1", 400, "&lt;script&gt;"),
    ],
)
def test_what_cannot_be_had_is_said_on_a_plain_page(ask, path, status, said) -> None:
    answer = ask(path)
    assert answer.status == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert said in answer.body.decode()
    assert "<script" not in answer.body.decode()


def test_only_reading_is_possible() -> None:
    assert all(route.methods == {"GET", "HEAD"} for route in downloads.ROUTES)


def test_an_export_is_on_the_record_with_its_filter_in_words(ask, office: Office) -> None:
    ask("/download/institutions.csv?" + urlencode({"tier.in": "4", "q": "金色"}))
    with office.store.reading() as connection:
        (entry, *_) = recent(connection, limit=1)
    assert (entry.actor, entry.action, entry.ledger) == ("jingban", "export", "institutions")
    words = json.dumps(entry.after, ensure_ascii=False)
    assert "风险等级：四类" in words
    assert "金色" not in words, "what was searched for"
    assert "输入的文字不记" in words


def test_the_links_of_the_page_lead_to_the_same_rows(ask, office: Office) -> None:
    selection = FILTERS[1]
    html = download_links(INSTITUTIONS, View(selection, page=3, record=1), 2)
    assert "2 条" in html
    (path,) = [part.split('"')[0] for part in html.split('href="') if ".csv" in part.split('"')[0]]
    answer = ask(path.replace("&amp;", "&"))
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [row["机构名称"] for row in rows] == _names_shown(office, Role.OFFICE_STAFF, selection)


def test_a_filter_of_ill_will_stays_inside_its_link() -> None:
    html = download_links(INSTITUTIONS, View(Selection(text=HOSTILE + '"')), 1)
    assert "<script" not in html
    assert html.count('"') == 2 * (1 + 3 * 4)
