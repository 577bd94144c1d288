"""Fixtures of tests of pages."""

from __future__ import annotations

from tests.pages.campaign_office import campaign, campaign_template, open_ledger
from tests.pages.components import components_found_once

__all__ = ["campaign", "campaign_template", "components_found_once", "open_ledger"]
