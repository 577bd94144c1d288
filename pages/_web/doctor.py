"""Download of the doctor's file: what is wrong with the installation, without a record's text."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.exchange.writing.formats import Exported
from ledger.operations.diagnosis import diagnose, doctor_file
from ledger.storage import Store
from pages._web.downloads import sent
from pages._web.gate import actor_of_request


async def download(request: Request) -> Response:
    """``/doctor.zip``: what this process knows of itself."""
    return await sent(file_of_doctor, actor_of_request(request))


def file_of_doctor(store: Store, actor: Actor) -> Exported:
    """The file, for who may see the state of the installation."""
    return doctor_file(diagnose(store, actor))


ROUTES: list[BaseRoute] = [Route("/doctor.zip", download, methods=["GET"])]
