"""Requests to an OpenID Connect provider, and the checks of its answers.

Authorization code flow with PKCE (RFC 7636, S256) after OpenID Connect Core 1.0. Authlib makes the
requests, joserfc checks signatures. An ID token is accepted only if it is signed by a key of the
provider with one of `ALGORITHMS`, issued by exactly the configured issuer, for this client and this
sign-in (nonce), and has not expired. Other tokens of the answer are not used. No content of a token
is logged or shown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests import RequestException, Response, Session

from ledger.domain.errors import LedgerError
from ledger.domain.settings import settings
from ledger.domain.timing import clock

# Asymmetric signatures only: with HS256 the public key is enough to sign; "none" signs nothing.
ALGORITHMS = ("RS256", "PS256", "ES256")
_KEY_TYPES = frozenset({"RSA", "EC"})
_TIMEOUT = (3.05, 8.0)
_LARGEST = 512 * 1024
_REMEMBERED_SECONDS = 3600.0
_KEYS_AT_MOST_EVERY = 60.0
_CLOCKS_DIFFER_SECONDS = 60
# RFC 6749, section 5.2: error codes that are logged, such as a wrong secret or a used code.
_REFUSALS = frozenset({"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client"})
# A provider that does not answer must not block all threads of the server.
_at_once = BoundedSemaphore(4)

_ADVICE = "请稍后重试，或改用用户名和密码登录；仍不行请联系系统管理员。"


class ProviderFailed(LedgerError):
    """The sign-in failed; ``reason`` is for the log and holds nothing that the provider sent."""

    def __init__(self, reason: str, what: str = "统一身份认证没有通过") -> None:
        super().__init__(f"{what}。{_ADVICE}")
        self.reason = reason


class _Unreachable(ProviderFailed):
    def __init__(self, reason: str) -> None:
        super().__init__(reason, "连不上统一身份认证服务")


@dataclass(frozen=True)
class Provider:
    """The used parts of the provider's discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    client_authentication: str


def is_set_up() -> bool:
    """Whether the settings name a provider and a client."""
    return bool(settings().oidc_issuer and settings().oidc_client_id)


def authorization_url(redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
    """The address at the provider where the browser signs in. Raises `ProviderFailed`."""
    provider = _provider()
    with _client(provider, redirect_uri) as client:
        url, _ = client.create_authorization_url(
            provider.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
        )
    return str(url)


def login_name(code: str, redirect_uri: str, nonce: str, verifier: str) -> str:
    """The name of the user who returned with this code: the claim ``oidc_claim`` of the ID token.

    Raises
    ------
    ProviderFailed
        If the provider cannot be reached, refuses the code, or sends a token that is not accepted.
    """
    claims = _checked(_id_token(code, redirect_uri, verifier), nonce)
    name = claims.get(settings().oidc_claim)
    if not isinstance(name, str) or not name:
        raise ProviderFailed("the ID token lacks the claim that names the user")
    return name


def forget() -> None:
    """Forget the cached discovery document and keys, so that they are read again."""
    _known.clear()


_known: dict[str, tuple[float, Any]] = {}


def _provider() -> Provider:
    issuer = settings().oidc_issuer
    read_at, known = _known.get(issuer, (0.0, None))
    if known is None or time.monotonic() - read_at > _REMEMBERED_SECONDS:
        _require_safe(issuer)
        known = _discovered(issuer)
        _known[issuer] = (time.monotonic(), known)
    found: Provider = known
    return found


def _discovered(issuer: str) -> Provider:
    document = _json_from(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise ProviderFailed("the discovery document is of another issuer")
    endpoints = {
        name: str(document.get(name, ""))
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    }
    for endpoint in endpoints.values():
        _require_safe(endpoint)
    offered = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    basic = "client_secret_basic" in offered or "client_secret_post" not in offered
    method = "client_secret_basic" if basic else "client_secret_post"
    method = method if _secret() else "none"
    return Provider(issuer=issuer, client_authentication=method, **endpoints)


def _id_token(code: str, redirect_uri: str, verifier: str) -> str:
    provider = _provider()
    with _asking(), _client(provider, redirect_uri) as client:
        answer = client.fetch_token(
            provider.token_endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            allow_redirects=False,
        )
    token = answer.get("id_token")
    if not isinstance(token, str) or len(token) > _LARGEST:
        raise ProviderFailed("the provider sent no ID token")
    return token


def _checked(token: str, nonce: str) -> Mapping[str, Any]:
    """The claims of an ID token that passes all checks. Raises `ProviderFailed`."""
    provider = _provider()
    exact: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": settings().oidc_client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    present: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat", "sub")}
    try:
        claims = _signed(token, provider)
        now = int(clock.now().timestamp())
        jwt.JWTClaimsRegistry(now=now, leeway=_CLOCKS_DIFFER_SECONDS, **exact, **present).validate(
            claims
        )
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFailed(f"the ID token is not believed ({type(error).__name__})") from None
    if claims["nonce"] != nonce:
        raise ProviderFailed("the ID token is not believed (nonce)")
    own = settings().oidc_client_id
    # A token for several clients must say that it was issued to this one.
    alone = claims["aud"] in (own, [own])
    if claims.get("azp", own if alone else None) != own:
        raise ProviderFailed("the ID token was issued to another client")
    return claims


def _signed(token: str, provider: Provider) -> dict[str, Any]:
    """The claims of a correctly signed token; for an unknown key the keys are fetched again."""
    try:
        return jwt.decode(token, _keys(provider), algorithms=list(ALGORITHMS)).claims
    except InvalidKeyIdError:
        return jwt.decode(token, _keys(provider, anew=True), algorithms=list(ALGORITHMS)).claims


def _keys(provider: Provider, *, anew: bool = False) -> KeySet:
    read_at, known = _known.get(provider.jwks_uri, (0.0, None))
    age = time.monotonic() - read_at
    if known is None or age > (_KEYS_AT_MOST_EVERY if anew else _REMEMBERED_SECONDS):
        keys = _json_from(provider.jwks_uri).get("keys")
        # Without symmetric keys, whatever the provider publishes.
        usable: list[Any] = [
            key
            for key in keys or []
            if isinstance(key, dict) and key.get("kty") in _KEY_TYPES and key.get("use") != "enc"
        ]
        known = KeySet.import_key_set({"keys": usable})
        _known[provider.jwks_uri] = (time.monotonic(), known)
    found: KeySet = known
    return found


def _json_from(url: str) -> Mapping[str, Any]:
    with _asking(), _equipped(Session()) as session:
        answer = session.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True)
        found = _small_json(answer)
    return found


def _small_json(answer: Response) -> Mapping[str, Any]:
    if answer.status_code != 200:
        raise _Unreachable(f"the provider answered {answer.status_code}")
    body = b""
    for piece in answer.iter_content(16 * 1024):
        body += piece
        if len(body) > _LARGEST:
            raise ProviderFailed("the provider's answer is too large")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ProviderFailed("the provider's answer is no JSON object")
    return found


@contextmanager
def _asking() -> Iterator[None]:
    """Limit simultaneous requests to the provider, and raise `ProviderFailed` for all faults."""
    if not _at_once.acquire(timeout=1.0):
        raise _Unreachable("too many requests to the provider at once")
    try:
        yield
    except AuthlibBaseError as error:
        said = error.error if error.error in _REFUSALS else "other"
        raise ProviderFailed(f"the provider refused the code ({said})") from None
    except RequestException as error:
        raise _Unreachable(f"request to the provider: {type(error).__name__}") from None
    except ValueError:
        raise ProviderFailed("the provider's answer cannot be read") from None
    finally:
        _at_once.release()


def _client(provider: Provider, redirect_uri: str) -> OAuth2Session:
    client = OAuth2Session(
        settings().oidc_client_id,
        _secret() or None,
        token_endpoint_auth_method=provider.client_authentication,
        scope=settings().oidc_scopes,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        default_timeout=_TIMEOUT,
    )
    _equipped(client)
    return client


def _equipped(session: Session) -> Session:
    """The session without the machine's proxies and passwords, with the configured CA file."""
    session.trust_env = False
    if settings().oidc_ca_file is not None:
        session.verify = str(settings().oidc_ca_file)
    return session


def _secret() -> str:
    file = settings().oidc_client_secret_file
    if file is None:
        return settings().oidc_client_secret.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ProviderFailed("the file of the client's secret cannot be read") from None


def _require_safe(url: str) -> None:
    """Refuse an address that is neither https nor http on this machine. Raises `ProviderFailed`."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_this_machine(parts.hostname or ""):
        return
    raise ProviderFailed("the provider's addresses must begin with https://")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
