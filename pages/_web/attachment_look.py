"""A look into photos and papers in the page itself (``static/look.js``), saved or only chosen.

Pictures and PDF are the browser's to show; of Word and Excel the first lines stand here as text.
"""

from __future__ import annotations

from itertools import groupby

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, LedgerError
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.reading.file_preview import MOST_LINES, Preview, preview
from ledger.operations import apart
from ledger.records.attachments import MOST_BYTES
from ledger.records.file_kinds import media_type_of
from pages._text import clip
from pages._web.attachments import POLICY, file_asked_for, file_headers
from pages._web.forms import html_of, session_token_right
from pages._web.gate import actor_of_request

# A browser shows no PDF in a sandbox: its own viewer, which keeps it apart from the page, is one.
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'"
_SHOWN = ("image/", "application/pdf")
_STALE = "页面已经过期，请刷新后再预览"


async def look(request: Request) -> Response:
    """``/attachment/12/look``: what the browser can show of it; rights as for the file itself."""
    answer = await file_asked_for(request)
    if isinstance(answer, Response):
        return answer
    found, content = answer
    if not found.media_type.startswith(_SHOWN):
        return await run_in_threadpool(_text, content, found.media_type)
    headers = file_headers(found, inline=True)
    if found.media_type == "application/pdf":
        headers["Content-Security-Policy"] = _PDF_POLICY
    return Response(content, media_type=found.media_type, headers=headers)


async def look_before(request: Request) -> Response:
    """A Word or Excel file in the body, before it is attached: nothing of it is kept."""
    if not session_token_right(request, request.headers.get("x-token", "")):
        return _said(_STALE, 403)
    if not _may_attach_any(actor_of_request(request)):
        return _said("您不能添加附件", 403)
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            return _said("附件过大", 413)
    return await run_in_threadpool(_text, content, None)


def _may_attach_any(actor: Actor) -> bool:
    wanted = frozenset({Action.CREATE, Action.EVIDENCE})
    return any(actor.may_any(wanted, key) for key in LEDGERS)


def _text(content: bytes, media_type: str | None) -> Response:
    """Read in a process of its own, as a file to be imported is."""
    try:
        found = apart.call(preview, content, media_type or media_type_of(content))
    except Invalid as error:
        said, found = f"不能预览：{error}。可以下载后打开。", Preview(())
    except LedgerError as error:
        return _said(str(error), 503)
    else:
        said = _about(found)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(html_of("look.html", said=said, groups=_groups(found)), headers=headers)


def _about(found: Preview) -> str:
    """What is shown of it, in one line."""
    if not found.lines:
        return "没有可以显示的文字。"
    where = f"工作表“{clip(found.sheet)}”，" if found.sheet else ""
    most = f"只列出开头(最多 {MOST_LINES} 行)" if found.more else "全部文字"
    return f"{where}{most}，不含图片和格式；以原文件为准。"


def _groups(found: Preview) -> list[dict[str, object]]:
    """Paragraphs one by one, rows that follow each other as one table."""
    groups: list[dict[str, object]] = []
    as_table = bool(found.sheet)
    for is_row, lines in groupby(found.lines, key=lambda line: as_table or len(line) > 1):
        rows = list(lines)
        groups += [{"rows": rows}] if is_row else [{"text": line[0]} for line in rows]
    return groups


def _said(words: str, status: int) -> Response:
    return PlainTextResponse(words, status, headers={"Cache-Control": "no-store"})


ROUTES: list[BaseRoute] = [
    Route("/attachment/look", look_before, methods=["POST"]),
    Route("/attachment/{attachment_id:int}/look", look, methods=["GET"]),
]
