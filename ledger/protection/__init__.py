"""Protected texts: sealed, masked, revealed one at a time."""
