"""/trust: how a PC or a tablet comes to believe this server's certificate, and the file for it.

Both are public and open before sign-in: whoever has to install the certificate is not yet
believed, and its content is what every connection shows anyway.
"""

from __future__ import annotations

import hashlib
import ssl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.settings import settings
from pages._web.forms import render

PAGE, FILE = "/trust", "/trust/authority.crt"
_NONE = "这里没有使用本地证书机构，不需要安装证书。"


def show_page(request: Request) -> Response:
    """The steps for each kind of device, and the fingerprint to be compared."""
    certificate = _certificate()
    if certificate is None:
        return PlainTextResponse(_NONE, 404)
    plain = ssl.PEM_cert_to_DER_cert(certificate.decode("ascii"))
    fingerprint = hashlib.sha256(plain).digest().hex(":").upper()
    return render(request, "trust.html", {"fingerprint": fingerprint})


def send_file(_request: Request) -> Response:
    """The certificate, as a file that Windows, Kylin and Android know what to do with."""
    certificate = _certificate()
    if certificate is None:
        return PlainTextResponse(_NONE, 404)
    name = {"Content-Disposition": 'attachment; filename="ledger-authority.crt"'}
    return Response(certificate, headers=name, media_type="application/x-x509-ca-cert")


def _certificate() -> bytes | None:
    file = settings().authority_file
    return file.read_bytes() if file is not None and file.is_file() else None


ROUTES: list[BaseRoute] = [
    Route(PAGE, show_page, methods=["GET"]),
    Route(FILE, send_file, methods=["GET"]),
]
