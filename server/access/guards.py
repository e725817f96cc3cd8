"""The guard on every route: who is calling, may they, and did the call come from our own pages.

Each handler has exactly one of these in `guards=[...]`; each accepts exactly one kind of cookie. Afterwards
`request.state.who` holds a Staff, Phone, Answering or Claim.
"""

import hmac
from typing import Any, cast

from litestar import Request
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from server.access import callers, rules, sign_in_queries
from server.access.callers import Connection
from server.access.callers import client_address as client_address
from server.access.callers import request_id as request_id
from server.access.model import Answering, Claim, Phone, Role, Staff
from server.kit import errors
from server.kit.db import Database
from server.settings import is_loopback


def require_own_page(connection: Connection, handler: BaseRouteHandler) -> None:
    """403 for an unsafe call that another site could have made. `opt["media_types"]` names other bodies than JSON."""
    headers = connection.headers
    if connection.scope.get("method") in rules.SAFE_METHODS:
        return
    empty = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
    accepted = handler.opt.get("media_types", ("application/json",))
    marker, site = headers.get("x-afterglow"), headers.get("sec-fetch-site")
    if not rules.came_from_own_page(marker, site, headers.get("content-type"), empty, accepted):
        raise errors.forbidden("This call must come from Afterglow's own pages.")


class StaffOnly:
    """Signed-in staff with one of the roles."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        require_own_page(connection, handler)
        staff = await callers.staff_calling(connection)
        if staff.role not in self.roles:
            raise errors.forbidden()
        connection.scope["state"]["who"] = staff


def staff_only(*roles: Role) -> StaffOnly:
    """A guard for these roles."""
    return StaffOnly(*roles)


async def phone_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """A patient's bound phone."""
    require_own_page(connection, handler)
    connection.scope["state"]["who"] = await callers.phone_calling(connection)


async def answering(connection: Connection, handler: BaseRouteHandler) -> None:
    """A bound phone, or the bearer of a submit token: the latter needs no proof of the page it came from."""
    if "authorization" in connection.headers:
        connection.scope["state"]["who"] = await callers.bearer_calling(connection)
        return
    require_own_page(connection, handler)
    phone = await callers.phone_calling(connection)
    connection.scope["state"]["who"] = phone.answering


async def claiming(connection: Connection, handler: BaseRouteHandler) -> None:
    """The same for the routes that take answers: what a token says is proven by the statement that loads for it."""
    if "authorization" in connection.headers:
        connection.scope["state"]["who"] = callers.bearer_claiming(connection)
        return
    await answering(connection, handler)
    connection.scope["state"]["who"] = Claim(connection.scope["state"]["who"])


async def public(connection: Connection, handler: BaseRouteHandler) -> None:
    """Open to anyone; unsafe calls must still come from our own pages."""
    require_own_page(connection, handler)


async def provider_signed(connection: Connection, handler: BaseRouteHandler) -> None:
    """Open here: the handler verifies the provider's signature or the token in the body."""


async def demo_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """The demo's own routes: programs on this machine need no header, other sites are refused."""
    if not callers.settings_of(connection).demo:
        raise errors.not_found()
    if connection.headers.get("sec-fetch-site") not in (None, "same-origin", "none"):
        raise errors.forbidden("This call must come from Afterglow's own pages.")


async def operator_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """This machine itself, or the bearer of METRICS_TOKEN. A proxy on this machine does not count as this machine."""
    token = callers.settings_of(connection).metrics_token
    given = connection.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return
    forwarded = any(name in connection.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    if forwarded or not is_loopback(callers.peer(connection)):
        raise errors.not_found()


async def still_signed_in(db: Database, staff: Staff) -> bool:
    """Whether a sign-in is still good with the same role, without prolonging it: for streams."""
    async with db.begin(staff.actor) as tx:
        found = await sign_in_queries.find_sign_in(tx, staff.sign_in_id)
    return found is not None and found.role == staff.role


async def provide_staff(request: Request[Any, Any, Any]) -> Staff:
    return cast(Staff, request.state.who)


async def provide_phone(request: Request[Any, Any, Any]) -> Phone:
    return cast(Phone, request.state.who)


async def provide_answering(request: Request[Any, Any, Any]) -> Answering:
    return cast(Answering, request.state.who)


DEPENDENCIES = {
    "staff": Provide(provide_staff),
    "phone": Provide(provide_phone),
    "answering": Provide(provide_answering),
}
