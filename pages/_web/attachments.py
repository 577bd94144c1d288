"""Photos and papers of records: each request is checked against the session's scope."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.errors import LedgerError, NotFound, Refused
from ledger.records.attachments import Attachment, content_of
from ledger.records.file_kinds import SUFFIX_OF
from pages._database import store
from pages._web.gate import actor_of_request

# Nothing in a file may run or load anything, whatever it claims to be.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


async def attachment(request: Request) -> Response:
    """``/attachment/12``: the file, or one answer for what is missing and what is not yours.

    Pictures are shown, papers are downloaded.
    """
    answer = await file_asked_for(request)
    if isinstance(answer, Response):
        return answer
    found, content = answer
    headers = file_headers(found, inline=found.is_picture)
    return Response(content, media_type=found.media_type, headers=headers)


async def file_asked_for(request: Request) -> tuple[Attachment, bytes] | Response:
    """The file that a path names, or why whoever asks does not get it."""
    actor = actor_of_request(request)
    wanted = int(request.path_params["attachment_id"])
    try:
        if wanted > 2**62:
            raise NotFound("附件")
        return await run_in_threadpool(content_of, store(), actor, wanted)
    except NotFound:
        # One wording for what is not there and what is not yours.
        return _refusal(NotFound("附件"), 404)
    except LedgerError as error:
        return _refusal(error, 403 if isinstance(error, Refused) else 503)


def _refusal(error: LedgerError, status: int) -> Response:
    return PlainTextResponse(str(error), status, headers={"Cache-Control": "no-store"})


def file_headers(found: Attachment, *, inline: bool) -> dict[str, str]:
    """Shown in the page or downloaded (RFC 6266, RFC 5987); no cache keeps it."""
    kind = "inline" if inline else "attachment"
    suffix = SUFFIX_OF.get(found.media_type, "bin")
    name = quote(found.name, safe="")
    return {
        "Content-Disposition": f"{kind}; filename=\"file.{suffix}\"; filename*=UTF-8''{name}",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


ROUTES: list[BaseRoute] = [Route("/attachment/{attachment_id:int}", attachment, methods=["GET"])]
