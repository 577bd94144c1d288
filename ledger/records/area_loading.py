"""Load areas from boundary files, or by their names alone.

Each area is compared with its version in force: an unchanged one is kept; a changed one gets a new
version with its own ``valid_from``, and the old version ends on that day, so that statistics of
earlier periods can still be computed. An area known by name alone that gets its boundary is no new
version: it was there before it was drawn. All records are assigned to areas again in the same
transaction; those of a later day get their records when it comes (`ledger.records.area_turns`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from geo.atlas import Atlas
from geo.crs import parse_crs
from geo.errors import GeoError, UnknownCrsError, UnknownLevelError
from geo.findings import Finding, Severity
from geo.validation import Boundaries, prepare_boundaries
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, InvalidFile
from ledger.domain.timing import clock
from ledger.records import area_tree, area_turns, area_versions, replacement
from ledger.records.area_layers import AreaFile, AreaLayer, Unplaced, read_layers
from ledger.records.area_storing import store_areas
from ledger.records.history import audit
from ledger.records.places.areas import REVISION, read_atlas, require_reach
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.own_files import refuse_own_files


@dataclass(frozen=True)
class LoadReport:
    """What a load did; after errors or a dry run, ``loaded``, ``unchanged`` and ``moved`` are 0.

    ``moved`` counts the records that got another area or placement.
    """

    read: int
    loaded: int
    unchanged: int
    repaired: int
    moved: int
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        return bool(self.errors)


@dataclass(frozen=True)
class _Terms:
    """From which day new versions stand, and whether areas that a layer lacks end then."""

    valid_from: date | None
    retire_missing: bool

    @property
    def day(self) -> date:
        return self.valid_from or clock.today()

    @property
    def tree_day(self) -> date:
        """The day whose tree the areas join: a later one, or today."""
        return max(self.day, clock.today())


@dataclass(frozen=True)
class _Checked:
    layer: AreaLayer
    boundaries: Boundaries


def load_areas(
    store: Store,
    actor: Actor,
    files: Sequence[AreaFile],
    *,
    valid_from: date | None = None,
    retire_missing: bool = False,
    dry_run: bool = False,
) -> LoadReport:
    """Read, check and store a delivery of areas, all its levels in one transaction. With any error
    nothing is stored.

    Parameters
    ----------
    files
        Boundary files and how each is read; in any order.
    valid_from
        The first day of new versions (default today); until a later day comes, the versions of
        before stay in force.
    retire_missing
        End the areas under the same parents that the files no longer have, from that day on.

    Raises
    ------
    Refused
        If the actor may not load areas.
    InvalidFile
        If a file cannot be read, or is one of this installation's own.
    Invalid
        If a level, scheme or CRS is unknown, or an area has a version that began after the day of
        the files and is in force by today.
    """
    require_reach(store, actor, Action.LOAD_AREAS)
    for file in files:
        refuse_own_files(store, file.path)
    layers, unplaced = read_layers(files)
    return load_layers(
        store,
        actor,
        layers,
        unplaced=unplaced,
        valid_from=valid_from,
        retire_missing=retire_missing,
        dry_run=dry_run,
    )


@tried_again
def load_layers(
    store: Store,
    actor: Actor,
    layers: Sequence[AreaLayer],
    *,
    unplaced: Sequence[Unplaced] = (),
    valid_from: date | None = None,
    retire_missing: bool = False,
    dry_run: bool = False,
) -> LoadReport:
    """As `load_areas`, of layers that have been read; those of larger levels stand first."""
    require_reach(store, actor, Action.LOAD_AREAS)
    terms = _Terms(valid_from, retire_missing)
    with store.reading() as connection:
        checked = _checked(layers, read_atlas(connection, terms.tree_day))
        report = _report(checked, unplaced)
        if not report.refused:
            for each in checked:
                _refuse_before_present(connection, each, terms)
    if report.refused or dry_run:
        return report
    with store.writing() as connection:
        newest = area_versions.newest_id(connection)
        for each in checked:
            level, scheme = each.layer.level, each.layer.scheme
            loaded, unchanged = store_areas(
                connection,
                actor,
                each.boundaries.areas,
                level,
                valid_from=valid_from,
                retire_missing=retire_missing,
            )
            area_tree.rebuild(connection, actor, level, scheme, terms.tree_day)
            counts = {"level": level, "loaded": loaded, "unchanged": unchanged}
            _note(connection, actor, each.layer, counts)
            report = replace(
                report, loaded=report.loaded + loaded, unchanged=report.unchanged + unchanged
            )
        area_versions.refuse_two_at_once(connection, newest)
        moved = replacement.place_all(
            connection,
            actor,
            lambda: surroundings_of(store, connection, read_atlas(connection)),
        )
        area_turns.note(connection)
        options.bump(connection, REVISION)
    return replace(report, moved=moved)


def _note(
    connection: Connection, actor: Actor, layer: AreaLayer, counts: Mapping[str, Any]
) -> None:
    change = audit.Change(
        "areas", ledger="areas", number=layer.source.strip("“”")[:80], after=counts
    )
    audit.append(connection, actor, [change])


def _refuse_before_present(connection: Connection, checked: _Checked, terms: _Terms) -> None:
    if terms.valid_from is not None:
        areas = checked.boundaries.areas
        parents = set(areas["parent_code"].dropna()) if terms.retire_missing else set()
        area_versions.refuse_before_present(
            connection, checked.layer.level, terms.valid_from, set(areas["code"]), parents
        )


def _checked(layers: Sequence[AreaLayer], known: Atlas) -> list[_Checked]:
    """Each layer checked within the areas that stand and those of the layers before it."""
    checked = []
    for layer in layers:
        boundaries = _prepared(layer, known)
        checked.append(_Checked(layer, boundaries))
        if len(layers) > 1:
            known = known.with_areas(boundaries.areas)
    return checked


def _prepared(layer: AreaLayer, known: Atlas) -> Boundaries:
    try:
        return prepare_boundaries(
            layer.frame,
            layer.fields,
            level=layer.level,
            crs=parse_crs(layer.crs),
            scheme=layer.scheme,
            merge_parts=layer.merge_parts,
            known=known if len(known) else None,
        )
    except (UnknownCrsError, UnknownLevelError) as error:
        raise Invalid(str(error)) from error
    except GeoError as error:
        raise InvalidFile(str(error), layer.source.strip("“”")) from error


def _said_of_all(checked: Sequence[_Checked]) -> tuple[Finding, ...]:
    """What is found in every one of several layers is said once."""
    if len(checked) < 2:
        return ()
    first, *others = [each.boundaries.findings for each in checked]
    return tuple(one for one in first if one.row is None and all(one in other for other in others))


def _report(checked: Sequence[_Checked], unplaced: Sequence[Unplaced]) -> LoadReport:
    """What was found; where there are several layers, each finding says in which."""
    several = len(checked) > 1 or bool(unplaced)

    def told(finding: Finding, source: str) -> Finding:
        if not several:
            return finding
        return replace(finding, message=f"{source}：{finding.message}")

    shared = _said_of_all(checked)
    findings = list(shared)
    findings += [
        told(finding, each.layer.source)
        for each in checked
        for finding in each.boundaries.findings
        if finding not in shared
    ]
    for lost in unplaced:
        kind: Severity = "warning" if lost.harmless else "error"
        findings.append(told(Finding(kind, lost.rows[0], None, None, lost.message), lost.source))
    left = sum(len(lost.rows) for lost in unplaced)
    if not checked and not any(finding.severity == "error" for finding in findings):
        findings.append(Finding("error", None, None, None, "里面没有县(区)及以下的区域，请核对。"))
    return LoadReport(
        read=sum(each.boundaries.read for each in checked) + left,
        loaded=0,
        unchanged=0,
        repaired=sum(each.boundaries.repaired for each in checked),
        moved=0,
        errors=tuple(one for one in findings if one.severity == "error"),
        warnings=tuple(one for one in findings if one.severity == "warning"),
    )
