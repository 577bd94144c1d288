"""态势: where the risks are and what changed."""
