"""Sign-in, colleagues and the call list over HTTP."""

from server.access.routes import call_list, sign_in, staff

ROUTES = [*sign_in.ROUTES, *staff.ROUTES, *call_list.ROUTES]
