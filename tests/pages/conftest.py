"""Fixtures of tests of pages."""

from __future__ import annotations

from tests.pages.campaign_office import campaign, campaign_template, open_ledger

__all__ = ["campaign", "campaign_template", "open_ledger"]
