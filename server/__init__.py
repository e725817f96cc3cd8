"""Afterglow: looks after people in the hours and weeks after a ketamine session."""
