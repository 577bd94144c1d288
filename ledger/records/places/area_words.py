"""An area by its names, as people read them in a table, a sentence or on paper."""

from __future__ import annotations

from geo.atlas import Atlas


def area_names(atlas: Atlas, code: str, scope_path: str = "/") -> str:
    """The names of an area and of the one above it, from below the reader's own area down.

    A name that begins with the one above it stands alone: ``东村第3网格`` says ``东村`` already.
    An area that is not there any more is called by its code.
    """
    area = atlas.get(code)
    if area is None:
        return code
    chain = [*atlas.ancestors(code), area]
    own = [one.name for one in chain if not scope_path.startswith(one.path)] or [area.name]
    above, name = own[-2:] if len(own) > 1 else ("", own[-1])
    return name if not above or name.startswith(above) else f"{above} {name}"
