"""The rota is made, changed, swapped. Every step that fires later goes by it."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from server.access import queries as access
from server.access.model import Hours, Staff
from server.alerts import rota_queries as queries
from server.alerts.rota import periods
from server.alerts.rota_model import Change, Layer
from server.alerts.rota_queries import StoredChange
from server.flow.on_call import is_made
from server.kit import audit, errors
from server.kit.db import Tx
from server.notifications import queries as outbox
from server.notifications.rules import ways_to

DutyTemplate = Literal["on_duty", "duty_taken_back"]


async def layers_changed(tx: Tx, version: int, layers: Sequence[Layer], coverage: Sequence[Hours]) -> None:
    """The next step of every alert goes by them. 409 when somebody has changed them meanwhile."""
    people = {who for layer in layers for who in layer.people}
    if not await queries.replace_layers(tx, version, layers, coverage):
        raise errors.conflict("Somebody else has changed the rota meanwhile. Look at it again.")
    detail = {"layers": len(layers), "staff_ids": sorted(map(str, people))}
    await audit.record(tx, "rota_changed", "clinic", tx.clinic_id, detail=detail)


async def change_made(tx: Tx, staff: Staff, changes: Sequence[Change]) -> None:
    """One who stands in, or a swap. Whoever is not an admin may only take duty over, never give it away."""
    if staff.role != "admin" and any(each.staff_id != staff.id for each in changes):
        raise errors.forbidden("You can put yourself on call. Ask an admin to put somebody else on.")
    if not is_made(await queries.get_rota(tx, tx.now)):
        raise errors.conflict("There is no rota yet. Make one first: until then the call list holds.")
    await queries.insert_changes(tx, changes, staff.id)
    detail = {"staff_ids": [str(each.staff_id) for each in changes]}
    await audit.record(tx, "rota_change_made", "clinic", tx.clinic_id, detail=detail)
    await _tell_who_stands_in(tx, staff, changes)


async def _tell_who_stands_in(tx: Tx, staff: Staff, changes: Sequence[Change]) -> None:
    """Whoever was put on call by somebody else hears of it on their own phone."""
    await _tell(tx, staff, "on_duty", [(change.staff_id, change) for change in changes])


async def _tell(tx: Tx, staff: Staff, template: DutyTemplate, told: Sequence[tuple[UUID, Change]]) -> None:
    """Each about the change that concerns them; `staff` knows already."""
    contacts = {contact.id: contact for contact in await access.list_reachable(tx)}
    zone = (await access.get_clinic(tx)).time_zone
    for who, change in told:
        contact = contacts.get(who)
        channels = ways_to(contact.phone, contact.email) if contact else ()
        if who == staff.id or not channels:
            continue
        times = {"begins": change.begins.isoformat(), "ends": change.ends.isoformat(), "zone": zone}
        await outbox.enqueue(
            tx, kind="notice", template=template, priority=2, channels=channels, staff_id=who, params=times,
            dedupe_key=f"{template}:{who}:{change.begins.isoformat()}:{tx.now.isoformat()}", expires_at=change.ends,
        )  # fmt: skip


async def swap_made(tx: Tx, staff: Staff, swap: Sequence[Change]) -> None:
    """Both sides of it. 422 where one of the two has no duty to give at that time."""
    rota = (await queries.get_rota(tx, tx.now)).rota
    idle = [
        name for name, side in zip(("one", "other"), swap, strict=True)
        if not any(side.instead_of in group for p in periods(rota, side.begins, side.ends) for group in p.line)
    ]  # fmt: skip
    if rota.layers and idle:
        raise errors.invalid(*((f"{name}.begins", "Is not on call then.") for name in idle))
    await change_made(tx, staff, swap)


async def change_taken_back(tx: Tx, staff: Staff, change_id: UUID) -> None:
    """A swap as a whole; 404 when it is over or unknown. Whoever is not an admin takes back what they made. Whoever
    stood in hears that they do not any more, whoever had been replaced that they are back."""
    known = {change.id: change for change in (await queries.get_rota(tx, tx.now)).changes}
    if change_id not in known:
        raise errors.not_found()
    if staff.role != "admin" and known[change_id].made_by != staff.id:
        raise errors.forbidden("Only an admin can take back what somebody else has made.")
    gone = [change for change in known.values() if change.id == change_id or _is_swap(change, known[change_id])]
    await queries.delete_change(tx, change_id)
    await audit.record(tx, "rota_change_taken_back", "clinic", tx.clinic_id, detail={"change_id": str(change_id)})
    sides = [(who, change) for change in gone for who in (change.staff_id, change.instead_of) if who is not None]
    await _tell(tx, staff, "duty_taken_back", sides)


def _is_swap(one: StoredChange, other: StoredChange) -> bool:
    return one.swap_id is not None and one.swap_id == other.swap_id
