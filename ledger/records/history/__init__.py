"""The history of records: the log of changes, reading it, earlier versions, conflicts, drafts."""
