"""How the tables of the coverage page look."""

from __future__ import annotations

from pages._ui.paging import STYLE as PAGING

STYLE = (
    f"<style>{PAGING}</style>"
    + """<style>
.coverage { overflow-x: auto; }
.coverage table { width: 100%; border-collapse: collapse; }
.coverage th, .coverage td { border-bottom: 1px solid var(--line); padding: 4px 10px 4px 0;
  text-align: left; overflow-wrap: anywhere; }
.coverage th { color: var(--quiet); }
.coverage a, .coverage-said a { color: var(--action); display: inline-flex;
  align-items: center; gap: 6px; min-height: 44px; min-width: 44px; }
.coverage-said a { min-width: 0; padding: 0 4px; }
[data-testid="stButtonGroup"] button { min-height: 44px; min-width: 52px; }
.coverage .chosen td { background: #F3F6FB; font-weight: 600; }
.coverage .none { color: #7A4B00; } .coverage-said { margin: 0 0 8px; }
.coverage-said b { font-size: 18px; }
.tier-badge { display: inline-block; padding: 3px 12px 3px 10px; border-radius: 4px;
  font-weight: 600; color: #20262E; white-space: nowrap; }
</style>"""
)
