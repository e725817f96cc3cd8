"""The queue over HTTP."""

from server.alerts.routes.queue import HANDLERS

__all__ = ["HANDLERS"]
