"""Download of a whole ledger with its protected texts: for a reason, posted and on the record.

A form posts it, so the reason stands in no address, no history of the browser and no access log.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.access import Actor
from ledger.errors import LedgerError
from ledger.exchange.exports import FORMATS, Exported, export
from ledger.ledgers import LEDGERS
from ledger.query import Selection
from ledger.storage import Store
from pages._database import store
from pages._web.downloads import attachment, refusal, status_of
from pages._web.forms import read_form, session_token_right
from pages._web.gate import actor_of_request


async def download_revealed(request: Request) -> Response:
    """``POST /download/institutions.xlsx`` with ``csrf`` and ``reason``."""
    ledger_key, _, suffix = str(request.path_params["name"]).rpartition(".")
    form = await read_form(request)
    if not session_token_right(request, form.get("csrf", "")):
        return refusal("页面已过期，没有导出。请回到“导入导出”页刷新后再试。", 403)
    if ledger_key not in LEDGERS or suffix not in FORMATS:
        return refusal("没有这个下载。请回到“导入导出”页重新选择。", 404)
    actor, reason = actor_of_request(request), form.get("reason", "")
    try:
        exported = await run_in_threadpool(
            export_revealed, store(), actor, ledger_key, suffix, reason
        )
    except LedgerError as error:
        return refusal(str(error), status_of(error))
    return attachment(exported)


def export_revealed(
    store: Store, actor: Actor, ledger_key: str, suffix: str, reason: str
) -> Exported:
    """Everything in the actor's scope, protected texts in plain; the service asks for a reason."""
    everything = Selection(sort=(("number", False),))
    return export(
        store, actor, ledger_key, everything, suffix, guard_codes=True, reveal_reason=reason
    )


ROUTES: list[BaseRoute] = [
    Route("/download/{name}", download_revealed, methods=["POST"]),
]
