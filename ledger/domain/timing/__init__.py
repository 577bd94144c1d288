"""Working days, legal clocks and deadlines."""
