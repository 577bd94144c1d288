"""The manual on paper, printed by a browser, the same bytes each time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from deploy.installer.stop import Stop

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #20262E; }
h1 { font-size: 20pt; } h2 { font-size: 15pt; break-after: avoid; } h3 { break-after: avoid; }
img { max-width: 100%; border: 1px solid #C9D0DA; break-inside: avoid; }
table { border-collapse: collapse; width: 100%; } tr { break-inside: avoid; }
td, th { border: 1px solid #C9D0DA; padding: 2pt 5pt; text-align: left; vertical-align: top; }
pre { white-space: pre-wrap; background: #F3F5F8; padding: 6pt; }
"""
_PATIENCE_SECONDS = 300
# The browser writes the moment of printing into the file; all else is a function of the page.
# A link to another file would name the folder of this build, and leads nowhere on paper.
_TO_FILES = re.compile(r'<a href="(?!#|https?:)[^"]*">(.*?)</a>', re.DOTALL)
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}[^)]*\)")


def print_guide(markdown: Path, target: Path, moment: int) -> None:
    """Print a page in Markdown, with the pictures beside it; its dates are ``moment`` (UTC).

    Raises
    ------
    Stop
        If there is no browser, or it printed nothing.
    """
    browser = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if browser is None:
        raise Stop("没有找到 Chromium，不能印使用手册。请安装 chromium，或用 CHROMIUM 指明它的位置")
    page = target.with_suffix(".html")
    page.write_text(_page(markdown), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += ["--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()]
    try:
        subprocess.run(  # noqa: S603 - the browser on a page of our own
            command, capture_output=True, check=False, timeout=_PATIENCE_SECONDS
        )
    finally:
        page.unlink()
    if not target.is_file():
        raise Stop("浏览器没有印出使用手册")
    target.write_bytes(_dated(target.read_bytes(), moment))


def _page(markdown: Path) -> str:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("softbreak", _joined)
    text = markdown.read_text(encoding="utf-8")
    body = _TO_FILES.sub(r"\1", reader.render(text)).replace(
        'src="', f'src="{markdown.parent.resolve().as_uri()}/'
    )
    title = escape(text.partition("\n")[0].lstrip("# "))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


def _joined(_: object, parts: Sequence[Token], at: int, *__: object) -> str:
    """Lines of Chinese are joined without the blank that a browser would put between them."""
    before = parts[at - 1].content[-1:] if at else ""
    after = parts[at + 1].content[:1] if at + 1 < len(parts) else ""
    return "\n" if before.isascii() and after.isascii() else ""


def _dated(pdf: bytes, moment: int) -> bytes:
    """Dates of the same length, so that the places written in the file stay right."""
    stamp = f"{datetime.fromtimestamp(moment, UTC):%Y%m%d%H%M%S}".encode()

    def replaced(found: re.Match[bytes]) -> bytes:
        whole = found[0]
        at = whole.index(b"(D:") + 3
        return whole[:at] + stamp + whole[at + 14 :]

    return _DATES.sub(replaced, pdf)
