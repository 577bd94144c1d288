"""How the rating page looks."""

from __future__ import annotations

from pages._ui.paging import STYLE as PAGING

STYLE = (
    f"<style>{PAGING}</style>"
    + """<style>
.rating { overflow-x: auto; }
.rating table { width: 100%; border-collapse: collapse; }
.rating th, .rating td { border-bottom: 1px solid var(--line); padding: 4px 10px 4px 0;
  text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.rating th { color: var(--quiet); white-space: nowrap; }
.rating .number { text-align: right; white-space: nowrap; }
.rating td.number b { font-size: 18px; }
.rating a, .rating-said a { color: var(--action); display: inline-flex; align-items: center;
  min-height: 44px; min-width: 44px; }
.rating .chosen td { background: #F3F6FB; font-weight: 600; }
.rating small { display: block; color: var(--quiet); font-weight: 400; }
.rating .minus { color: #7A4B00; } .rating .sum td { font-weight: 600; }
.rating .late { color: #A3211D; font-weight: 600; white-space: nowrap; }
.rating .part td { border-bottom: 0; vertical-align: middle; padding-top: 0; padding-bottom: 0; }
.rating .part td:first-child { padding-left: 18px; }
.rating-said a { justify-content: center; } .rating-said { margin: 0 0 8px; }
.rating-said b { font-size: 18px; }
.st-key-rating-tools button, [data-testid="stPopover"] button { min-height: 44px; }
.downloads a { display: flex; align-items: center; min-height: 44px; padding: 0 12px;
  margin-bottom: 4px; border: 1px solid var(--line); border-radius: 4px; color: var(--action);
  text-decoration: none; }
@media (max-width: 1100px) {
  .st-key-rating-beside > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
  .st-key-rating-beside > [data-testid="stHorizontalBlock"] { flex-direction: column; }
  .st-key-rating-beside [data-testid="stColumn"] { width: 100% !important;
    flex: 1 1 auto !important; }
}
</style>"""
)
