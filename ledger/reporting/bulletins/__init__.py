"""Bulletins (通报): the daily, weekly, half-monthly and monthly papers an office sends up."""
