"""What was changed by whom: the log, conflicts, drafts, putting back."""
