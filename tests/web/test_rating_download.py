"""The ranking as a browser asks for it: whole, in scope, or refused in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from ledger.domain.access import Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from pages._web import downloads, rating_download
from tests.pages.builders import Office, build_office
from tests.web.calling import Answer, get

ROLES = (Role.OFFICE_STAFF, Role.LEADER, Role.VILLAGE_STAFF, Role.AUDITOR)
PERIOD = period_of("quarter", clock.today()).text
PATH = "/download/rating/ranking"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}", roles=ROLES)
    yield built
    built.close()


@pytest.fixture
def ask(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    monkeypatch.setattr(downloads, "store", lambda: office.store)

    def get_as(path: str, role: Role = Role.LEADER) -> Answer:
        return get(rating_download.ROUTES, path, office.actor(role))

    return get_as


def test_the_ranking_holds_the_villages_of_the_scope(ask) -> None:
    answer = ask(f"{PATH}.csv?period={PERIOD}")
    assert answer.status == 200
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert [row["村(社区)"] for row in rows] == ["演示一村", "演示二村", "演示三村"]
    assert {row["得分"] for row in rows} == {"98"}
    answer = ask(f"{PATH}.csv?period={PERIOD}&area=990101002")
    assert answer.headers["x-rows"] == "2"
    answer = ask(f"{PATH}.csv?period={PERIOD}", Role.OFFICE_STAFF)
    assert answer.headers["x-rows"] == "1"


def test_the_workbook_opens(ask) -> None:
    answer = ask(f"{PATH}.xlsx?period={PERIOD}")
    frame = pd.read_excel(io.BytesIO(answer.body), engine="calamine")
    assert list(frame["名次"]) == [1, 1, 1]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "role", "status", "said"),
    [
        (f"{PATH}.csv", Role.LEADER, 400, "没有考评周期"),
        (f"{PATH}.csv?period=1", Role.LEADER, 400, "读不懂"),
        (f"{PATH}.csv?period=2026-08-03_2026-08-05", Role.LEADER, 400, "按月、季度或年"),
        (f"{PATH}.csv?period=2100-01-01_2100-01-31", Role.LEADER, 400, "还没有开始"),
        (f"{PATH}.pdf?period={PERIOD}", Role.LEADER, 400, "不能导出为"),
        (f"{PATH}.csv?period={PERIOD}&area=990101002", Role.OFFICE_STAFF, 404, "没有找到"),
        (f"{PATH}.csv?period={PERIOD}&area=%3Cscript%3E", Role.LEADER, 404, "没有找到"),
        (f"{PATH}.csv?period=%3Cscript%3E_1", Role.LEADER, 400, "&lt;script&gt;"),
        (f"{PATH}.csv?period={PERIOD}", Role.VILLAGE_STAFF, 403, "不能导出"),
        (f"{PATH}.csv?period={PERIOD}", Role.AUDITOR, 403, "不能导出"),
    ],
)
def test_what_cannot_be_had_is_said_on_a_plain_page(ask, path, role, status, said) -> None:
    answer = ask(path, role)
    assert answer.status == status
    assert said in answer.body.decode()
    assert "<script" not in answer.body.decode()
