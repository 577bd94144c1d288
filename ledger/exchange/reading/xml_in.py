"""XML that came from outside, as a tree: no definitions, no entities, nothing outside the text."""

from __future__ import annotations

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from ledger.domain.errors import Invalid

_DAMAGED = "已损坏或不完整，无法读取，请重新获取文件"


def parsed(content: bytes, damaged: str = _DAMAGED) -> Any:
    """The root of an XML document, in any encoding.

    Raises
    ------
    Invalid
        If it is none (with the words ``damaged``), or defines entities or a type of document, which
        files of offices never do.
    """
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, safe)
    except (etree.XMLSyntaxError, ValueError):
        raise Invalid(damaged) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Invalid("带有自定义的 XML 实体，不像正常的表格，没有读取。请另存为 xlsx 后再导入")
    return root
