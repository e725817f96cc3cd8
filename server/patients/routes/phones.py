"""Invitations and bound phones, from the staff's side."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.access.secrets import code_hash
from server.kit import audit, errors
from server.kit.db import Database
from server.kit.qr import qr_svg
from server.kit.tokens import new_code, new_token, token_hash
from server.patients import phone_queries, queries
from server.patients.model import Device
from server.settings import Settings


class InvitationMade(msgspec.Struct, frozen=True):
    """Shown once: the link, the same as a QR code, and a code to type. `expires_at` is machine time."""

    id: UUID
    link: str
    code: str
    expires_at: datetime
    qr_svg: str


class DeviceList(msgspec.Struct, frozen=True):
    items: list[Device]


@post("/api/patients/{patient_id:uuid}/invitation", guards=[staff_only(*CARE)])
async def invite(
    patient_id: UUID, staff: Staff, db: Database, settings: Settings, format: str = "json"
) -> Response[InvitationMade] | Response[str]:
    """A fresh invitation, good once and for 72 hours; older ones stop working. `format=svg`: only the QR code."""
    if format not in ("json", "svg"):
        raise errors.invalid(("format", "Must be json or svg."))
    token, code = new_token(), new_code()
    async with db.begin(staff.actor) as tx:
        await queries.lock_patient(tx, patient_id)
        made = await phone_queries.replace_invitation(
            tx, patient_id, token_hash(token), code_hash(db.instance_key, code)
        )  # fmt: skip
        await audit.record(tx, "patient_invited", "invitation", made.id, patient_id=patient_id)
    link = f"{settings.url}/e#token={token}"
    picture = qr_svg(link)
    if format == "svg":
        return Response(picture, media_type="image/svg+xml", status_code=201)
    return Response(InvitationMade(made.id, link, code, made.expires_at, picture), status_code=201)


@get("/api/patients/{patient_id:uuid}/devices", guards=[staff_only(*EVERYBODY)])
async def list_devices(patient_id: UUID, staff: Staff, db: Database) -> DeviceList:
    """Bound phones."""
    async with db.begin(staff.actor) as tx:
        await queries.require_patient(tx, patient_id)
        items = await phone_queries.list_devices(tx, patient_id)
        await audit.record(tx, "devices_read", "patient", patient_id, patient_id=patient_id)
    return DeviceList(items)


@delete("/api/patients/{patient_id:uuid}/devices/{device_id:uuid}", guards=[staff_only(*CARE)])
async def revoke_device(patient_id: UUID, device_id: UUID, staff: Staff, db: Database) -> None:
    """A lost phone: signed out with this commit."""
    async with db.begin(staff.actor) as tx:
        await phone_queries.revoke_device(tx, patient_id, device_id)
        await audit.record(tx, "device_revoked", "device", device_id, patient_id=patient_id)


HANDLERS = [invite, list_devices, revoke_device]
