"""Who is behind a request: by cookie, by submit token, by address."""

from typing import Any, cast
from uuid import UUID

from litestar.connection import ASGIConnection

from server.access import phones, rules, sign_in_queries
from server.access.cookies import PATIENT_COOKIE, STAFF_COOKIE
from server.access.model import Answering, Phone, Staff
from server.kit import errors
from server.kit.db import Actor, Database
from server.kit.ids import uuid7
from server.kit.tokens import open_grant, token_hash
from server.settings import Settings

Connection = ASGIConnection[Any, Any, Any, Any]


def settings_of(connection: Connection) -> Settings:
    return cast(Settings, connection.app.state.settings)


def client_address(connection: Connection) -> str:
    """The caller's address; forwarded headers count only from TRUSTED_PROXIES."""
    forwarded = ",".join(connection.headers.getall("x-forwarded-for", []))
    return rules.client_address(peer(connection), forwarded, settings_of(connection).trusted_proxies)


def request_id(connection: Connection) -> UUID:
    """One id for everything this request writes."""
    return cast(UUID, connection.scope["state"].setdefault("request_id", uuid7()))


async def staff_calling(connection: Connection) -> Staff:
    db = database_of(connection)
    found = await db.find_credential("staff_cookie", token_hash(connection.cookies.get(STAFF_COOKIE, "")))
    if found is None:
        raise errors.signed_out()
    clinic_id, sign_in_id = found
    async with db.begin(Actor("staff", clinic_id)) as tx:
        sign_in = await sign_in_queries.find_sign_in(tx, sign_in_id)
        if sign_in is None:
            raise errors.signed_out()
        # An event stream reconnects by itself: a page left open must still run out.
        if "text/event-stream" not in connection.headers.get("accept", ""):
            await sign_in_queries.mark_seen(tx, sign_in_id)
    return Staff(clinic_id, sign_in.staff_id, sign_in.role, sign_in.language, sign_in_id, request_id(connection))


async def phone_calling(connection: Connection) -> Phone:
    phone = await phone_if_bound(connection)
    if phone is None:
        raise errors.signed_out()
    return phone


async def phone_if_bound(connection: Connection) -> Phone | None:
    """Whose phone this is by its cookie."""
    db = database_of(connection)
    found = await db.find_credential("patient_cookie", token_hash(connection.cookies.get(PATIENT_COOKIE, "")))
    if found is None:
        return None
    phone, _ = await phones.find_phone(db, *found, request_id(connection))
    return phone


async def bearer_calling(connection: Connection) -> Answering:
    """A submit token's time is care time, like the window it ends with; a token of a revoked phone is refused."""
    db = database_of(connection)
    scheme, _, token = connection.headers["authorization"].partition(" ")
    grant = open_grant(db.instance_key, token.strip()) if scheme.lower() == "bearer" else None
    if grant is None:
        raise errors.signed_out()
    if grant.device_id is None:
        async with db.begin(Actor("patient", grant.clinic_id)) as tx:
            bound, now = True, tx.now
    else:
        phone, now = await phones.find_phone(db, grant.clinic_id, grant.device_id, request_id(connection))
        bound = phone is not None
    if not bound or now.timestamp() >= grant.expires_unix:
        raise errors.signed_out()
    return Answering(
        grant.clinic_id,
        grant.patient_id,
        grant.device_id,
        grant.check_in_id,
        "link" if grant.device_id is None else "token",
        request_id(connection),
    )


def database_of(connection: Connection) -> Database:
    return cast(Database, connection.app.state.db)


def peer(connection: Connection) -> str:
    client = connection.scope.get("client")
    return client[0] if client else ""
