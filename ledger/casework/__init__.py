"""Handling of cases: steps, to-do lists, alerts, dispositions, coverage."""
