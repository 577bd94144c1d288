"""The visit that a form is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.storage import Store
from pages.field.field_form import FieldForm


@dataclass(frozen=True)
class Visit:
    """Everything a visit's form works with: the form and the institution as it stands."""

    store: Store
    actor: Actor
    atlas: Atlas
    form: FieldForm
    place: Mapping[str, Any]
