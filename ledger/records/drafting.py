"""A record to be written: its present row, what changes, and where it comes to lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.atlas import Atlas
from ledger.domain.columns import Ledger
from ledger.domain.masks import is_sealed
from ledger.domain.proposals import Answer
from ledger.domain.tiers import Judgement
from ledger.records.places.placement import Place, Site, place
from ledger.storage.keys.secrets import Sealer

_PLACE_KEYS = ("area_code", "area_path", "placement")


@dataclass
class Draft:
    """A record to be written: its present row (``None`` for a new one) and the values that change.

    ``values`` are parsed column values, ``extra`` further facts. ``reason`` is the reason of this
    record's change and takes precedence over that of the whole save. ``answers`` are the decisions
    about the facts that the record proposes. `arrange` sets ``place`` and ``after``; `write` sets
    ``judgement`` if the record is judged.
    """

    values: dict[str, Any]
    current: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    place: Place | None = None
    judgement: Judgement | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def unmoved(cls, current: Mapping[str, Any], **values: Any) -> Draft:
        """A draft with other values whose area is not computed again; it needs no `arrange`."""
        return cls(values, current, after={**current, **values})

    @property
    def is_new(self) -> bool:
        return self.current is None


def arrange(ledger: Ledger, drafts: Sequence[Draft], atlas: Atlas) -> None:
    """Set ``draft.after``: merge the changes, and find the area of what is new or moved.

    Afterwards it holds the whole record except tier, deadlines, id and version. Nothing is
    written, so the caller can still refuse drafts, such as those outside the actor's scope.
    """
    blank: dict[str, Any] = {column.key: None for column in ledger.columns}
    if ledger.initial_state is not None:
        blank["state"] = ledger.initial_state
    for draft in drafts:
        base = {**blank, "extra": {}, "area_path": None, **(draft.current or {})}
        draft.after = {**base, **draft.values}
        draft.after["extra"] = {**(base["extra"] or {}), **draft.extra}
    moved = [draft for draft in drafts if draft.is_new or _moves(draft)]
    if ledger.geometry != "point":
        for draft in moved:
            code = draft.after.get("area_code")
            draft.after["area_path"] = (
                atlas[code].path if code is not None and code in atlas else None
            )
        return
    sites = [Site(draft.after["lon"], draft.after["lat"], _chosen(draft)) for draft in moved]
    for draft, found in zip(moved, place(atlas, sites), strict=True):
        draft.place = found
        draft.after |= {key: getattr(found, key) for key in _PLACE_KEYS}


def seal_protected(ledger: Ledger, drafts: Sequence[Draft], sealer: Sealer) -> None:
    """Encrypt the texts typed into protected columns; the stored text or its mask typed again
    leaves the column unchanged."""
    protected = [column.key for column in ledger.columns if column.rule.masked]
    for draft in drafts:
        for key in protected:
            typed = draft.values.get(key)
            if typed is None or is_sealed(typed):
                continue
            kept = (draft.current or {}).get(key)
            unchanged = kept is not None and sealer.same(str(typed), kept)
            draft.values[key] = kept if unchanged else sealer.seal(str(typed))
            if draft.after:
                draft.after[key] = draft.values[key]


def _moves(draft: Draft) -> bool:
    current = draft.current or {}
    keys = ("lon", "lat", "area_code")
    return any(key in draft.values and draft.values[key] != current.get(key) for key in keys)


def _chosen(draft: Draft) -> str | None:
    """The area chosen by hand: the one typed now, or the stored one if no position placed it."""
    if "area_code" in draft.values:
        typed: str | None = draft.values["area_code"]
        return typed
    was_typed = draft.current is not None and draft.current.get("placement") != "position"
    return draft.after["area_code"] if was_typed else None
