"""An office with a campaign under way, and ledger pages run without a browser for one role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from pages._ui import guard
from tests.menu import app_test, entry_of
from tests.pages.builders import BLAMELESS, WEST_VILLAGE, Office, build_office

Open = Callable[..., AppTest]


def fill_campaign(office: Office) -> Office:
    """One institution of tier four, and a record in each ledger that refers to it."""
    office.add("松鹤养老院", beds=10, **{**BLAMELESS, "suspected_crime": True})
    today = clock.today()
    added: dict[str, dict[str, Any]] = {
        "leads": {
            "registered_at": clock.now() - timedelta(days=90),
            "source": "report",
            "matter": "承诺高额返利",
            "institution": "松鹤养老院",
            "area_code": WEST_VILLAGE,
            "informant": "王小明",
            "informant_phone": "13800001234",
        },
        "petitions": {
            "registered_on": today,
            "matter": "押金迟迟不退",
            "area_code": WEST_VILLAGE,
            "petitioner": "李大山",
        },
        "dispositions": {
            "measure": "warn",
            "institution": "松鹤养老院",
            "area_code": WEST_VILLAGE,
            "opened_on": today,
        },
        "outreach": {"held_on": today, "kind": "lecture", "area_code": WEST_VILLAGE},
        "inspections": {
            "institution": "松鹤养老院",
            "round": 1,
            "inspected_on": today,
            "inspectors": "张三",
            "result": "problem",
            "beds": 12,
        },
        "measures": {
            "kind": "talk",
            "area_code": WEST_VILLAGE,
            "matter": "逾期未办较多",
            "proposed_on": today,
        },
    }
    for key, values in added.items():
        office.ids[key] = records.create(office.store, SYSTEM, key, values)
    return office


def record_of(office: Office, key: str) -> dict[str, Any]:
    """The record of a ledger as it stands."""
    return records.get(office.store, SYSTEM, key, office.ids[key])


@pytest.fixture(scope="module")
def campaign_template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The office in a file that each test copies."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    built = fill_campaign(build_office(f"sqlite:///{path.as_posix()}"))
    built.close()
    return built


@pytest.fixture
def campaign(campaign_template: Office, tmp_path: Path) -> Iterator[Office]:
    """An office of this test's own; the key file belongs to its database."""
    source = Path(campaign_template.url.removeprefix("sqlite:///"))
    (tmp_path / "ledger.key").write_bytes(source.with_suffix(".key").read_bytes())
    copied = campaign_template.copy_to(tmp_path / "ledger.db")
    yield copied
    copied.close()


@pytest.fixture
def open_ledger(campaign: Office, monkeypatch: pytest.MonkeyPatch) -> Open:
    """``open_ledger("leads", role, record="1")``: the page after its first run."""

    def visit(page_key: str, role: Role, **params: str) -> AppTest:
        token = campaign.token(role)
        monkeypatch.setattr(guard, "session_token", lambda: token)
        monkeypatch.setattr(guard, "store", lambda: campaign.store)
        page = app_test(entry_of(page_key))
        for key, value in params.items():
            page.query_params[key] = value
        return page.run()

    return visit


def button(page: AppTest, key: str) -> Any:
    """The first button whose key begins so."""
    return next(one for one in page.button if (one.key or "").startswith(key))


def keys_of(page: AppTest) -> set[str]:
    """The keys of all buttons."""
    return {one.key for one in page.button}


def section(page: AppTest, ledger: str, name: str) -> AppTest:
    """Another section of the open record."""
    judged = ledger == "institutions"
    key = "record-section" if judged else f"record-section-{ledger}"
    return page.segmented_control(key=key).set_value(name).run()


def said(page: AppTest) -> str:
    """Everything that a person reads, without the marks that keep it inert."""
    shown = [*page.markdown, *page.error, *page.success, *page.warning, *page.info, *page.caption]
    texts = [str(element.value) for element in shown]
    texts += [element.proto.body for element in page.get("html")]
    text = "\n".join(texts)
    for mark in ("\\", "\u2060", '<bdi dir="auto">', "</bdi>"):
        text = text.replace(mark, "")
    return text
