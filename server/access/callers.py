"""Who is behind a request: by cookie, by submit token, by address."""

from typing import Any, Literal, cast
from uuid import UUID

from litestar.connection import ASGIConnection

from server.access import phones, rules, sign_in_queries
from server.access.cookies import PATIENT_COOKIE, STAFF_COOKIE
from server.access.model import Answering, Claim, Phone, Staff
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


def bearer_claiming(connection: Connection) -> Claim:
    """What a genuine submit token says. Its time is care time, like the window it ends with."""
    scheme, _, token = connection.headers["authorization"].partition(" ")
    key = database_of(connection).instance_key
    grant = open_grant(key, token.strip()) if scheme.lower() == "bearer" else None
    if grant is None:
        raise errors.signed_out()
    via: Literal["link", "token"] = "link" if grant.device_id is None else "token"
    return Claim(
        Answering(
            grant.clinic_id, grant.patient_id, grant.device_id, grant.check_in_id, via, request_id(connection)
        ),
        grant.expires_unix,
    )  # fmt: skip


async def bearer_calling(connection: Connection) -> Answering:
    """The same, proven: a token of a revoked phone is refused, and one whose time is over."""
    db, claim = database_of(connection), bearer_claiming(connection)
    who = claim.who
    if who.device_id is None:
        async with db.begin(Actor("patient", who.clinic_id)) as tx:
            return claim.proven(True, tx.now)
    phone, now = await phones.find_phone(db, who.clinic_id, who.device_id, who.request_id)
    return claim.proven(phone is not None, now)


def database_of(connection: Connection) -> Database:
    return cast(Database, connection.app.state.db)


def peer(connection: Connection) -> str:
    client = connection.scope.get("client")
    return client[0] if client else ""
