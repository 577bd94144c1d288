"""The manual at /guide, as it came with this program, with its pictures and reference pages.

Everybody who is signed in reads the same text; nothing of an office is in it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from pages._web.forms import html_of
from pages._web.headers import FORMS_POLICY
from pages._web.packed import PUBLIC, Packed, answer, pack

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIRST = "guide"
# What the manual links to; the pages for developers are not served.
REFERENCE = ("ledgers", "roles", "rules", "contradictions", "workflows", "clocks")
_NOT_HERE = "没有这一页，请从手册首页打开。"


def show_page(request: Request) -> Response:
    """The manual, or one of its reference pages."""
    name = request.path_params.get("page", FIRST)
    if name not in (FIRST, *REFERENCE):
        return PlainTextResponse(_NOT_HERE, 404)
    response = answer(request, _packed(name), PUBLIC)
    response.headers["Content-Security-Policy"] = FORMS_POLICY
    return response


def show_picture(request: Request) -> Response:
    """A picture of the manual."""
    file = _pictures().get(request.path_params["picture"])
    if file is None:
        return PlainTextResponse(_NOT_HERE, 404)
    kept = {"Cache-Control": "private, max-age=3600"}
    return Response(file.read_bytes(), headers=kept, media_type="image/png")


@lru_cache(maxsize=1)
def _pictures() -> dict[str, Path]:
    return {file.name: file for file in (DOCS / "pictures").glob("*.png")}


@lru_cache(maxsize=1 + len(REFERENCE))
def _packed(name: str) -> Packed:
    file = DOCS / ("guide.md" if name == FIRST else f"reference/{name}.md")
    title, contents, body = page_of(file.read_text(encoding="utf-8"))
    text = html_of("guide.html", title=title, contents=contents, body=body, first=name == FIRST)
    return pack(text.encode(), "text/html; charset=utf-8")


def page_of(text: str) -> tuple[str, list[str], str]:
    """Title, headings of the second level, and the HTML of a page in Markdown.

    Each heading has its text as its id, so ``/guide#风险地图`` leads to it. HTML in the text stays
    text.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    title, contents = "", []
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            said = "".join(part.content for part in words.children or ())
            heading.attrSet("id", said)
            if heading.tag == "h1":
                title = said
            elif heading.tag == "h2":
                contents.append(said)
    for token in tokens:
        for part in token.children or ():
            _lead_here(part)
        _join_lines(token)
    html = str(reader.renderer.render(tokens, reader.options, {}))
    # What scrolls can be reached, and so scrolled, by the keyboard.
    return title, contents, html.replace("<pre>", '<pre tabindex="0">')


def _join_lines(token: Token) -> None:
    """Lines of Chinese joined without the blank that Markdown would put between them."""
    parts = token.children or []
    for before, part, after in zip(parts, parts[1:], parts[2:], strict=False):
        ends, begins = before.content[-1:], after.content[:1]
        if part.type == "softbreak" and not (ends.isascii() and begins.isascii()):
            part.type = "text"


def _lead_here(part: Token) -> None:
    """A link between the files as one between the addresses of this module."""
    if part.type == "image":
        part.attrSet("src", f"/guide/{part.attrGet('src')}")
        part.attrSet("loading", "lazy")
    elif part.type == "link_open":
        path, mark, place = str(part.attrGet("href")).partition("#")
        if path.endswith(".md"):
            name = Path(path).stem
            path = "/guide" if name == FIRST else f"/guide/{name}"
        part.attrSet("href", f"{path}{mark}{place}")


ROUTES: list[BaseRoute] = [
    Route("/guide", show_page, methods=["GET"]),
    Route("/guide/{page}", show_page, methods=["GET"]),
    Route("/guide/pictures/{picture}", show_picture, methods=["GET"]),
]
