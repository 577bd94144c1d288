"""A question about hotspots with all that its answer depends on, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geo.hotspot_classes import OWN, Null
from geo.hotspots import Hotspots
from geo.uneven_risk import Unevenness
from geo.weights import Neighbours
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.comparing import Bases, is_known
from ledger.records.query import Selection
from ledger.reporting.statistics.counting import Counted
from ledger.reporting.statistics.regions import Regions
from ledger.reporting.statistics.requests import Place, Request

# The columns of an answer's table that count cases: of the period, and of those compared with it.
COUNTS = ("count", "before", "year_before")


@dataclass(frozen=True)
class Question:
    """A request with everything its exact answer depends on: the key under which it is kept.

    ``scope_path`` is the asker's: people of one scope share answers. ``newest`` is what changes
    with the ledger, ``revision`` with the areas, ``today`` at midnight.
    """

    request: Request
    scope_path: str
    path: str
    newest: tuple[Any, ...]
    revision: int
    today: date

    @property
    def actor(self) -> Actor:
        """Whoever asks, reduced to the scope; `asked` has checked the rights of the role."""
        return Actor("", None, "", self.scope_path)

    @property
    def ledger(self) -> Ledger:
        """The ledger asked about."""
        return ledger_named(self.request.ledger)

    @property
    def selection(self) -> Selection:
        """The records asked about: the filter, within the scope."""
        return replace(self.request.selection, area_path=self.path)


@dataclass(frozen=True, eq=False)
class Found:
    """The exact answer; for this package, never for a page.

    ``counted`` holds the two periods of ``bases`` and the period itself, ``began`` is the day of
    the ledger's first record; ``later`` counts records of days still to come.
    """

    regions: Regions
    neighbours: Neighbours
    counted: Counted
    statistics: Hotspots
    later: int
    bases: Bases
    began: date | None

    @cached_property
    def table(self) -> pd.DataFrame:
        """The table of an `Answer`, worked out once; nobody may change it."""
        table = self.statistics.table.copy()
        table["count"] = whole(table["count"])
        bases = (self.bases.previous, self.bases.year_before)
        for name, base, counts in zip(COUNTS[1:], bases, self.counted.cases[:2], strict=True):
            earlier = pd.Series(counts, dtype="float64").reindex(table.index, fill_value=0.0)
            table[name] = whole(earlier if is_known(base, self.began) else earlier * np.nan)
        return table


@dataclass(frozen=True, eq=False)
class Answer:
    """What a question found.

    ``table`` holds the numbers by area code: the columns of `geo.hotspots.COLUMNS`, and `COUNTS`
    as ``Int64``, NA for days before the ledger began (`ledger.domain.timing.comparing`). ``bases``
    are the days compared with, ``regions`` the areas themselves. ``attached`` are islands and what
    they were joined to (codes). ``unplaced`` cases lie in none of the areas, ``shared`` were
    shared out to the parts of areas split since, ``later`` bear a day still to come: none of these
    are in the numbers but ``shared``. ``null`` is the null that was held to, and ``uneven`` how
    much areas differ by themselves. In an answer that is to be passed on words may stand instead
    of counts,
    and ``remark`` says so (`ledger.reporting.statistics.papers.paper_answer`).
    """

    request: Request
    place: Place
    regions: Regions
    table: pd.DataFrame
    attached: tuple[tuple[str, str], ...]
    unplaced: int | str
    shared: int | str
    later: int | str
    draws: int
    null: Null
    uneven: Unevenness
    as_of: datetime | None
    bases: Bases
    remark: str = ""

    @cached_property
    def total(self) -> int:
        """The sum of the counts that are told."""
        return sum(int(one) for one in self.table["count"] if not isinstance(one, str))

    def of_class(self, name: str) -> list[str]:
        """The codes of one Gi* class, by code."""
        return list(self._classes.get(str(name), ()))

    @cached_property
    def clusters(self) -> Mapping[str, list[str]]:
        """The codes in each cluster, by the code in its middle."""
        found: dict[str, list[str]] = {}
        for code, middle in sorted(self.table["cluster"].items()):
            if middle:
                found.setdefault(str(middle), []).append(str(code))
        return found

    @cached_property
    def own_excess(self) -> Sequence[str]:
        """The codes of the areas with an own excess."""
        return [code for code in self.of_class("hot") if self.rows[code]["hot_kind"] in OWN]

    @cached_property
    def _classes(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for code, kind in sorted(self.table["gi_class"].items()):
            found.setdefault(str(kind), []).append(str(code))
        return found

    @cached_property
    def rows(self) -> Mapping[str, Mapping[Any, Any]]:
        """The rows of the table as dictionaries by code; nobody may change them."""
        return {str(code): row for code, row in self.table.to_dict("index").items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of the areas by code."""
        return dict(zip(self.regions.frame["code"], self.regions.frame["name"], strict=True))


def whole(counts: pd.Series[Any]) -> pd.Series[Any]:
    """Counts as ``Int64``."""
    return counts.astype("float64").round().astype("Int64")
