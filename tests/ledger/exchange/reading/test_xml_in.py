"""XML from outside: a tree, or one refusal; definitions are refused in whatever encoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.errors import Invalid
from ledger.exchange.reading.xml_in import parsed

BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


def test_a_document_is_a_tree() -> None:
    assert parsed("<x><y>示例</y></x>".encode("utf-16")).find("y").text == "示例"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_definitions_are_refused(encoding: str) -> None:
    """Looked for as bytes, they were not seen in UTF-16."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{BOMB}'
    with pytest.raises(Invalid, match="实体"):
        parsed(declared.encode(encoding))


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    text = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><x>&a;</x>'
    with pytest.raises(Invalid):
        parsed(text.encode())


@pytest.mark.parametrize("content", [b"", b"no xml", b"<x>", b"<x/><y/>", b"\x00\x01"])
def test_what_is_no_document_is_one_refusal(content: bytes) -> None:
    with pytest.raises(Invalid, match="换一份"):
        parsed(content, "请换一份")
