"""Papers as a browser asks for them: the rows of the page, masked, in scope, and on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest

from ledger.domain.access import Role
from ledger.exchange.printing import lists
from ledger.records import service as records
from pages._web import printing
from tests.log_entries import recent
from tests.pages.builders import HOSTILE, Office, build_office, fill_office
from tests.web.calling import Answer, get

ROLES = (Role.OFFICE_STAFF, Role.LEADER, Role.GRID_WORKER, Role.AUDITOR)
LIST = "/print/list/institutions?columns=number,name,beds,area_code"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = fill_office(build_office(f"sqlite:///{path.as_posix()}", roles=ROLES))
    yield built
    built.close()


@pytest.fixture
def ask(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    monkeypatch.setattr(printing, "store", lambda: office.store)

    def get_as(path: str, role: Role = Role.OFFICE_STAFF) -> Answer:
        return get(printing.ROUTES, path, office.actor(role))

    return get_as


def _text(answer: Answer) -> str:
    return unescape(re.sub("<[^>]+>", " ", answer.body.decode()))


def _rows(answer: Answer) -> list[list[str]]:
    body = answer.body.decode()
    rows = re.findall("<tr>(.*?)</tr>", body, re.S)
    return [
        [unescape(cell) for cell in re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows
    ]


def test_a_list_on_paper_has_the_rows_and_columns_of_the_page(ask, office) -> None:
    answer = ask(f"{LIST}&beds.ge=70&sort=-beds")
    header, *rows = _rows(answer)
    assert header == ["序号", "编号", "机构名称", "床位数(张)", "所属区域"]
    beds = [int(row[3]) for row in rows]
    assert beds
    assert min(beds) >= 70
    assert beds == sorted(beds, reverse=True)
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    said = _text(answer)
    for words in ("单位：", "打印时间：", "筛选：床位数 ≥ 70张", f"共 {len(rows)} 条"):
        assert words in said
    with office.store.reading() as connection:
        entry = recent(connection, limit=1)[0]
    assert (entry.action, entry.ledger, entry.after["rows"]) == ("print", "institutions", len(rows))


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.AUDITOR])
def test_a_list_is_printed_only_by_those_who_may_export_it(ask, role: Role) -> None:
    answer = ask(LIST, role)
    assert answer.status == 403
    assert "不能导出" in _text(answer)


def test_too_many_rows_are_refused_with_what_to_do(ask, monkeypatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 2)
    answer = ask(LIST)
    assert answer.status == 400
    assert "一次最多打印 2 条" in _text(answer)
    assert "缩小筛选范围" in _text(answer)


@pytest.mark.parametrize("path", [f"{LIST},nothing", "/print/list/institutions?beds.ge=many"])
def test_an_address_that_cannot_be_followed_is_refused(ask, path: str) -> None:
    assert ask(path).status == 400


def test_a_record_on_paper_is_masked_and_stands_in_its_history(ask, office) -> None:
    actor = office.actor(Role.OFFICE_STAFF)
    given = {
        "registered_on": "2026-05-06",
        "matter": "押金不退",
        "petitioner": "张三丰",
        "area_code": actor.scope_code,
    }
    record_id = records.create(office.store, actor, "petitions", given)
    answer = ask(f"/print/record/petitions/{record_id}")
    said = _text(answer)
    assert "押金不退" in said
    assert "张**" in said
    assert "张三丰" not in said
    newest = records.history(office.store, actor, "petitions", record_id)[0]
    assert (newest.action, newest.actor) == ("print", actor.name)


def test_a_judged_record_says_why_it_has_its_tier(ask, office) -> None:
    said = _text(ask(f"/print/record/institutions/{office.ids['松鹤养老院']}"))
    assert "为什么是这个等级" in said
    assert "规则版本" in said
    assert "120 张" in said


@pytest.mark.parametrize(
    "path", ["/print/record/institutions/999999", "/print/visit?institution=x"]
)
def test_what_is_not_there_is_not_printed(ask, path: str) -> None:
    answer = ask(path)
    assert answer.status == 404
    assert "不能打印" in _text(answer)


def test_the_form_of_a_visit_knows_the_institution_and_has_room_for_answers(ask, office) -> None:
    number = office.get("松鹤养老院")["number"]
    answer = ask(f"/print/visit?institution={number}", Role.GRID_WORKER)
    header, *rows = _rows(answer)
    assert header == ["序号", "检查项目", "台账现值", "本次情况"]
    by_item = {row[1]: row[2:] for row in rows}
    assert by_item["床位数"] == ["120 张", "＿＿＿＿＿＿＿＿张"]
    assert by_item["资可抵债"][1].replace("\u2060", "") == "□是　□否　□不详"
    assert "松鹤养老院" in _text(answer)


def test_the_to_do_list_on_paper_is_that_of_whoever_prints_it(ask) -> None:
    said = _text(ask("/print/todo", Role.GRID_WORKER))
    assert "待办事项" in said
    assert "本轮未走访" in said


def test_hostile_texts_stay_letters_on_paper(ask, office) -> None:
    body = ask("/print/list/institutions?columns=number,name").body.decode()
    assert "&lt;script&gt;window.hacked=1" in body
    assert "<script>window" not in body
    body = ask(f"/print/record/institutions/{office.ids[HOSTILE]}").body.decode()
    assert "<script>window" not in body
