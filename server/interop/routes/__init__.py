"""Files of sessions and questionnaires over HTTP."""

from server.interop.routes import questionnaires, sessions

HANDLERS = [*sessions.HANDLERS, *questionnaires.HANDLERS]
