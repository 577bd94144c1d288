"""Papers at /print/…: plain pages to be printed, each checked and logged like a download.

Page size, repeated headers and page numbers are rules of ``static/print.css``.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, LedgerError, NotFound
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.exchange.printing.lists import printed_list
from ledger.exchange.printing.one_record import printed_record
from ledger.exchange.printing.paper import Paper, cell_text, to_the_right
from ledger.exchange.printing.todo_list import printed_todo
from ledger.exchange.printing.visit_form import printed_visit_form
from ledger.exchange.writing.table import Table
from ledger.records.places.areas import current_atlas
from ledger.records.searched import untyped
from ledger.storage import Store
from pages._database import store
from pages._views.address import Params, read_address
from pages._views.filters_in_words import selection_words
from pages._web.downloads import refusal, status_of
from pages._web.forms import html_of
from pages._web.gate import actor_of_request
from pages._web.headers import FORMS_POLICY

_MOST = 2**62
_REFUSED = "不能打印"


async def print_list(request: Request) -> Response:
    """``/print/list/petitions?state.in=open&columns=number,matter``: the page's own address."""
    params = {key: request.query_params.getlist(key) for key in request.query_params}
    ledger_key = _ledger(request)
    return await _sent(list_of_view, actor_of_request(request), ledger_key, params)


async def print_record(request: Request) -> Response:
    """``/print/record/petitions/12``."""
    record_id = min(int(request.path_params["record_id"]), _MOST)
    return await _sent(printed_record, actor_of_request(request), _ledger(request), record_id)


async def print_todo(request: Request) -> Response:
    """``/print/todo``: the list of whoever asks."""
    return await _sent(printed_todo, actor_of_request(request))


async def print_visit_form(request: Request) -> Response:
    """``/print/visit?institution=JG-00001``."""
    number = request.query_params.get("institution", "")[:40]
    return await _sent(printed_visit_form, actor_of_request(request), number)


def list_of_view(store: Store, actor: Actor, ledger_key: str, params: Params) -> Paper:
    """The list of a ledger page's address in its ``columns``.

    As with downloads, an address that the page would mend is refused here (`Invalid`).
    """
    if ledger_key not in LEDGERS:
        raise NotFound("台账")
    actor.require(Action.EXPORT, ledger_key)
    ledger, atlas = ledger_named(ledger_key), current_atlas(store)
    view, problems = read_address(ledger, atlas, actor, params)
    if problems:
        raise Invalid("打印地址里的筛选条件有误：" + "；".join(problems[:5]))
    given = params.get("columns") or [""]
    keys = [key for key in given[-1].split(",") if key] or ["number", ledger.title]
    return printed_list(
        store,
        actor,
        ledger_key,
        view.selection,
        keys,
        filters=selection_words(ledger, atlas, view.selection),
        logged_title="；".join(selection_words(ledger, atlas, untyped(ledger, view.selection))),
    )


def _ledger(request: Request) -> str:
    return str(request.path_params["ledger"])


async def _sent(make: Callable[..., Paper], *given: object) -> Response:
    """The paper that a service makes of the database and what is given, or why there is none."""
    try:
        paper = await run_in_threadpool(make, store(), *given)
        page = await run_in_threadpool(page_of, paper)
    except LedgerError as error:
        return refusal(str(error), status_of(error), _REFUSED)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": FORMS_POLICY}
    return HTMLResponse(page, headers=headers)


def page_of(paper: Paper) -> str:
    """The paper as HTML."""
    return html_of("print.html", paper=paper, body=_body, right=to_the_right)


def _body(table: Table) -> list[list[str]]:
    """The texts of a table's cells; the template writes them, and makes them inert."""
    return [
        [cell_text(field, cell) for field, cell in zip(table.fields, row, strict=True)]
        for row in table.rows
    ]


ROUTES: list[BaseRoute] = [
    Route("/print/list/{ledger}", print_list, methods=["GET"]),
    Route("/print/record/{ledger}/{record_id:int}", print_record, methods=["GET"]),
    Route("/print/todo", print_todo, methods=["GET"]),
    Route("/print/visit", print_visit_form, methods=["GET"]),
]
