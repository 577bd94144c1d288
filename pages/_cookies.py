"""The product's own cookies: their names, and how they are set and deleted."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from ledger.domain.settings import settings

SESSION_COOKIE = "ledger_session"
FORM_COOKIE = "ledger_form"


def set_cookie(
    response: Response, name: str, value: str, path: str = "/", max_age: int | None = None
) -> None:
    """A cookie that scripts cannot read and other sites' forms do not send."""
    response.set_cookie(name, value, max_age=max_age, **_kept_safe(path))


def delete_cookie(response: Response, name: str, path: str = "/") -> None:
    """Take the cookie back."""
    response.delete_cookie(name, **_kept_safe(path))


def _kept_safe(path: str) -> dict[str, Any]:
    secure = settings().secure_cookies
    return {"path": path, "httponly": True, "samesite": "lax", "secure": secure}
