"""Areas, and which area each record belongs to."""
