"""Pages for users in front of an institution with a tablet."""
