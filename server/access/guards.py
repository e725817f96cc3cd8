"""The guard on every route: who is calling, may they, and did the call come from our own pages.

Each handler has exactly one of these in `guards=[...]`; each accepts exactly one kind of cookie. Afterwards
`request.state.who` holds a Staff, Phone or Answering.
"""

import hmac
from typing import Any, cast
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from server.access import phones, queries, rules
from server.access.cookies import PATIENT_COOKIE, STAFF_COOKIE
from server.access.model import Answering, Phone, Role, Staff
from server.kit import errors
from server.kit.db import Actor, Database
from server.kit.ids import uuid7
from server.kit.tokens import open_grant, token_hash
from server.settings import Settings, is_loopback

Connection = ASGIConnection[Any, Any, Any, Any]


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
        staff = await _staff(connection)
        if staff.role not in self.roles:
            raise errors.forbidden()
        connection.scope["state"]["who"] = staff


def staff_only(*roles: Role) -> StaffOnly:
    """A guard for these roles."""
    return StaffOnly(*roles)


async def phone_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """A patient's bound phone."""
    require_own_page(connection, handler)
    connection.scope["state"]["who"] = await _phone(connection)


async def answering(connection: Connection, handler: BaseRouteHandler) -> None:
    """A bound phone, or the bearer of a submit token: the latter needs no proof of the page it came from."""
    if "authorization" in connection.headers:
        connection.scope["state"]["who"] = await _bearer(connection)
        return
    require_own_page(connection, handler)
    phone = await _phone(connection)
    connection.scope["state"]["who"] = Answering(
        phone.clinic_id, phone.patient_id, phone.device_id, None, "phone", phone.request_id
    )


async def public(connection: Connection, handler: BaseRouteHandler) -> None:
    """Open to anyone; unsafe calls must still come from our own pages."""
    require_own_page(connection, handler)


async def provider_signed(connection: Connection, handler: BaseRouteHandler) -> None:
    """Open here: the handler verifies the provider's signature or the token in the body."""


async def demo_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """The demo's own routes: programs on this machine need no header, other sites are refused."""
    if not settings_of(connection).demo:
        raise errors.not_found()
    if connection.headers.get("sec-fetch-site") not in (None, "same-origin", "none"):
        raise errors.forbidden("This call must come from Afterglow's own pages.")


async def operator_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """This machine itself, or the bearer of METRICS_TOKEN. A proxy on this machine does not count as this machine."""
    token = settings_of(connection).metrics_token
    given = connection.headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return
    forwarded = any(name in connection.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    if forwarded or not is_loopback(_peer(connection)):
        raise errors.not_found()


async def still_signed_in(db: Database, staff: Staff) -> bool:
    """Whether a sign-in is still good with the same role, without prolonging it: for streams."""
    async with db.begin(staff.actor) as tx:
        found = await queries.find_sign_in(tx, staff.sign_in_id)
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


def settings_of(connection: Connection) -> Settings:
    return cast(Settings, connection.app.state.settings)


def client_address(connection: Connection) -> str:
    """The caller's address; forwarded headers count only from TRUSTED_PROXIES."""
    forwarded = ",".join(connection.headers.getall("x-forwarded-for", []))
    return rules.client_address(_peer(connection), forwarded, settings_of(connection).trusted_proxies)


def request_id(connection: Connection) -> UUID:
    """One id for everything this request writes."""
    return cast(UUID, connection.scope["state"].setdefault("request_id", uuid7()))


async def _staff(connection: Connection) -> Staff:
    db = _database(connection)
    found = await db.find_credential("staff_cookie", token_hash(connection.cookies.get(STAFF_COOKIE, "")))
    if found is None:
        raise errors.signed_out()
    clinic_id, sign_in_id = found
    async with db.begin(Actor("staff", clinic_id)) as tx:
        sign_in = await queries.find_sign_in(tx, sign_in_id)
        if sign_in is None:
            raise errors.signed_out()
        # An event stream reconnects by itself: a page left open must still run out.
        if "text/event-stream" not in connection.headers.get("accept", ""):
            await queries.mark_seen(tx, sign_in_id)
    return Staff(clinic_id, sign_in.staff_id, sign_in.role, sign_in.language, sign_in_id, request_id(connection))


async def _phone(connection: Connection) -> Phone:
    db = _database(connection)
    found = await db.find_credential("patient_cookie", token_hash(connection.cookies.get(PATIENT_COOKIE, "")))
    if found is None:
        raise errors.signed_out()
    async with db.begin(Actor("patient", found[0])) as tx:
        phone = await phones.find_phone(tx, found[1], request_id(connection))
    if phone is None:
        raise errors.signed_out()
    return phone


async def _bearer(connection: Connection) -> Answering:
    """A submit token's time is care time, like the window it ends with; a token of a revoked phone is refused."""
    db = _database(connection)
    scheme, _, token = connection.headers["authorization"].partition(" ")
    grant = open_grant(db.instance_key, token.strip()) if scheme.lower() == "bearer" else None
    if grant is None:
        raise errors.signed_out()
    async with db.begin(Actor("patient", grant.clinic_id)) as tx:
        bound = grant.device_id is None or await phones.find_phone(tx, grant.device_id, request_id(connection))
        if not bound or tx.now.timestamp() >= grant.expires_unix:
            raise errors.signed_out()
    return Answering(
        grant.clinic_id,
        grant.patient_id,
        grant.device_id,
        grant.check_in_id,
        "link" if grant.device_id is None else "token",
        request_id(connection),
    )


def _database(connection: Connection) -> Database:
    return cast(Database, connection.app.state.db)


def _peer(connection: Connection) -> str:
    client = connection.scope.get("client")
    return client[0] if client else ""
