"""An OpenID Connect provider of our own on this machine, which can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ledger.domain.settings import settings
from ledger.people import oidc

CLIENT_ID, CLIENT_SECRET = "ledger", "client-secret-2026"
Claims = dict[str, Any]


@lru_cache
def signing_key(kid: str = "first") -> RSAKey:
    """Made once a process: a second or so each."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


class Provider:
    """Asks for a name and no password; remembers what it was sent.

    ``claims`` changes what a token says, ``sign`` how it is signed; ``answers`` replaces the
    answer of a path.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.claims: Callable[[Claims], Claims]
        self.sign: Callable[[Claims], str]
        self.answers: dict[str, Response]
        self.key: RSAKey
        self.asked: list[str]
        self.honest()
        self.codes: dict[str, dict[str, str]] = {}
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.issuer = f"http://{host}:{self._socket.getsockname()[1]}"
        app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/elsewhere", self._discovery),
                Route("/keys", self._keys),
                Route("/authorize", self._form, methods=["GET"]),
                Route("/authorize", self._signed_in, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
            ]
        )
        config = uvicorn.Config(app, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def honest(self) -> None:
        """As at the beginning."""
        self.claims, self.sign, self.answers = (lambda claims: claims), self.signed, {}
        self.key, self.asked = signing_key(), []

    def trusted(self, patch: pytest.MonkeyPatch) -> None:
        """Make this the provider of the installation."""
        told: dict[str, Any] = {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": SecretStr(CLIENT_SECRET),
        }
        for name, value in told.items():
            patch.setattr(settings(), name, value)
        oidc.forget()

    def start(self) -> Provider:
        self._thread.start()
        until = time.monotonic() + 10
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert self._server.started
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def signed(self, claims: Claims) -> str:
        """As an honest provider signs."""
        return jwt.encode({"alg": "RS256", "kid": str(self.key.kid)}, claims, self.key)

    def code_for(self, name: str, query: str) -> str:
        """What the browser is given once ``name`` has signed in, for the next step."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**dict(parse_qsl(query)), "name": name}
        return code

    async def _discovery(self, request: Request) -> Response:
        return self._answer(
            request,
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            },
        )

    async def _keys(self, request: Request) -> Response:
        symmetric = {"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"}
        return self._answer(request, {"keys": [symmetric, self.key.as_dict(private=False)]})

    async def _form(self, request: Request) -> Response:
        action = escape(f"/authorize?{request.url.query}", quote=True)
        return HTMLResponse(
            f'<html lang="zh"><title>统一身份认证</title><form method="post" action="{action}">'
            '<label>账号 <input name="name"></label><button>登录</button></form></html>'
        )

    async def _signed_in(self, request: Request) -> Response:
        asked, form = dict(request.query_params), dict(parse_qsl((await request.body()).decode()))
        code = self.code_for(form["name"], request.url.query)
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", status_code=303)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(form.get("code", ""), None)
        login = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if asked is None or not self._belongs(form, asked):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": f"sub-{asked['name']}",
            "preferred_username": asked["name"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
        }
        token = self.sign(self.claims(claims))
        told = {"access_token": "unused", "token_type": "Bearer", "id_token": token}
        return self._answer(request, told)

    def _belongs(self, form: dict[str, str], asked: dict[str, str]) -> bool:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return (
            asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form["redirect_uri"]
        )

    def _answer(self, request: Request, told: dict[str, Any]) -> Response:
        self.asked.append(request.url.path)
        return self.answers.get(request.url.path) or JSONResponse(told)


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """One server for all tests of a file."""
    provider = Provider().start()
    yield provider
    provider.stop()


def by_hand(header: dict[str, Any], claims: Claims, signature: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    parts = [_packed(json.dumps(part).encode()) for part in (header, claims)]
    text = b".".join(parts)
    return b".".join([text, _packed(signature(text))]).decode()


def _packed(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
