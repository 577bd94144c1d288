"""Pages for those who stand in front of an institution with a tablet."""
