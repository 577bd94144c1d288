"""Downloads of what an office changed for itself: all as one file, or one rule file to edit."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.exchange.writing.formats import Exported
from ledger.operations.local_settings import settings_file
from ledger.operations.rule_files import rule_text
from ledger.storage import Store
from pages._web.downloads import sent
from pages._web.gate import actor_of_request


async def download(request: Request) -> Response:
    """``/local-settings.json``, for who may change the settings."""
    return await sent(settings_file, actor_of_request(request))


async def download_rules(request: Request) -> Response:
    """``/rule-file/tiers.toml``: the text in force, for who may manage rules."""
    return await sent(rules_in_file, actor_of_request(request), str(request.path_params["name"]))


def rules_in_file(store: Store, actor: Actor, kind: str) -> Exported:
    """The rule file of one kind that is in force."""
    text = rule_text(store, actor, kind)
    return Exported(f"{kind}.toml", text.encode(), "application/toml", 1)


ROUTES: list[BaseRoute] = [
    Route("/local-settings.json", download, methods=["GET"]),
    Route("/rule-file/{name}.toml", download_rules, methods=["GET"]),
]
