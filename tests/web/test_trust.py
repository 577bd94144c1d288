"""The page and the file by which PCs and tablets come to trust the local authority."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.installer.certificates import keep
from deploy.installer.telling import fingerprint
from ledger.domain.settings import settings
from pages._web.trust import FILE, PAGE
from tests.web.visiting import Browser


def test_page_and_file_open_to_everybody_and_tell_the_same(
    client: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path, ["ledger.test"])
    monkeypatch.setenv("LEDGER_AUTHORITY_FILE", str(tmp_path / "authority.crt"))
    settings.cache_clear()
    file, page = client.get(FILE), client.get(PAGE, accept="text/html")
    assert file.body == (tmp_path / "authority.crt").read_bytes()
    assert file.headers["content-type"] == "application/x-x509-ca-cert"
    assert fingerprint(tmp_path / "authority.crt") in page.text.replace("<wbr>", "")
    assert "PRIVATE" not in file.text


def test_without_an_authority_there_is_nothing(client: Browser) -> None:
    for path in (PAGE, FILE):
        assert client.get(path).status == 404
