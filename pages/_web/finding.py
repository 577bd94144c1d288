"""What the box in the head of every page finds: records by ledger, and areas.

Asked by `static/find.js` with a form, so that what was typed, perhaps a person's name or phone,
stands in no address and so in no log.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.records.finding import Findings, Found, Hit, find_everywhere
from ledger.records.places.area_words import area_names
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.storage import Store
from pages._database import store
from pages._text import clip
from pages._views.condition_parameters import MAX_TEXT
from pages._views.rows_link import rows_address
from pages._web.downloads import status_of
from pages._web.forms import read_form, session_token_right
from pages._web.gate import actor_of_request
from pages.navigation import OWN_PAGES

_STALE = "页面已经过期，请刷新后再查找"
_NO_STORE = {"Cache-Control": "no-store"}


async def find(request: Request) -> Response:
    """``q``: words, of which each must stand in a record; ``csrf``: the token of the session."""
    fields = await read_form(request)
    if not session_token_right(request, fields.get("csrf", "")):
        return JSONResponse({"error": _STALE}, 403, headers=_NO_STORE)
    text = fields.get("q", "")[:MAX_TEXT]
    try:
        said = await run_in_threadpool(found_as_json, store(), actor_of_request(request), text)
    except LedgerError as error:
        return JSONResponse({"error": str(error)}, status_of(error), headers=_NO_STORE)
    return JSONResponse(said, headers=_NO_STORE)


def found_as_json(opened: Store, actor: Actor, text: str) -> dict[str, Any]:
    """Groups with a label, their lines (what it is, what stands beside it, where it leads), and
    the address of all of them, where a page lists them."""
    findings = find_everywhere(opened, actor, text)
    atlas = current_atlas(opened)
    groups = [_group(one, atlas, actor, text) for one in findings.ledgers]
    return {"groups": [*groups, *_areas(findings, atlas, actor)]}


def _group(found: Found, atlas: Atlas, actor: Actor, text: str) -> dict[str, Any]:
    key = found.ledger.key
    listed = key not in OWN_PAGES and found.total > len(found.hits)
    many = f"{found.total:,} 条以上" if found.more else f"共 {found.total:,} 条"
    return {
        "label": found.ledger.label,
        "lines": [_line(key, hit, atlas, actor) for hit in found.hits],
        "all": f"/{rows_address(key, Selection(text=' '.join(text.split())))}" if listed else "",
        "many": many,
    }


def _line(key: str, hit: Hit, atlas: Atlas, actor: Actor) -> dict[str, str]:
    where = area_names(atlas, hit.area_code, actor.scope_path) if hit.area_code else ""
    return {
        "title": clip(hit.title or hit.number),
        "beside": clip(" ".join(filter(None, (hit.number, where)))),
        "href": f"/{key}?{urlencode({'record': hit.record_id})}",
    }


def _areas(findings: Findings, atlas: Atlas, actor: Actor) -> list[dict[str, Any]]:
    lines = [
        {
            "title": clip(area_names(atlas, area.code, actor.scope_path)),
            "beside": clip(area.code),
            "href": f"/map?{urlencode({'area': area.code})}",
        }
        for area in findings.areas
    ]
    return [{"label": "区域(风险地图)", "lines": lines, "all": "", "many": ""}] if lines else []


ROUTES: list[BaseRoute] = [Route("/find", find, methods=["POST"])]
