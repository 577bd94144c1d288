"""The one road on which every record is written and read."""
