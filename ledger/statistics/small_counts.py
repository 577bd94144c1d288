"""Small counts: shown as "<3" outside the office that handles the matters (DOMAIN §6).

- Hidden are counts below `LEAST` of ledgers about people's own matters (`GUARDED`), at any level
  of areas. Zero is below three as well: were it shown, "<3" would mean one or two.
- The handling office is whoever works on these records: who may edit them, and the leader of a
  township or of something smaller. A county's leader and an auditor look on from outside.
- The system itself (the command line without ``--as``) hides nothing: its tables are the office's
  own, and others script against them.
- What would give a hidden count away is hidden with it (`ledger.statistics.masking`).
"""

from __future__ import annotations

from geo.atlas import Atlas
from ledger.access import ROOT_PATH, Action, Actor, Reach
from ledger.columns import Ledger

LEAST = 3
HIDDEN = f"<{LEAST}"
# What is not small itself, but would give away what is.
KEPT_BACK = "不显示"
GUARDED = frozenset({"petitions", "leads"})
# Areas that an office handles the matters of; what lies above looks on.
OFFICES = ("township", "village", "grid")
VILLAGES = ("village", "grid")


def sees_small_counts(actor: Actor, atlas: Atlas, ledger: Ledger) -> bool:
    """Whether the actor belongs to the handling office, or the ledger hides nothing."""
    if ledger.key not in GUARDED:
        return True
    reach = actor.reach(Action.SMALL_COUNTS, ledger.key)
    if reach is not Reach.OFFICE:
        return reach is not None
    own = None if actor.scope_path == ROOT_PATH else atlas.get(actor.scope_code)
    return own is not None and own.level in OFFICES


def is_small(count: int) -> bool:
    """Whether a count is one that only the handling office sees."""
    return count < LEAST


def count_text(count: int | None) -> str:
    """A count as people read it; ``None`` is one that is hidden."""
    return HIDDEN if count is None else f"{count:,}"
