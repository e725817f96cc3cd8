"""Visits: kept step by step, and printed."""

from server.visits.routes import rems, visits

HANDLERS = [*visits.HANDLERS, *rems.HANDLERS]
