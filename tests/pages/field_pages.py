"""Pages of the field as each role finds them, run without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import Role
from ledger.domain.settings import settings
from pages._ui import guard
from tests.conftest import PROJECT_ROOT
from tests.pages.builders import Office, build_office, fill_office


def opened(
    monkeypatch: pytest.MonkeyPatch, office: Office, role: Role, file: str, **params: str
) -> AppTest:
    """``pages/<file>`` after its first run, as the person of that role sees it."""
    token = office.token(role)
    monkeypatch.setattr(guard, "session_token", lambda: token)
    page = AppTest.from_file(str(PROJECT_ROOT / "pages" / file), default_timeout=60)
    page.query_params.update(params)
    page.run()
    assert not page.exception
    return page


def filled_office(folder: str) -> Iterator[Office]:
    """An office with institutions, in the environment while it is used."""
    url = f"sqlite:///{folder}/ledger.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        settings.cache_clear()
        built = fill_office(build_office(url))
        yield built
        built.close()
    settings.cache_clear()


def html_of(page: AppTest) -> str:
    """Everything that the page shows as HTML, styles left out."""
    bodies = [element.proto.body for element in page.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style"))


def words_of(page: AppTest) -> str:
    """The same as words."""
    return re.sub(r"<[^>]+>", "", html_of(page))


def said(page: AppTest) -> str:
    """Messages, captions and paragraphs, without the escapes of Markdown."""
    elements = [
        *page.markdown,
        *page.caption,
        *page.error,
        *page.success,
        *page.warning,
        *page.info,
    ]
    return "\n".join(str(element.value) for element in elements).replace("\\", "")


def tap(page: AppTest, label: str, choice: str) -> None:
    """Press one choice of the buttons under a label."""
    group = next(one for one in page.button_group if one.label.startswith(label))
    group.set_value(choice).run()
    assert not page.exception


def write(page: AppTest, label: str, text: str) -> None:
    """Write into the field under a label."""
    fields = [*page.text_input, *page.text_area]
    next(one for one in fields if one.label.startswith(label)).set_value(text).run()
    assert not page.exception


def press(page: AppTest, key: str) -> None:
    """Press a button."""
    page.button(key=key).click().run()
    assert not page.exception
