"""Signing in with e-mail and password, and out."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, post

from server.access import sign_in_queries
from server.access.attempts import begin_attempt
from server.access.cookies import STAFF_COOKIE, removed, staff_cookie
from server.access.guards import client_address, public, request_id, staff_only
from server.access.model import EVERYBODY, Staff
from server.access.passwords import LONGEST, hash_password, is_outdated, verify_password
from server.access.routes.me import Me, me_of
from server.access.secrets import email_hash
from server.kit import audit
from server.kit.contacts import LONGEST_EMAIL
from server.kit.db import Actor, Database
from server.kit.errors import Problem
from server.kit.ids import uuid7
from server.kit.tokens import new_token, token_hash


class SignInBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code` is for the second factor."""

    email: Annotated[str, msgspec.Meta(max_length=LONGEST_EMAIL)]
    password: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    code: Annotated[str, msgspec.Meta(max_length=20)] | None = None


@post("/api/sign-in", guards=[public], status_code=200)
async def sign_in(request: Request[Any, Any, Any], data: SignInBody, db: Database) -> Response[Me]:
    """Sign in. Whatever the browser sent as a cookie, the new sign-in has an id of its own."""
    email = data.email.strip().lower()
    attempt = await begin_attempt(db, [("address", client_address(request)), ("account", email)])
    who = await _check(db, email, data.password)
    if who is None:
        raise Problem(401, "E-mail or password is wrong.", kind="wrong_sign_in")
    await attempt.succeeded()
    await _end_previous(db, request.cookies.get(STAFF_COOKIE, ""))
    token, sign_in_id = new_token(), uuid7()
    actor = Actor("staff", who[0], who[1], request_id(request))
    async with db.begin(actor) as tx:
        await sign_in_queries.insert_sign_in(tx, sign_in_id, who[1], token_hash(token))
        await audit.record(tx, "signed_in", "staff", who[1])
        me = await me_of(tx, sign_in_id)
    return Response(me, cookies=[staff_cookie(token)])


@delete("/api/sign-in", guards=[staff_only(*EVERYBODY)])
async def sign_out(staff: Staff, db: Database) -> Response[None]:
    """End this sign-in."""
    async with db.begin(staff.actor) as tx:
        await sign_in_queries.end_sign_in(tx, staff.sign_in_id)
        await audit.record(tx, "signed_out", "staff", staff.id)
    return Response(None, status_code=204, cookies=[removed(STAFF_COOKIE)])


async def _check(db: Database, email: str, password: str) -> tuple[UUID, UUID] | None:
    """(clinic, staff) when the password fits and the colleague is not disabled; the same work for everybody."""
    found = await db.find_credential("staff_email", email_hash(db.instance_key, email))
    on_file = None
    if found is not None:
        async with db.begin(Actor("staff", found[0])) as tx:
            on_file = await sign_in_queries.find_password(tx, found[1])
    fits = await verify_password(on_file.password_hash if on_file else None, password)
    if not fits or found is None or on_file is None or not on_file.enabled:
        return None
    if is_outdated(on_file.password_hash):
        stronger = await hash_password(password)
        async with db.begin(Actor("staff", *found)) as tx:
            await sign_in_queries.update_password_hash(tx, found[1], stronger)
    return found


async def _end_previous(db: Database, token: str) -> None:
    """The sign-in this browser had before: its cookie is about to be replaced."""
    found = await db.find_credential("staff_cookie", token_hash(token))
    if found is not None:
        async with db.begin(Actor("staff", found[0])) as tx:
            await sign_in_queries.end_sign_in(tx, found[1])


HANDLERS = [sign_in, sign_out]
