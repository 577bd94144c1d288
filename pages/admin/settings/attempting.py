"""One setting saved: what the service refuses is shown in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from pages._ui import guard, notices


def attempt(actor: Actor, message: str, service: Callable[..., Any], *args: Any) -> None:
    """Call one service; its refusal is shown in place."""
    try:
        service(guard.store(), actor, *args)
    except LedgerError as error:
        guard.refused(error)
        return
    notices.keep(message)
    st.rerun()
