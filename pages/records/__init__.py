"""台账: to-dos and what else has a page beside the page of every ledger."""
