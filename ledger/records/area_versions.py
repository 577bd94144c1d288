"""Versions of areas follow one another: on no day are two versions of one code in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, or_, select

from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.storage.tables import areas as table

_NAMED = 3


def refuse_before_present(
    connection: Connection, level: str, day: date, codes: Collection[str], parents: Collection[str]
) -> None:
    """Refuse a load from ``day`` on where an area of the file has a version that began later and is
    in force by today: the load would end before it, and change nothing of today.

    Parameters
    ----------
    codes : collection of str
        The codes of the file.
    parents : collection of str
        Areas whose areas of this level are ended where the file no longer has them.

    Raises
    ------
    Invalid
        With the areas and the earliest day from which they can be loaded.
    """
    query = (
        select(table.c.code, table.c.name, table.c.parent_code, table.c.valid_from)
        .where(
            table.c.level == level,
            table.c.valid_from > day,
            table.c.valid_from <= clock.today(),
        )
        .order_by(table.c.valid_from.desc(), table.c.code)
    )
    later = [
        row
        for row in connection.execute(query)
        if row.code in codes or (row.parent_code is not None and row.parent_code in parents)
    ]
    if later:
        named = "、".join(f"{row.name}（{row.code}）" for row in later[:_NAMED])
        more = f"等 {len(later)} 个区域" if len(later) > _NAMED else ""
        since = later[0].valid_from
        raise Invalid(
            f"{named}{more}在{day}以后已经启用过新的版本，最晚自{since}起，不能再插入更早的版本。"
            f"请把启用日期改为{since}或以后"
        )


def begun_before(connection: Connection, day: date) -> frozenset[str]:
    """The codes that had a version, of any level, which began before a day."""
    query = select(table.c.code).where(or_(table.c.valid_from.is_(None), table.c.valid_from < day))
    return frozenset(connection.execute(query).scalars())


def later_starts(connection: Connection, level: str, day: date) -> dict[str, date]:
    """When the next version of each code begins that was loaded for a day after ``day``."""
    query = select(table.c.code, func.min(table.c.valid_from)).where(
        table.c.level == level, table.c.valid_from > day
    )
    rows = connection.execute(query.group_by(table.c.code)).all()
    return {row[0]: row[1] for row in rows}


def newest_id(connection: Connection) -> int:
    """The id of the version stored last, 0 for none."""
    return int(connection.execute(select(func.max(table.c.id))).scalar() or 0)


def refuse_two_at_once(connection: Connection, after: int) -> None:
    """Refuse versions stored after the id ``after`` that are in force together with another.

    Raises
    ------
    Invalid
        With the code and the first day on which two versions of it would be in force.
    """
    new, other = table.alias("new"), table.alias("other")
    query = (
        select(new.c.code, new.c.name, new.c.valid_from, other.c.valid_from)
        .join(other, and_(new.c.code == other.c.code, new.c.id != other.c.id))
        .where(new.c.id > after, _begins_before_end(new, other), _begins_before_end(other, new))
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is not None:
        code, name, *days = found
        both = max((day for day in days if day is not None), default=None)
        since = "同时" if both is None else f"自{both}起同时"
        raise Invalid(f"{name}（{code}）会{since}有两个版本有效，没有载入。请改启用日期后再载入")


def _begins_before_end(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    begins, ends = one.c.valid_from, other.c.valid_to
    return or_(begins.is_(None), ends.is_(None), begins < ends)
