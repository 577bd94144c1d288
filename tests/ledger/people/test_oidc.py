"""What a provider sends is believed only when all of it is right."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from ledger.domain.settings import settings
from ledger.people import oidc
from ledger.people.oidc import ProviderFailed
from tests.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Provider,
    by_hand,
    running,  # noqa: F401
    signing_key,
)

BACK_TO = "http://office.example/sso/callback"
VERIFIER = "v" * 64


@pytest.fixture
def provider(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:  # noqa: F811
    """An honest provider, and an installation that trusts it."""
    running.honest()
    running.trusted(monkeypatch)
    return running


def signed_on(provider: Provider, name: str = "zhangsan", verifier: str = VERIFIER) -> str:
    """The whole way of one sign-on."""
    url = oidc.authorization_url(BACK_TO, "state", "nonce", VERIFIER)
    return oidc.login_name(provider.code_for(name, urlsplit(url).query), BACK_TO, "nonce", verifier)


def test_an_honest_provider_names_the_user_and_is_asked_for_little(provider: Provider) -> None:
    assert signed_on(provider) == "zhangsan"
    assert signed_on(provider, "lisi") == "lisi"
    assert provider.asked == ["/.well-known/openid-configuration", "/token", "/keys", "/token"]


def test_another_claim_may_name_the_user(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "oidc_claim", "sub")
    assert signed_on(provider) == "sub-zhangsan"


def test_the_address_says_what_the_provider_has_to_know(provider: Provider) -> None:
    query = parse_qs(urlsplit(oidc.authorization_url(BACK_TO, "s", "n", VERIFIER)).query)
    assert VERIFIER not in str(query)
    assert {key: query[key][0] for key in ("state", "nonce", "redirect_uri", "client_id")} == {
        "state": "s",
        "nonce": "n",
        "redirect_uri": BACK_TO,
        "client_id": CLIENT_ID,
    }


def test_a_code_without_its_verifier_is_worth_nothing(provider: Provider) -> None:
    with pytest.raises(ProviderFailed) as caught:
        signed_on(provider, verifier="w" * 64)
    assert caught.value.reason == "the provider refused the code (invalid_grant)"


def _without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def _with(**changed: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **changed}


LIES: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": _with(nonce="other"),
    "a list of nonces": lambda claims: {**claims, "nonce": [claims["nonce"], "other"]},
    "another issuer": _with(iss="http://127.0.0.1:1"),
    "for another client": _with(aud="other"),
    "for several clients": _with(aud=[CLIENT_ID, "other"]),
    "issued to another client": _with(azp="other"),
    "over": lambda claims: {**claims, "exp": claims["iat"] - 120, "iat": claims["iat"] - 600},
    "not yet": lambda claims: {**claims, "nbf": claims["iat"] + 600},
    "from the future": lambda claims: {**claims, "iat": claims["iat"] + 600},
    "over never": _with(exp="never"),
    "a list of names": _with(preferred_username=["zhangsan"]),
    "an empty name": _with(preferred_username=""),
    **{
        f"without {name}": _without(name)
        for name in ("nonce", "iss", "aud", "exp", "iat", "sub", "preferred_username")
    },
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_else_is_not_believed(provider: Provider, lie: str) -> None:
    provider.claims = LIES[lie]
    with pytest.raises(ProviderFailed, match="统一身份认证没有通过"):
        signed_on(provider)


def test_a_token_for_several_clients_that_was_issued_to_this_one_is(provider: Provider) -> None:
    provider.claims = _with(aud=[CLIENT_ID, "other"], azp=CLIENT_ID)
    assert signed_on(provider) == "zhangsan"


def _public_key() -> bytes:
    return signing_key().as_pem(private=False)


def _hmac_with(key: bytes) -> Callable[[bytes], bytes]:
    return lambda text: hmac.new(key, text, hashlib.sha256).digest()


FORGED: dict[str, Callable[[Claims], str]] = {
    "alg none": lambda claims: by_hand({"alg": "none"}, claims, lambda _: b""),
    "alg None with the key's name": lambda claims: by_hand(
        {"alg": "None", "kid": "first"}, claims, lambda _: b""
    ),
    "HS256 with the public key": lambda claims: by_hand(
        {"alg": "HS256", "kid": "first"}, claims, _hmac_with(_public_key())
    ),
    "HS256 with the client's secret": lambda claims: by_hand(
        {"alg": "HS256"}, claims, _hmac_with(CLIENT_SECRET.encode())
    ),
    "HS256 with a published symmetric key": lambda claims: by_hand(
        {"alg": "HS256", "kid": "shared"}, claims, _hmac_with(b"secret-secret-secret")
    ),
    "a wrong signature": lambda claims: by_hand(
        {"alg": "RS256", "kid": "first"}, claims, lambda _: b"x" * 256
    ),
    "no token": lambda claims: "",
    "not a token": lambda claims: "a.b.c",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_signature_is_not_believed(
    provider: Provider, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    provider.sign = FORGED[how]
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(ProviderFailed, match="统一身份认证没有通过") as caught,
    ):
        signed_on(provider)
    told = caplog.text + caught.value.reason
    assert "eyJ" not in told, "the beginning of every token"
    assert CLIENT_SECRET not in told


@pytest.mark.parametrize(
    ("layer", "weaker"),
    [("ALGORITHMS", (*oidc.ALGORITHMS, "HS256")), ("_KEY_TYPES", frozenset({"RSA", "EC", "oct"}))],
)
def test_a_shared_secret_is_refused_by_algorithm_and_by_kind_of_key_each_alone(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, layer: str, weaker: object
) -> None:
    monkeypatch.setattr(oidc, layer, weaker)
    provider.sign = FORGED["HS256 with a published symmetric key"]
    with pytest.raises(ProviderFailed, match="统一身份认证没有通过"):
        signed_on(provider)


def test_both_layers_are_what_keeps_a_shared_secret_out(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "ALGORITHMS", (*oidc.ALGORITHMS, "HS256"))
    monkeypatch.setattr(oidc, "_KEY_TYPES", frozenset({"RSA", "EC", "oct"}))
    provider.sign = FORGED["HS256 with a published symmetric key"]
    assert signed_on(provider) == "zhangsan", "the forgery itself is sound"


def test_a_key_of_somebody_else_is_not_believed_and_a_new_one_of_the_providers_is(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert signed_on(provider) == "zhangsan"
    provider.key = signing_key("second")
    with pytest.raises(ProviderFailed):
        signed_on(provider)
    monkeypatch.setattr(oidc, "_KEYS_AT_MOST_EVERY", 0.0)
    assert signed_on(provider) == "zhangsan"
    assert provider.asked.count("/keys") == 2


ODD = {
    "an error": PlainTextResponse("oops", status_code=500),
    "no JSON": PlainTextResponse("<html>"),
    "a list": JSONResponse([1]),
    "somewhere else": RedirectResponse("http://127.0.0.1:1/elsewhere"),
    "too much": PlainTextResponse("x" * 600_000),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize("odd", ODD)
def test_odd_answers_of_the_provider_are_one_kind_of_failure(
    provider: Provider, path: str, odd: str
) -> None:
    provider.answers[path] = ODD[odd]
    with pytest.raises(ProviderFailed, match="用用户名和密码登录"):
        signed_on(provider)


def test_a_provider_that_points_elsewhere_is_not_followed(provider: Provider) -> None:
    pointing = RedirectResponse(f"{provider.issuer}/elsewhere")
    provider.answers["/.well-known/openid-configuration"] = pointing
    with pytest.raises(ProviderFailed) as caught:
        signed_on(provider)
    assert caught.value.reason == "the provider answered 307"
    assert "/elsewhere" not in provider.asked


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "http://provider.example/token"},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"authorization_endpoint": ""},
    ],
)
def test_a_discovery_document_of_others_or_without_https_is_refused(
    provider: Provider, told: dict[str, str]
) -> None:
    honest = {
        "issuer": provider.issuer,
        "authorization_endpoint": f"{provider.issuer}/authorize",
        "token_endpoint": f"{provider.issuer}/token",
        "jwks_uri": f"{provider.issuer}/keys",
    }
    provider.answers["/.well-known/openid-configuration"] = JSONResponse(honest | told)
    with pytest.raises(ProviderFailed):
        signed_on(provider)


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        ("http://127.0.0.1:9", "request to the provider: ConnectionError"),
        ("http://provider.example", "the provider's addresses must begin with https://"),
        ("127.0.0.1", "the provider's addresses must begin with https://"),
        ("https://", "the provider's addresses must begin with https://"),
    ],
)
def test_a_provider_that_is_down_or_not_safe_says_why_in_the_log(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, issuer: str, reason: str
) -> None:
    monkeypatch.setattr(settings(), "oidc_issuer", issuer)
    with pytest.raises(ProviderFailed) as caught:
        signed_on(provider)
    assert caught.value.reason == reason


def test_a_provider_that_hangs_does_not_take_all_threads(provider: Provider) -> None:
    for _ in range(4):
        oidc._at_once.acquire()
    try:
        with pytest.raises(ProviderFailed, match="连不上"):
            signed_on(provider)
    finally:
        oidc._at_once.release(4)
    assert signed_on(provider) == "zhangsan"


def test_proxies_and_passwords_of_the_machine_are_not_used(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert signed_on(provider) == "zhangsan"
