"""Pages of the administration as each role finds them, run without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import Role
from pages._ui import guard
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import Office

Visit = Callable[[Office, Role], AppTest]


def visiting(name: str, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """``visit(office, role)``: the page ``pages/admin/<name>/page.py`` after its first run."""

    def visit(office: Office, role: Role) -> AppTest:
        token = office.token(role)
        monkeypatch.setattr(guard, "session_token", lambda: token)
        monkeypatch.setattr(guard, "store", lambda: office.store)
        file = PROJECT_ROOT / "pages" / "admin" / name / "page.py"
        return AppTest.from_file(str(file), default_timeout=60).run()

    return visit


def texts(page: AppTest) -> str:
    """Everything the page says in messages and paragraphs."""
    elements = [
        *page.markdown,
        *page.caption,
        *page.error,
        *page.success,
        *page.warning,
        *page.info,
        *page.subheader,
    ]
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


def keys(page: AppTest) -> set[str]:
    """The keys of all buttons."""
    return {button.key for button in page.button if button.key}


def table_with(page: AppTest, *columns: str) -> pd.DataFrame:
    """The one table that has exactly these columns among its first."""
    found = [
        item.value for item in page.dataframe if list(item.value)[: len(columns)] == [*columns]
    ]
    assert len(found) == 1
    return found[0]
