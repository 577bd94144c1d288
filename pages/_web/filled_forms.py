"""Download of a form as the ledgers fill it now; rights are checked per request."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.exchange.writing.formats import Exported
from ledger.operations import apart
from ledger.storage import Store
from pages._web.downloads import sent
from pages._web.gate import actor_of_request

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


async def download(request: Request) -> Response:
    """``/forms/12/filled?area=990101001&period=2026-11``."""
    params = dict(request.query_params)
    number = int(request.path_params["form_id"])
    return await sent(filled_file, actor_of_request(request), number, params)


def filled_file(store: Store, actor: Actor, form_id: int, params: dict[str, str]) -> Exported:
    """The filled file of an address."""
    from ledger.reporting.forms.kept_forms import fill_kept, kept_form

    name = kept_form(store, actor, form_id).name.rpartition(".")[0]
    filled = fill_kept(
        store,
        actor,
        form_id,
        scope_code=params.get("area") or None,
        period=params.get("period", ""),
        overwrite=params.get("replace") == "1",
        through=apart.call,
    )
    called = f"{name}_{filled.area}.{filled.suffix}"
    return Exported(called, filled.content, _TYPES[filled.suffix], len(filled.cells))


ROUTES: list[BaseRoute] = [Route("/forms/{form_id:int}/filled", download, methods=["GET"])]
