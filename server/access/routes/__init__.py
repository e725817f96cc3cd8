"""Sign-in, colleagues and the call list over HTTP."""

from server.access.routes import call_list, me, sign_in, staff

HANDLERS = [*sign_in.HANDLERS, *me.HANDLERS, *staff.HANDLERS, *call_list.HANDLERS]
