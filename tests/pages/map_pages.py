"""Pages with a map, run without a browser: what they show, and what they ask the map to show."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import Role
from pages._ui import guard
from tests.pages.builders import Office

Open = Callable[..., AppTest]


def opener(office: Office, monkeypatch: pytest.MonkeyPatch, file: Path, usual: Role) -> Open:
    """``open(role, under=…)``: the page of that file as a person of the office sees it."""

    def opened(role: Role = usual, **params: Any) -> AppTest:
        token = office.token(role)
        monkeypatch.setattr(guard, "session_token", lambda: token)
        page = AppTest.from_file(str(file), default_timeout=60)
        page.query_params.update(params)
        page.run()
        assert not page.exception
        return page

    return opened


def html_of(page: AppTest) -> str:
    """Everything that the page shows as HTML."""
    return "\n".join(element.proto.body for element in page.get("html"))


def param(page: AppTest, name: str) -> str:
    """A parameter of the address; AppTest keeps those set by hand as lists."""
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def sent_to_map(page: AppTest) -> dict[str, Any]:
    """What the map was asked to show, by element."""
    arguments = json.loads(page.get("component_instance")[0].proto.json_args)
    calls = re.findall(r'ledgerMap\.(\w+)\(\w+, "([A-Za-z0-9+/=]*)"\)', arguments["feature_group"])
    return {name: json.loads(base64.b64decode(text)) for name, text in calls}
