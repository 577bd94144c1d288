"""Figures, ratings, statistics and bulletins, computed from the records."""
