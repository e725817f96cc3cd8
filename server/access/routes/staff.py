"""Colleagues: list, add, change, disable. Admins only."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, patch, post

from server.access import call_list_queries, queries, sign_in_queries
from server.access.guards import staff_only
from server.access.model import Role, Staff, StaffRow
from server.access.passwords import LONGEST, SHORTEST, hash_password
from server.access.rules import may_handle_alerts
from server.access.secrets import email_hash
from server.flow.alerts import staff_left
from server.kit import audit, errors
from server.kit.contacts import LONGEST_EMAIL, LONGEST_PHONE, parse_email, parse_phone
from server.kit.db import Database, Tx
from server.kit.ids import uuid7


class NewStaff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A colleague to add; `password` is told to them and changed by them."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
    email: Annotated[str, msgspec.Meta(max_length=LONGEST_EMAIL)]
    role: Role
    password: Annotated[str, msgspec.Meta(min_length=SHORTEST, max_length=LONGEST)]
    phone: Annotated[str, msgspec.Meta(max_length=LONGEST_PHONE)] | None = None
    language: str | None = None


class StaffChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a colleague; what is left out stays."""

    role: Role | None = None
    phone: Annotated[str, msgspec.Meta(max_length=LONGEST_PHONE)] | None = None
    email: Annotated[str, msgspec.Meta(max_length=LONGEST_EMAIL)] | None = None
    disabled: bool | None = None


class StaffList(msgspec.Struct, frozen=True):
    items: list[StaffRow]


@get("/api/staff", guards=[staff_only("admin")])
async def list_staff(staff: Staff, db: Database) -> StaffList:
    """Everybody of the clinic by name."""
    async with db.begin(staff.actor) as tx:
        return StaffList(await queries.list_staff(tx))


@post("/api/staff", guards=[staff_only("admin")])
async def add_staff(data: NewStaff, staff: Staff, db: Database) -> StaffRow:
    """Add a colleague; 409 when the e-mail is in use."""
    email = _email(data.email)
    password_hash, new_id = await hash_password(data.password), uuid7()
    async with db.begin(staff.actor) as tx:
        await queries.insert_staff(
            tx, new_id, name=data.name.strip(), email=email, phone=await _phone(tx, data.phone), role=data.role,
            language=await _language(tx, data.language), password_hash=password_hash,
            email_hash=email_hash(db.instance_key, email),
        )  # fmt: skip
        await audit.record(tx, "staff_added", "staff", new_id, detail={"role": data.role})
        return await _shown(tx, new_id)


@patch("/api/staff/{staff_id:uuid}", guards=[staff_only("admin")])
async def change_staff(staff_id: UUID, data: StaffChange, staff: Staff, db: Database) -> StaffRow:
    """Change role, phone or e-mail, disable or enable again; 409 for the last admin and for an e-mail in use.

    A new e-mail is the colleague's name at sign-in from this commit on. Whether pages reach a new number or e-mail is
    unknown until a test page has shown it: `page_test_queries.list_tests` knows addresses, not people. Losing the
    right to handle alerts hands back those held and leaves the call list; any change of rights ends the colleague's
    sign-ins with this commit.
    """
    async with db.begin(staff.actor) as tx:
        admins = await queries.lock_admins(tx)
        role, disabled_at = await queries.lock_staff(tx, staff_id)
        new_role = data.role or role
        disabled = disabled_at is not None if data.disabled is None else data.disabled
        if admins == {staff_id} and (disabled or new_role != "admin"):
            raise errors.conflict("This is the last admin. Make another colleague admin first.")
        phone = await _phone(tx, data.phone)
        await queries.update_staff(tx, staff_id, new_role, phone, (disabled_at or tx.wall) if disabled else None)
        if data.email is not None:
            email = _email(data.email)
            await queries.move_email(tx, staff_id, email, email_hash(db.instance_key, email))
        if disabled or new_role != role:
            await sign_in_queries.end_sign_ins(tx, staff_id)
        if disabled or not may_handle_alerts(new_role):
            await call_list_queries.leave_call_list(tx, staff_id)
            await staff_left(tx, staff_id)
        changed = sorted(name for name in ("role", "phone", "email", "disabled") if getattr(data, name) is not None)
        await audit.record(tx, "staff_changed", "staff", staff_id, detail={"fields": changed})
        return await _shown(tx, staff_id)


async def _shown(tx: Tx, staff_id: UUID) -> StaffRow:
    return next(s for s in await queries.list_staff(tx) if s.id == staff_id)


def _email(text: str) -> str:
    email = parse_email(text)
    if email is None:
        raise errors.invalid(("email", "Is not an e-mail address."))
    return email


async def _phone(tx: Tx, text: str | None) -> str | None:
    if text is None:
        return None
    phone = parse_phone(text, (await queries.get_clinic(tx)).country)
    if phone is None:
        raise errors.invalid(("phone", "Is not a phone number."))
    return phone


async def _language(tx: Tx, language: str | None) -> str:
    if language is None:
        return (await queries.get_clinic(tx)).language
    if language not in ("en", "es"):
        raise errors.invalid(("language", "Must be en or es."))
    return language


HANDLERS = [list_staff, add_staff, change_staff]
