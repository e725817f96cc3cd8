"""Web push on its way: to which phone, what follows when no phone has shown it, and a message to try it out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from server.access.model import Phone
from server.alerts.queries import lock_patient
from server.checkins import queries as checkins
from server.checkins.wall import end_of_quiet, is_quiet
from server.flow.planned import quiet_hours
from server.flow.ticking import each_due
from server.kit import audit
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.kit.tokens import message_topic
from server.notifications import push_queries, queries, shown_queries
from server.notifications.model import PushTarget
from server.notifications.queries import Queued
from server.notifications.rules import is_lost
from server.notifications.shown_queries import Unshown
from server.patients import queries as patients

SAFETY = 3
"""Priority of prompts that pass quiet hours; routine ones come after them."""
PUT_OFF = timedelta(minutes=1)
TRY_FOR = timedelta(minutes=5)


async def push_targets(tx: Tx, instance_key: bytes, batch: Sequence[Queued]) -> dict[UUID, PushTarget]:
    """Where these messages go, by message, read when they go out; left out when no phone takes them any more."""
    wanted = [
        (queued.id, queued.patient_id, UUID(queued.params["device"]) if "device" in queued.params else None)
        for queued in batch
        if queued.patient_id is not None
    ]
    live = await push_queries.list_live(tx, instance_key, wanted) if wanted else {}
    return {queued.id: _target(instance_key, queued, live[queued.id], tx.wall) for queued in batch if queued.id in live}


def _target(instance_key: bytes, queued: Queued, live: push_queries.Opened, signed_at: datetime) -> PushTarget:
    return PushTarget(
        subscription_id=live.id, endpoint=live.endpoint, p256dh=live.p256dh, auth=live.auth,
        private_key=live.private_key, topic=message_topic(instance_key, queued.check_in_id or queued.id),
        signed_at=signed_at,
    )  # fmt: skip


async def prompts_unshown(db: Database) -> int:
    """A push service's yes is no proof: prompts that no phone has shown in time go on to their next channel."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await shown_queries.list_unshown_due(tx)

    async def work(tx: Tx, notification_id: UUID, patient_id: UUID) -> None:
        await lock_patient(tx, patient_id)
        await prompt_unshown(tx, notification_id)

    async def put_off(tx: Tx, notification_id: UUID, _: UUID) -> None:
        await shown_queries.set_fallback(tx, notification_id, tx.now + PUT_OFF)

    return await each_due(db, "unshown", due, work, put_off)


async def prompt_unshown(tx: Tx, notification_id: UUID) -> None:
    """One of them. A repeat finds nothing to do; a check-in that is over needs no second message, and a routine one
    wakes nobody. The patient's lock is the caller's, taken before the message as by all others."""
    prompt = await shown_queries.lock_unshown(tx, notification_id)
    if prompt is None:
        return
    check_in = await checkins.find(tx, prompt.check_in_id)
    if check_in is None or check_in.state not in ("planned", "open"):
        await shown_queries.set_fallback(tx, prompt.id, None)
        return
    morning = await _end_of_night(tx, prompt)
    if morning is not None:
        await shown_queries.set_fallback(tx, prompt.id, morning if morning < prompt.expires_at else None)
        return
    await shown_queries.fall_back(tx, prompt.id)
    await _note_unshown(tx, prompt.patient_id)
    await audit.record(tx, "message.not_shown", "notification", prompt.id, patient_id=prompt.patient_id)


async def _end_of_night(tx: Tx, prompt: Unshown) -> datetime | None:
    """When the patient's quiet hours end, if a routine message has to wait for that."""
    if prompt.priority <= SAFETY:
        return None
    patient = await patients.get_contact(tx, prompt.patient_id)
    quiet = quiet_hours(patient)
    if not is_quiet(tx.now, patient.time_zone, quiet):
        return None
    return end_of_quiet(tx.now, patient.time_zone, quiet)


async def _note_unshown(tx: Tx, patient_id: UUID) -> None:
    for subscription_id, in_a_row in await push_queries.count_unshown(tx, patient_id):
        if is_lost(in_a_row):
            await push_queries.retire(tx, subscription_id, "unseen")


async def phone_handed_over(tx: Tx, phone: Phone) -> None:
    """Another patient has this phone now. Its submit tokens stay good: they only write, and an answer that waits on the
    phone still comes in."""
    await push_queries.retire_handed_over(tx, phone.device_id)
    await audit.record(tx, "device_handed_over", "device", phone.device_id, patient_id=phone.patient_id)


async def try_out(tx: Tx, phone: Phone) -> None:
    """A neutral message to this very phone, at most one a minute."""
    await queries.enqueue(
        tx, kind="notice", template="push_test", priority=SAFETY, channels=("push",), patient_id=phone.patient_id,
        dedupe_key=f"push_test:{phone.device_id}:{tx.wall:%Y-%m-%dT%H:%M}", expires_at=tx.now + TRY_FOR,
        params={"device": str(phone.device_id)},
    )  # fmt: skip
