"""Downloads: what a ledger page's filters hold, as a file, checked and recorded per request."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, LedgerError, NotFound, Refused, StorageError
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.exchange.writing.exports import export
from ledger.exchange.writing.filled_templates import filled_template, templates_by_village
from ledger.exchange.writing.formats import FORMATS, Exported
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.searched import untyped
from ledger.reporting.statistics.exporting import export_hotspots
from ledger.storage import Store
from pages._database import store
from pages._views.address import Params, read_address
from pages._views.filters_in_words import selection_words
from pages._views.hotspot_view import read_view, write_view
from pages._views.map_view import map_top
from pages._web.forms import html_of
from pages._web.gate import actor_of_request
from pages._web.headers import FORMS_POLICY

_STATUS: tuple[tuple[type[LedgerError], int], ...] = (
    (Refused, 403),
    (NotFound, 404),
    (Invalid, 400),
    (StorageError, 503),
)


async def download(request: Request) -> Response:
    """``/download/institutions.xlsx?tier.in=4``: the same parameters as the page's address."""
    name = str(request.path_params["name"])
    ledger_key, _, suffix = name.rpartition(".")
    if ledger_key not in LEDGERS or suffix not in FORMATS:
        return refusal("没有这个下载。请回到台账页面，从“下载”菜单重新选择。", 404)
    params = {key: request.query_params.getlist(key) for key in request.query_params}
    actor = actor_of_request(request)
    return await sent(export_view, actor, ledger_key, suffix, params)


def export_view(
    store: Store,
    actor: Actor,
    ledger_key: str,
    suffix: str,
    params: Params,
    reveal_reason: str | None = None,
) -> Exported:
    """The file of an address; with a reason, protected texts in plain.

    A page leaves out what it cannot follow and says so; a file would hold more than was asked
    for without anybody noticing, so here any such part refuses the whole (`Invalid`).
    """
    actor.require(Action.EXPORT, ledger_key)
    ledger, atlas = ledger_named(ledger_key), current_atlas(store)
    view, problems = read_address(ledger, atlas, actor, params)
    if problems:
        raise Invalid("下载地址里的筛选条件有误：" + "；".join(problems[:5]))
    return export(
        store,
        actor,
        ledger_key,
        view.selection,
        suffix,
        title=_title(ledger, atlas, view.selection),
        logged_title=_title(ledger, atlas, untyped(ledger, view.selection)),
        guard_codes=True,
        reveal_reason=reveal_reason,
    )


def _title(ledger: Ledger, atlas: Atlas, selection: Selection) -> str:
    return "；".join([ledger.label, *selection_words(ledger, atlas, selection)])


async def download_hotspots(request: Request) -> Response:
    """``/download/hotspots/table.xlsx?ledger=leads``: the parameters of the hotspot page."""
    params = {key: request.query_params.getlist(key) for key in request.query_params}
    actor, suffix = actor_of_request(request), str(request.path_params["suffix"])
    return await sent(export_hotspot_view, actor, suffix, params)


def export_hotspot_view(store: Store, actor: Actor, suffix: str, params: Params) -> Exported:
    """The table of a hotspot page's address.

    As with ledgers, an address that the page would mend is refused here (`Invalid`): a file must
    hold what was asked for.
    """
    actor.require(Action.EXPORT)
    atlas = current_atlas(store)
    view = read_view(atlas, actor, params)
    meant = write_view(view, map_top(atlas, actor), whole=True)
    given = {key: list(values) for key, values in params.items() if values and values[-1]}
    if any(meant.get(key) != values for key, values in given.items() if key != "area"):
        raise Invalid("下载地址里的条件有误或不在您的辖区内，请回到热点分析页面重新下载。")
    ledger = ledger_named(view.ledger)
    title = _title(ledger, atlas, untyped(ledger, view.request.selection))
    return export_hotspots(store, actor, view.request, suffix, title=title)


async def sent(make: Callable[..., Exported], *given: object) -> Response:
    """The file that a service makes of the database and what is given, or why there is none."""
    try:
        exported = await run_in_threadpool(make, store(), *given)
    except LedgerError as error:
        return refusal(str(error), status_of(error))
    return attachment(exported)


def status_of(error: LedgerError) -> int:
    """The HTTP status of what a service refused."""
    return next((code for kind, code in _STATUS if isinstance(error, kind)), 400)


def attachment(exported: Exported) -> Response:
    """Sent as a file with its Chinese name (RFC 6266, RFC 5987) and kept by no cache."""
    suffix = exported.filename.rpartition(".")[2]
    disposition = (
        f'attachment; filename="ledger.{suffix}"; '
        f"filename*=UTF-8''{quote(exported.filename, safe='')}"
    )
    headers = {
        "Content-Disposition": disposition,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Rows": str(exported.rows),
    }
    return Response(exported.content, media_type=exported.media_type, headers=headers)


def refusal(message: str, status: int, title: str = "没有下载") -> Response:
    """One plain page that says what is wrong and leads back."""
    page = html_of("refused.html", message=message, title=title)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": FORMS_POLICY}
    return HTMLResponse(page, status_code=status, headers=headers)


async def download_template(request: Request) -> Response:
    """``/download/template/institutions.zip?area=CODE``: with the records in it; as zip, one
    workbook for each village."""
    ledger_key, suffix = (str(request.path_params[key]) for key in ("ledger", "suffix"))
    make = TEMPLATES.get(suffix)
    if ledger_key not in LEDGERS or make is None:
        return refusal("没有这个下载。请回到“导入导出”页面重新选择。", 404)
    code = request.query_params.get("area") or None
    return await sent(make, actor_of_request(request), ledger_key, code)


TEMPLATES: dict[str, Callable[[Store, Actor, str, str | None], Exported]] = {
    "xlsx": lambda store, actor, key, code: filled_template(store, actor, key, area_code=code),
    "zip": lambda store, actor, key, code: templates_by_village(store, actor, key, area_code=code),
}
ROUTES: list[BaseRoute] = [
    Route("/download/template/{ledger}.{suffix}", download_template, methods=["GET"]),
    Route("/download/hotspots/table.{suffix}", download_hotspots, methods=["GET"]),
    Route("/download/{name}", download, methods=["GET"]),
]
