"""Visits: a session while it happens, step by step."""
