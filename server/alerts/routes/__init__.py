"""The queue over HTTP."""

from server.alerts.routes import holds, queue

HANDLERS = [*queue.HANDLERS, *holds.HANDLERS]
